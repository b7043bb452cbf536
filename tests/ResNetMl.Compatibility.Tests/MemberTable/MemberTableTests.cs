using System.Text.RegularExpressions;
using ResNetMl.TestSupport;
using Xunit;

namespace Compatibility.MemberTable;

/// <summary>Holds docs/compatibility.md to the compiled assemblies, so that the table of members says nothing that is not so.</summary>
public sealed class MemberTableTests
{
    private const string UpdateVariable = "RESNETML_UPDATE_PUBLIC_SURFACE";

    private static readonly string Page = Path.Combine(TestData.RepositoryRoot, "docs", "compatibility.md");

    private static readonly string[] States = ["same", "differs", "beyond", "absent"];

    private static readonly Regex Heading = new("^### `(?<type>[^`]+)`", RegexOptions.CultureInvariant);

    private static readonly Regex Row = new(@"^\| `(?<member>[^`]+)` \| (?<state>\w+) \|(?<how>.*)\|$", RegexOptions.CultureInvariant);

    [Fact]
    public void Every_member_that_the_page_has_is_there_and_every_absent_one_is_not()
    {
        var wrong = new List<string>();
        foreach ((string type, string member, string state, string how) in Rows())
        {
            if (!States.Contains(state))
            {
                wrong.Add($"{type}: '{member}' is '{state}', expected one of {string.Join(", ", States)}");
            }
            else if ((state is "differs" or "absent") != (how.Length > 0) && state != "beyond")
            {
                wrong.Add($"{type}: '{member}' is {state} and says '{how}': what differs or is absent says how or why, what is the same says nothing");
            }

            bool isType = Surface.Types.TryGetValue(type, out IReadOnlySet<string>? members);
            if (state == "absent")
            {
                // Named without a signature; no line of the type may have the name.
                if (isType && members!.Any(line => Regex.IsMatch(line, $@"\b{Regex.Escape(member)}\b\s*[<({{]")))
                {
                    wrong.Add($"{type}: '{member}' is said to be absent and is there");
                }
            }
            else if (!isType || !members!.Contains(member))
            {
                wrong.Add($"{type}: there is no '{member}'");
            }
        }

        Assert.True(wrong.Count == 0, $"docs/compatibility.md:\n  {string.Join("\n  ", wrong)}");
    }

    // A member that the page forgets is one that nobody compared with ML.NET's.
    [Fact]
    public void The_page_names_every_member_of_the_types_it_has()
    {
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllLines(Page, Updated(File.ReadAllLines(Page)));
        }

        string[] forgotten =
        [
            .. Rows().GroupBy(row => row.Type).Where(rows => Surface.Types.ContainsKey(rows.Key))
                .SelectMany(rows => Surface.Types[rows.Key].Except(rows.Select(row => row.Member)).Select(member => $"{rows.Key}: {member}")),
        ];

        Assert.True(
            forgotten.Length == 0,
            $"docs/compatibility.md lacks:\n  {string.Join("\n  ", forgotten)}\n{UpdateVariable}=1 adds them as beyond ML.NET and takes out what is gone; " +
            "then write what is ML.NET's as same or differs.");
    }

    [Fact]
    public void The_page_has_the_types_that_programs_use()
    {
        HashSet<string> types = [.. Rows().Select(row => row.Type)];

        Assert.True(types.Count > 60, $"Only {types.Count} types were read from the page.");
        Assert.Superset(new HashSet<string>(["ResNetMl.MLContext", "ResNetMl.MulticlassEvaluationCatalog", "ResNetMl.Data.TextLoader.Options"]), types);
    }

    /// <summary>The page without members that are gone, and with new ones at the end of their type's table.</summary>
    private static IEnumerable<string> Updated(string[] lines)
    {
        IReadOnlySet<string>? members = null;
        HashSet<string> left = [];
        foreach (string line in lines.Append("#"))
        {
            if (line.StartsWith('#') || (line.Length == 0 && left.Count > 0))
            {
                // The table of a type has ended: the lines after its last row are the new members'.
                foreach (string member in left.Order(StringComparer.Ordinal))
                {
                    yield return $"| `{member.Replace("|", "\\|", StringComparison.Ordinal)}` | beyond | |";
                }

                left = [];
            }

            if (Heading.Match(line) is { Success: true } heading)
            {
                members = Surface.Types.GetValueOrDefault(heading.Groups["type"].Value);
                yield return line;
            }
            else if (line.StartsWith("|---", StringComparison.Ordinal) && members is not null)
            {
                left = [.. members];
                yield return line;
            }
            else if (members is not null && Row.Match(line) is { Success: true } row && row.Groups["state"].Value != "absent")
            {
                string member = row.Groups["member"].Value.Replace("\\|", "|", StringComparison.Ordinal);
                left.Remove(member);
                if (members.Contains(member))
                {
                    yield return line;
                }
            }
            else if (line != "#")
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<(string Type, string Member, string State, string How)> Rows()
    {
        string type = "";
        foreach (string line in File.ReadLines(Page))
        {
            if (Heading.Match(line) is { Success: true } heading)
            {
                type = heading.Groups["type"].Value;
            }
            else if (type.Length > 0 && Row.Match(line) is { Success: true } row)
            {
                yield return (type, row.Groups["member"].Value.Replace("\\|", "|", StringComparison.Ordinal), row.Groups["state"].Value, row.Groups["how"].Value.Trim());
            }
        }
    }
}
