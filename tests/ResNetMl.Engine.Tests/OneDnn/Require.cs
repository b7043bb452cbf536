using ResNetMl.Engine.OneDnn;
using ResNetMl.Engine.OneDnn.Native;

namespace ResNetMl.Engine.Tests.OneDnn;

/// <summary>Skips a test that needs oneDNN where it is not to be had.</summary>
internal static class Require
{
    /// <summary>The loaded library.</summary>
    internal static OneDnnLibrary OneDnn()
    {
        bool found = OneDnnLibrary.TryGet(out OneDnnLibrary? library, out string? whyNot);
        Assert.SkipUnless(found, $"Needs oneDNN. {whyNot}");
        return library!;
    }

    /// <summary>The backend on it.</summary>
    internal static OneDnnBackend Backend()
    {
        OneDnn();
        Assert.True(OneDnnBackend.TryCreate(out OneDnnBackend? backend, out _));
        return backend;
    }
}
