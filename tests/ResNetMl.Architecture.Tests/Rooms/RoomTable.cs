using System.Text.RegularExpressions;
using System.Xml.Linq;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.Rooms;

/// <summary>One row of the rooms tables in docs/layout.md.</summary>
/// <param name="Number">Its place in the order in which data passes.</param>
/// <param name="Name">The project's and the package's name.</param>
/// <param name="Uses">Names of the rooms it may refer to.</param>
/// <param name="Packages">Names of the third-party packages it may refer to.</param>
/// <param name="IsBuilt">Whether its row stands under "Rooms" rather than under "Rooms to come".</param>
public sealed record Room(int Number, string Name, IReadOnlyList<string> Uses, IReadOnlyList<string> Packages, bool IsBuilt)
{
    /// <summary>The room's project file, relative to the repository's root.</summary>
    public string ProjectFile => $"src/{Name}/{Name}.csproj";

    /// <summary>The name of the assembly the project makes: the project's own unless it says otherwise.</summary>
    public string AssemblyName =>
        XDocument.Load(Path.Combine(TestData.RepositoryRoot, ProjectFile)).Descendants("AssemblyName").SingleOrDefault()?.Value ?? Name;
}

/// <summary>Reads the tables of docs/layout.md, which say what each room may use.</summary>
public static partial class RoomTable
{
    /// <summary>All rooms, built or to come, by rising number.</summary>
    public static IReadOnlyList<Room> All { get; } = Read(Path.Combine(TestData.RepositoryRoot, "docs", "layout.md"));

    /// <summary>The rooms that have a project.</summary>
    public static IEnumerable<Room> Built => All.Where(room => room.IsBuilt);

    /// <summary>Names of the built rooms, as a theory's data.</summary>
    public static TheoryData<string> BuiltNames => new(Built.Select(room => room.Name));

    /// <summary>The room of that name.</summary>
    public static Room Named(string name) => All.Single(room => room.Name == name);

    private static List<Room> Read(string path)
    {
        var rows = new List<(int Number, string Name, string Uses, string Packages, bool IsBuilt)>();
        string heading = "";
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#', ' ');
            }
            else if (TableRow().Match(line) is { Success: true } row)
            {
                rows.Add((
                    int.Parse(row.Groups["number"].Value),
                    row.Groups["name"].Value,
                    row.Groups["uses"].Value,
                    row.Groups["packages"].Value,
                    heading == "Rooms"));
            }
        }

        Dictionary<int, string> names = rows.ToDictionary(row => row.Number, row => row.Name);
        return
        [
            .. rows.OrderBy(row => row.Number).Select(row => new Room(
                row.Number,
                row.Name,
                [.. List(row.Uses).Select(number => names[int.Parse(number)])],
                [.. List(row.Packages)],
                row.IsBuilt)),
        ];
    }

    private static IEnumerable<string> List(string cell) =>
        cell == "–" ? [] : cell.Split(',', StringSplitOptions.TrimEntries);

    [GeneratedRegex(@"^\| (?<number>\d+) \| \[?(?<name>ResNetMl\.\w+)[^|]*\| [^|]* \| (?<uses>[^|]*) \| (?<packages>[^|]*) \| [^|]* \|$")]
    private static partial Regex TableRow();
}
