using ResNetMl.Engine.OneDnn.Native;

namespace ResNetMl.Engine.Tests.OneDnn;

/// <summary>Where oneDNN is looked for, and what is said when it is not used.</summary>
public sealed class OneDnnLibraryTests
{
    [Fact]
    public void Disabling_it_is_the_reason_given()
    {
        Assert.Equal(
            "oneDNN: disabled by RESNETML_DISABLE_ONEDNN=1.",
            WhyNot(new OneDnnSearch(Disabled: true, ExplicitPath: null, ApplicationFolder: AppContext.BaseDirectory)));
    }

    [Fact]
    public void A_path_that_holds_no_library_is_named_and_nothing_else_is_tried()
    {
        SkipUnlessLinuxX64();

        Assert.Equal(
            "oneDNN: /nowhere/libdnnl.so.2 could not be loaded. RESNETML_ONEDNN, if set, must be the path of a libdnnl.so.2.",
            WhyNot(new OneDnnSearch(Disabled: false, ExplicitPath: "/nowhere/libdnnl.so.2", ApplicationFolder: AppContext.BaseDirectory)));
    }

    [Fact]
    public void A_library_that_is_not_oneDNN_is_refused()
    {
        SkipUnlessLinuxX64();

        Assert.Equal(
            "oneDNN: libgomp.so.1 is not oneDNN 2.6 or a later 2.x (it says 0.0). Install Debian's libdnnl2.",
            WhyNot(new OneDnnSearch(Disabled: false, ExplicitPath: "libgomp.so.1", ApplicationFolder: AppContext.BaseDirectory)));
    }

    // The files are no libraries, so the message names the one that was tried.
    [Theory]
    [InlineData("runtimes/linux-x64/native")]
    [InlineData("")]
    public void The_library_that_came_with_the_program_is_tried_before_the_systems(string folder)
    {
        SkipUnlessLinuxX64();
        string application = Directory.CreateTempSubdirectory("resnetml-onednn-").FullName;
        string file = Path.Combine(application, folder, "libdnnl.so.2");
        try
        {
            Directory.CreateDirectory(Path.Combine(application, folder));
            File.WriteAllText(file, "no library");

            Assert.Equal(
                $"oneDNN: {file} could not be loaded. RESNETML_ONEDNN, if set, must be the path of a libdnnl.so.2.",
                WhyNot(new OneDnnSearch(Disabled: false, ExplicitPath: null, ApplicationFolder: application)));
        }
        finally
        {
            Directory.Delete(application, recursive: true);
        }
    }

    [Fact]
    public void What_is_loaded_says_its_version_and_instruction_set()
    {
        OneDnnLibrary library = Require.OneDnn();

        Assert.Equal(2, library.Version.Major);
        Assert.Contains(library.InstructionSet, (string[])["AVX2", "AVX-512", "AVX512_BF16", "AMX"]);
        Assert.Equal(library.InstructionSet == "AVX2" ? 8 : 16, library.ChannelBlock);
    }

    private static string? WhyNot(OneDnnSearch search)
    {
        Assert.Null(OneDnnLibrary.Load(search, out string? whyNot));
        return whyNot;
    }

    private static void SkipUnlessLinuxX64() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "oneDNN is looked for on Linux x64 only.");
}
