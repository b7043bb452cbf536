using ResNetMl.Architecture.Tests.Repository;

namespace ResNetMl.Architecture.Tests.Documentation;

/// <summary>C# in the documentation is a region of a compiled test, so that it cannot go stale.</summary>
public sealed class SnippetTests
{
    private const string UpdateVariable = "RESNETML_UPDATE_SNIPPETS";

    private const string UpdateCommand = UpdateVariable + "=1 dotnet test -c Release tests/ResNetMl.Architecture.Tests";

    [Fact]
    public void Every_csharp_block_is_a_region_of_a_compiled_test()
    {
        Dictionary<string, string> regions = Snippets.InTests();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            foreach (string file in Snippets.InDocumentation().Select(block => block.File).Distinct().ToArray())
            {
                string path = RepositoryFiles.FullPath(file);
                File.WriteAllText(path, Snippets.WithRegions(File.ReadAllText(path), regions));
            }

            return;
        }

        foreach (DocumentedCode block in Snippets.InDocumentation())
        {
            string where = $"{block.File}:{block.Line}";
            Assert.True(
                block.Region is not null,
                $"{where}: a csharp block without <!-- snippet: name --> on the line above. Put its lines into a region 'snippet: name' of a test.");
            Assert.True(
                regions.TryGetValue(block.Region!, out string? expected),
                $"{where}: no test has a region 'snippet: {block.Region}'. Regions there are: {string.Join(", ", regions.Keys.Order())}.");
            Assert.True(
                expected == block.Code,
                $"{where}: differs from the region 'snippet: {block.Region}'. Take the region's text over with\n    {UpdateCommand}\n" +
                PublicSurface.LineDifference.Between(block.Code, expected!));
        }
    }

    [Fact]
    public void Every_snippet_region_is_shown_somewhere() =>
        Assert.Empty(Snippets.InTests().Keys.Except(Snippets.InDocumentation().Select(block => block.Region!)));

    [Fact]
    public void A_block_is_found_with_its_region_and_line()
    {
        DocumentedCode[] blocks = [.. Snippets.Blocks("page.md", "# Title\n\n<!-- snippet: load -->\n```csharp\nint a;\n```\n\n```csharp\nint b;\n```\n")];

        Assert.Equal([new("page.md", 4, "load", "int a;"), new("page.md", 8, null, "int b;")], blocks);
    }

    [Fact]
    public void A_page_takes_over_the_text_of_its_regions()
    {
        string page = Snippets.WithRegions(
            "<!-- snippet: load -->\n```csharp\nint old;\n```\n```csharp\nint kept;\n```\n",
            new Dictionary<string, string> { ["load"] = "int a;\nint b;" });

        Assert.Equal("<!-- snippet: load -->\n```csharp\nint a;\nint b;\n```\n```csharp\nint kept;\n```\n", page);
    }

    [Fact]
    public void A_region_loses_its_common_indentation() =>
        Assert.Equal("if (a)\n{\n\n    b();\n}", Snippets.Outdented("\n        if (a)\n        {\n\n            b();\n        }\n"));
}
