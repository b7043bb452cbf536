using ResNetMl.Transforms.Onnx.Native;

namespace ResNetMl.Interchange.Tests.OnnxRuntime;

public sealed class OnnxRuntimeLibraryTests
{
    [Fact]
    public void An_absent_library_says_where_it_was_looked_for_and_what_to_do()
    {
        string folder = Path.Combine(Path.GetTempPath(), "no-such-folder");

        nint? library = OnnxRuntimeLibrary.Load(new OnnxRuntimeSearch(ExplicitPath: null, [folder]), out string? whyNot);

        Assert.Null(library);
        Assert.Equal(
            $"ONNX Runtime: {OnnxRuntimeLibrary.FileName} for {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier} not found in {folder}. " +
            "The build restores it for linux-x64, win-x64, win-arm64 and osx-arm64; elsewhere set RESNETML_ONNXRUNTIME to its path.",
            whyNot);
    }

    [Fact]
    public void A_named_path_without_a_file_is_not_replaced_by_another_library()
    {
        string path = Path.Combine(Path.GetTempPath(), "absent-library");

        nint? library = OnnxRuntimeLibrary.Load(OnnxRuntimeSearch.FromEnvironment() with { ExplicitPath = path }, out string? whyNot);

        Assert.Null(library);
        Assert.Equal(
            $"ONNX Runtime: expected {OnnxRuntimeLibrary.FileName} at {path}, which RESNETML_ONNXRUNTIME names, found no file. Correct the path, or unset the variable.",
            whyNot);
    }

    [Fact]
    public void A_file_that_is_no_library_is_named_with_the_systems_reason()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "words");

            nint? library = OnnxRuntimeLibrary.Load(new OnnxRuntimeSearch(path, []), out string? whyNot);

            Assert.Null(library);
            Assert.StartsWith($"ONNX Runtime: {path} could not be loaded: ", whyNot, StringComparison.Ordinal);
            Assert.EndsWith($". RESNETML_ONNXRUNTIME, if set, must be the path of {OnnxRuntimeLibrary.FileName}.", whyNot, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", whyNot, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_library_of_something_else_is_refused_before_it_is_called()
    {
        const string mathematics = "/lib/x86_64-linux-gnu/libm.so.6";
        Assert.SkipUnless(File.Exists(mathematics), $"Needs {mathematics}, a library that is on every Debian.");

        nint? library = OnnxRuntimeLibrary.Load(new OnnxRuntimeSearch(mathematics, []), out string? whyNot);

        Assert.Null(library);
        Assert.Equal(
            $"ONNX Runtime: expected version 1.29 or later in {mathematics}, found a library without OrtGetApiBase. " +
            $"RESNETML_ONNXRUNTIME, if set, must be the path of such a {OnnxRuntimeLibrary.FileName}.",
            whyNot);
    }
}
