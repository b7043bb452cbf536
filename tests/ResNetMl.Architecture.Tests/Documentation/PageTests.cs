using System.Text.RegularExpressions;
using ResNetMl.Architecture.Tests.Repository;

namespace ResNetMl.Architecture.Tests.Documentation;

/// <summary>What the pages say that can be checked against the repository.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Every_link_within_the_repository_leads_somewhere()
    {
        var broken = new List<string>();
        foreach (string file in RepositoryFiles.All.Where(file => file.EndsWith(".md", StringComparison.Ordinal)))
        {
            string folder = Path.GetDirectoryName(RepositoryFiles.FullPath(file))!;
            broken.AddRange(Link().Matches(File.ReadAllText(RepositoryFiles.FullPath(file)))
                .Select(match => match.Groups["target"].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target)))
                .Select(target => $"{file}: {target}"));
        }

        Assert.True(broken.Count == 0, $"These links lead nowhere:\n  {string.Join("\n  ", broken)}");
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

    private static IEnumerable<string> VariablesIn(Func<string, bool> isRead) =>
        RepositoryFiles.Text.Where(isRead).SelectMany(file => Variable().Matches(File.ReadAllText(RepositoryFiles.FullPath(file))).Select(match => match.Value))
            .Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bRESNETML_[A-Z][A-Z_]*[A-Z]\b")]
    private static partial Regex Variable();
}
