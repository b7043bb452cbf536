namespace ResNetMl.Engine.Tests.Contract;

/// <summary>The backends that the contract suite runs against: those this product has, whether or not this machine has them.</summary>
public static class TestBackends
{
    /// <summary>Their names.</summary>
    public static readonly string[] Names = ["managed", "onednn"];

    /// <summary>Every backend, for theories.</summary>
    public static TheoryData<string> All => new(Names);

    /// <summary>Every backend with every one of some names.</summary>
    public static TheoryData<string, string> With(IEnumerable<string> names)
    {
        var data = new TheoryData<string, string>();
        foreach (string name in names)
        {
            foreach (string backend in Names)
            {
                data.Add(backend, name);
            }
        }

        return data;
    }

    /// <summary>The backend of a name; skips the test where this machine lacks it.</summary>
    public static IBackend Require(string name)
    {
        if (name == "onednn" && Backends.OneDnn is null)
        {
            Assert.Skip($"needs oneDNN: {Backends.OneDnnUnavailableReason}");
        }

        return Backends.Get(name);
    }
}
