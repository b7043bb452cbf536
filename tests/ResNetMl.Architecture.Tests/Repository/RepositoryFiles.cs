using System.Diagnostics;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.Repository;

/// <summary>The files git tracks, and new ones it does not ignore: what the next commit can carry.</summary>
internal static class RepositoryFiles
{
    private static readonly Lazy<IReadOnlyList<string>> Files = new(List);

    /// <summary>Paths relative to the root, with forward slashes. The test is skipped where there is no git or no checkout.</summary>
    public static IReadOnlyList<string> All
    {
        get
        {
            if (!Path.Exists(Path.Combine(TestData.RepositoryRoot, ".git")))
            {
                Assert.Skip("Needs a git checkout: this folder has no .git.");
            }

            return Files.Value;
        }
    }

    /// <summary>Those of the files that are text.</summary>
    public static IEnumerable<string> Text => All.Where(file => !IsBinary(file));

    /// <summary>The C# sources.</summary>
    public static IEnumerable<string> Sources => All.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The absolute path of a listed file.</summary>
    public static string FullPath(string file) => Path.Combine(TestData.RepositoryRoot, file);

    /// <summary>"file:line: text" of every line of the files that a predicate picks.</summary>
    public static string[] Lines(IEnumerable<string> files, Func<string, bool> isPicked) =>
    [
        .. files.SelectMany(file => File.ReadLines(FullPath(file))
            .Select((line, i) => (line, i))
            .Where(numbered => isPicked(numbered.line))
            .Select(numbered => $"{file}:{numbered.i + 1}: {numbered.line.Trim()}")),
    ];

    private static List<string> List()
    {
        // The checkout may belong to another user than the one who tests, as in a container.
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = TestData.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? git = null;
        try
        {
            git = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Needs git, which is not installed.");
        }

        using (git)
        {
            Task<string> errors = git!.StandardError.ReadToEndAsync();
            string output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            Assert.True(git.ExitCode == 0, $"git ls-files failed: {errors.Result}");
            return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(file => File.Exists(FullPath(file)))];
        }
    }

    // As git decides: a NUL within the first 8,000 bytes.
    private static bool IsBinary(string file)
    {
        using FileStream stream = File.OpenRead(FullPath(file));
        var start = new byte[8000];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start.AsSpan(0, count).Contains((byte)0);
    }
}
