using Xunit;

namespace ResNetMl.TestSupport;

/// <summary>Finds the data that tests use but the repository does not carry, and skips the test where it is absent.</summary>
public static class TestData
{
    /// <summary>The checkout's root: the folder that holds ResNetMl.sln.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Path below the test data's folder, which is RESNETML_TEST_DATA or else ../shared/data beside the checkout.</summary>
    /// <param name="relativePath">For example <c>broken/pngsuite</c>.</param>
    public static string RequirePath(string relativePath)
    {
        string folder = Environment.GetEnvironmentVariable("RESNETML_TEST_DATA")
            ?? Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "data"));
        string path = Path.Combine(folder, relativePath);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            Assert.Skip($"Needs the test data '{relativePath}', absent here: set RESNETML_TEST_DATA to the folder that holds it.");
        }

        return path;
    }

    private static string FindRepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ResNetMl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ResNetMl.sln above {AppContext.BaseDirectory}: the tests run inside a checkout.");
    }
}
