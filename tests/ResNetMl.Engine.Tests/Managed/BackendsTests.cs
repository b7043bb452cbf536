namespace ResNetMl.Engine.Tests.Managed;

/// <summary>Which backends there are, and why.</summary>
public sealed class BackendsTests
{
    [Fact]
    public void The_default_is_oneDNN_where_it_can_be_loaded_and_says_why_not_elsewhere()
    {
        if (Backends.OneDnn is null)
        {
            Assert.Same(Backends.Managed, Backends.Default);
            Assert.Equal([Backends.Managed], Backends.Available);
            Assert.Contains(Backends.OneDnnUnavailableReason!, Backends.DefaultReason, StringComparison.Ordinal);
        }
        else
        {
            Assert.Same(Backends.OneDnn, Backends.Default);
            Assert.Equal([Backends.OneDnn, Backends.Managed], Backends.Available);
            Assert.Null(Backends.OneDnnUnavailableReason);
        }
    }

    [Fact]
    public void The_variable_that_disables_oneDNN_does()
    {
        if (Environment.GetEnvironmentVariable("RESNETML_DISABLE_ONEDNN") != "1")
        {
            Assert.Skip("needs RESNETML_DISABLE_ONEDNN=1 in the environment");
        }

        Assert.Null(Backends.OneDnn);
        Assert.Same(Backends.Managed, Backends.Default);
        Assert.StartsWith("managed: managed kernels, ", Backends.DefaultReason, StringComparison.Ordinal);
        Assert.Contains("RESNETML_DISABLE_ONEDNN=1", Backends.DefaultReason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => Backends.Get("cuda"));

        Assert.Equal("There is no backend named 'cuda'; there are onednn and managed. (Parameter 'name')", error.Message);
    }
}
