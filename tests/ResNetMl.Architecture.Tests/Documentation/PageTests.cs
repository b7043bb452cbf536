using System.Text.RegularExpressions;
using ResNetMl.Architecture.Tests.Repository;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.Documentation;

/// <summary>What the pages say that can be checked against the repository.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Every_link_within_the_repository_leads_somewhere()
    {
        string[] broken = [.. Links().Where(link => !Path.Exists(link.Target)).Select(link => $"{link.Page}: {Path.GetRelativePath(TestData.RepositoryRoot, link.Target)}")];

        Assert.True(broken.Length == 0, $"These links lead nowhere:\n  {string.Join("\n  ", broken)}");
    }

    // Results are found by the names of their files: the folder is the list.
    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_another()
    {
        HashSet<string> linked = [.. Links().Select(link => link.Target)];
        string[] alone =
        [
            .. RepositoryFiles.All
                .Where(file => file.StartsWith("docs/", StringComparison.Ordinal) && file.EndsWith(".md", StringComparison.Ordinal))
                .Where(file => !file.StartsWith("docs/results/", StringComparison.Ordinal))
                .Where(file => !linked.Contains(RepositoryFiles.FullPath(file))),
        ];

        Assert.True(alone.Length == 0, $"No page links to {string.Join(", ", alone)}: name it where a reader would look for it.");
    }

    // README.md is where a user looks for a switch.
    [Fact]
    public void The_README_lists_every_environment_variable_of_the_product()
    {
        string[] product = [.. VariablesIn(file => file.StartsWith("src/", StringComparison.Ordinal) || file.StartsWith("tests/ResNetMl.TestSupport/", StringComparison.Ordinal))];
        string[] all = [.. VariablesIn(file => file.StartsWith("src/", StringComparison.Ordinal) || file.StartsWith("tests/", StringComparison.Ordinal))];
        string[] listed = [.. VariablesIn(file => file == "README.md")];

        string[] missing = [.. product.Except(listed)];
        string[] stale = [.. listed.Except(all)];
        Assert.True(missing.Length == 0, $"README.md's table of environment variables lacks {string.Join(", ", missing)}: add what each means.");
        Assert.True(stale.Length == 0, $"README.md names {string.Join(", ", stale)}, which nothing in src/ or tests/ reads: take it out.");
    }

    private static IEnumerable<(string Page, string Target)> Links() =>
        RepositoryFiles.All.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).SelectMany(file =>
            Link().Matches(File.ReadAllText(RepositoryFiles.FullPath(file)))
                .Select(match => match.Groups["target"].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal))
                .Select(target => (file, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(RepositoryFiles.FullPath(file))!, target)))));

    private static IEnumerable<string> VariablesIn(Func<string, bool> isRead) =>
        RepositoryFiles.Text.Where(isRead).SelectMany(file => Variable().Matches(File.ReadAllText(RepositoryFiles.FullPath(file))).Select(match => match.Value))
            .Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bRESNETML_[A-Z][A-Z_]*[A-Z]\b")]
    private static partial Regex Variable();
}
