using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.Repository;

/// <summary>What no file of the repository may carry.</summary>
public sealed partial class RepositoryContentTests
{
    private const long MaximumFileBytes = 5 * 1024 * 1024;

    /// <summary>Transfer learning works in a fresh clone because this one file is in it; data/README.md says what it is.</summary>
    private const string Trunk = "data/weights/resnet50-v2-trunk.onnx";

    private const int MaximumSourceLines = 600;

    // Written in halves so that this file does not find itself.
    private static readonly Regex Unfinished = new("TO" + "DO|FIX" + "ME|HA" + "CK\\b|NotImplemented" + "Exception");

    [Fact]
    public void No_file_names_a_path_of_one_machine()
    {
        // A checkout in / or a temporary folder is no machine's own place: such paths are legitimate examples.
        string parent = Path.GetDirectoryName(TestData.RepositoryRoot) ?? "/";
        string here = parent is "/" or "/tmp" or "/var/tmp" ? "(?!)" : Regex.Escape(parent) + "/";
        var machinePath = new Regex($@"(^|[^\w.])({here}|/home/\w|/r[o]ot/|/Users/\w|[A-Za-z]:\\Users\\)");

        AssertNone("names a folder that exists on one machine only", RepositoryFiles.Lines(RepositoryFiles.Text, machinePath.IsMatch));
    }

    // Packages are asked for by name and version through their clients; where those fetch them is each machine's own setting.
    [Fact]
    public void No_file_names_a_package_registry() =>
        AssertNone("names a package registry", RepositoryFiles.Lines(RepositoryFiles.Text, line => RegistryHost().IsMatch(line)));

    [Fact]
    public void No_lock_file_records_where_packages_came_from() =>
        AssertNone(
            "records an address (.npmrc says omit-lockfile-registry-resolved: write the lock file with it)",
            RepositoryFiles.Lines(
                RepositoryFiles.All.Where(file => Path.GetFileName(file) is "package-lock.json" or "packages.lock.json"),
                line => line.Contains("\"resolved\": \"http", StringComparison.Ordinal)));

    [Fact]
    public void No_file_but_the_trunk_is_over_5_MB() =>
        AssertNone(
            "is over 5 MB: restore it by the build, or keep it outside",
            [.. RepositoryFiles.All.Where(file => file != Trunk && new FileInfo(RepositoryFiles.FullPath(file)).Length > MaximumFileBytes)]);

    [Fact]
    public void The_trunk_is_the_file_that_the_data_page_describes()
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(RepositoryFiles.FullPath(Trunk))));

        Assert.Contains(sha256, File.ReadAllText(RepositoryFiles.FullPath("data/README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_photograph_has_its_credit()
    {
        string credits = File.ReadAllText(RepositoryFiles.FullPath("data/flowers/CREDITS.md"));
        string[] photographs = [.. RepositoryFiles.All.Where(file => file.StartsWith("data/flowers/", StringComparison.Ordinal) && file.EndsWith(".jpg", StringComparison.Ordinal))];

        Assert.Equal(200, photographs.Length);
        AssertNone("has no credit", [.. photographs.Where(file => !credits.Contains($"`{file["data/flowers/".Length..]}`", StringComparison.Ordinal))]);
    }

    [Fact]
    public void No_source_isUnfinished() =>
        AssertNone("is unfinished: finish it, or take it out", RepositoryFiles.Lines(RepositoryFiles.Sources, Unfinished.IsMatch));

    [Fact]
    public void No_test_is_switched_off() =>
        AssertNone(
            "skips a test always: call Assert.Skip where what it needs is looked for",
            RepositoryFiles.Lines(RepositoryFiles.Sources, line => SkippedAlways().IsMatch(line)));

    [Fact]
    public void No_source_swallows_an_exception_without_saying_why() =>
        AssertNone(
            "has an empty catch: report the failure, or say in the block why nothing is lost",
            [.. RepositoryFiles.Sources.Where(file => EmptyCatch().IsMatch(File.ReadAllText(RepositoryFiles.FullPath(file))))]);

    [Fact]
    public void No_source_is_longer_than_600_lines() =>
        AssertNone(
            "is longer than 600 lines: which two ideas does it hold?",
            [.. RepositoryFiles.Sources.Where(file => File.ReadLines(RepositoryFiles.FullPath(file)).Count() > MaximumSourceLines)]);

    [Fact]
    public void Native_functions_are_imported_only_in_folders_named_Native() =>
        AssertNone(
            "imports a native function outside a folder named Native",
            RepositoryFiles.Lines(
                RepositoryFiles.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && !file.Contains("/Native/", StringComparison.Ordinal)),
                line => NativeImport().IsMatch(line)));

    private static void AssertNone(string complaint, string[] found) =>
        Assert.True(found.Length == 0, $"Each of these {complaint}:\n  {string.Join("\n  ", found.Take(20))}");

    [GeneratedRegex(@"https?://[^\s""]*(nuget|npmjs|debian|pypi|yarnpkg|registry\.)")]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\b(LibraryImport|DllImport)\s*\(|\bNativeLibrary\.")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"\[(Fact|Theory)\([^)]*\bSkip\s*=")]
    private static partial Regex SkippedAlways();

    [GeneratedRegex(@"\bcatch\s*(\([^)]*\))?\s*(when\s*\(.*\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();
}
