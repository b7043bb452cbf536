using System.Text.RegularExpressions;
using System.Xml.Linq;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.Repository;

/// <summary>The solution and the build files, as far as a slip in them would go unnoticed.</summary>
public sealed partial class SolutionTests
{
    [Fact]
    public void The_solution_holds_every_project()
    {
        string solution = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "ResNetMl.sln"));
        IEnumerable<string> listed = ProjectPath().Matches(solution).Select(match => match.Groups[1].Value.Replace('\\', '/'));
        IEnumerable<string> present = RepositoryFiles.All.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.Equal(present.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Package_versions_stand_only_in_Directory_Packages_props() =>
        Assert.All(
            RepositoryFiles.All.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) || file.EndsWith(".props", StringComparison.Ordinal)),
            file => Assert.DoesNotContain(
                XDocument.Load(RepositoryFiles.FullPath(file)).Descendants("PackageReference"),
                reference => reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null));

    // dotnet test ends with success when a project's runner package is missing: the folder's build files bring it.
    [Fact]
    public void Every_test_project_takes_the_shared_test_packages() =>
        Assert.All(
            RepositoryFiles.All.Where(file => file.EndsWith(".Tests.csproj", StringComparison.Ordinal)),
            file => Assert.Empty(XDocument.Load(RepositoryFiles.FullPath(file)).Descendants("UsesTestSupport")));

    [GeneratedRegex(@"""([^""]+\.csproj)""")]
    private static partial Regex ProjectPath();
}
