using System.Text.RegularExpressions;
using ResNetMl.Architecture.Tests.Repository;

namespace ResNetMl.Architecture.Tests.Documentation;

/// <summary>A C# block of a Markdown page.</summary>
/// <param name="File">The page, relative to the root.</param>
/// <param name="Line">The line of the block's opening fence, from 1.</param>
/// <param name="Region">The region named by the comment above the fence; null where there is none.</param>
/// <param name="Code">What stands between the fences, without the last line feed.</param>
internal sealed record DocumentedCode(string File, int Line, string? Region, string Code);

/// <summary>Finds C# in the documentation, and the compiled regions it is taken from.</summary>
/// <remarks>
/// A page writes <c>&lt;!-- snippet: name --&gt;</c> on the line above the block; a compiled test holds the same lines between
/// <c>#region snippet: name</c> and <c>#endregion</c>, indented as deep as it likes.
/// </remarks>
internal static partial class Snippets
{
    /// <summary>Every C# block of the Markdown pages in the repository.</summary>
    public static IEnumerable<DocumentedCode> InDocumentation() =>
        RepositoryFiles.All.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).SelectMany(file => Blocks(file, ReadText(file)));

    /// <summary>The C# blocks of one page's text.</summary>
    public static IEnumerable<DocumentedCode> Blocks(string file, string text) =>
        Block().Matches(text).Select(match => new DocumentedCode(
            file,
            text.AsSpan(0, match.Groups["fence"].Index).Count('\n') + 1,
            match.Groups["name"] is { Success: true } name ? name.Value : null,
            match.Groups["code"].Value.TrimEnd('\n')));

    /// <summary>Text of every snippet region of the tests, by name.</summary>
    /// <exception cref="InvalidOperationException">Two regions have one name.</exception>
    public static Dictionary<string, string> InTests()
    {
        var regions = new Dictionary<string, string>();
        foreach (string file in RepositoryFiles.Sources.Where(file => file.StartsWith("tests/", StringComparison.Ordinal)))
        {
            foreach (Match match in Region().Matches(ReadText(file)))
            {
                if (!regions.TryAdd(match.Groups["name"].Value, Outdented(match.Groups["code"].Value)))
                {
                    throw new InvalidOperationException($"{file}: a second region 'snippet: {match.Groups["name"].Value}'. Give it a name of its own.");
                }
            }
        }

        return regions;
    }

    /// <summary>A page's text with each named block replaced by its region; blocks of unknown names stay.</summary>
    public static string WithRegions(string text, IReadOnlyDictionary<string, string> regions) =>
        Block().Replace(text, match =>
        {
            if (!match.Groups["name"].Success || !regions.TryGetValue(match.Groups["name"].Value, out string? region))
            {
                return match.Value;
            }

            Group code = match.Groups["code"];
            int start = code.Index - match.Index;
            return match.Value[..start] + region + "\n" + match.Value[(start + code.Length)..];
        });

    /// <summary>The lines without the white space that all of them begin with, and without empty lines around.</summary>
    public static string Outdented(string code)
    {
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..].TrimEnd() : "")).Trim('\n');
    }

    private static string ReadText(string file) => File.ReadAllText(RepositoryFiles.FullPath(file)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"(<!-- snippet: (?<name>[\w-]+) -->\n)?(?<fence>^```csharp)[^\n]*\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^[ \t]*#region snippet: (?<name>[\w-]+)[^\n]*\n(?<code>.*?)^[ \t]*#endregion", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();
}
