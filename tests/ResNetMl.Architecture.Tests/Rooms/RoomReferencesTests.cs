using System.Reflection;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.Rooms;

/// <summary>Holds the rooms to the tables of docs/layout.md.</summary>
public sealed class RoomReferencesTests
{
    /// <summary>Tools that the build puts into every room and that no assembly refers to.</summary>
    private static readonly string[] BuildTools = ["Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    [Fact]
    public void Every_project_in_src_has_a_row_and_every_built_row_a_project()
    {
        string source = Path.Combine(TestData.RepositoryRoot, "src");
        IEnumerable<string> projects = Directory.EnumerateDirectories(source)
            .Select(folder => Path.GetFileName(folder)!)
            .Where(name => name.StartsWith("ResNetMl.", StringComparison.Ordinal));

        Assert.Equal(RoomTable.Built.Select(room => room.Name).Order(), projects.Order());
    }

    [Fact]
    public void The_package_ResNetMl_refers_to_every_room_but_the_command_line()
    {
        IEnumerable<string> referenced = ReferencedProjects("src/ResNetMl/ResNetMl.csproj");

        Assert.Equal(RoomTable.Built.Select(room => room.Name).Where(name => name != "ResNetMl.Cli").Order(), referenced.Order());
    }

    [Fact]
    public void A_room_uses_only_rooms_that_come_before_it()
    {
        foreach (Room room in RoomTable.All)
        {
            foreach (string used in room.Uses)
            {
                Assert.True(
                    RoomTable.Named(used).Number < room.Number,
                    $"docs/layout.md: room {room.Number} {room.Name} uses {used}, which comes after it; data never flows back.");
            }
        }
    }

    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void A_project_refers_only_to_the_rooms_of_its_row(string name)
    {
        Room room = RoomTable.Named(name);

        // A package may be built from its sources, by a project of its name in src/native.
        AssertWithin(room, "refers to the project", [.. room.Uses, .. room.Packages], ReferencedProjects(room.ProjectFile));
    }

    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void A_project_refers_only_to_the_packages_of_its_row(string name)
    {
        Room room = RoomTable.Named(name);

        AssertWithin(room, "refers to the package", [.. room.Packages, .. BuildTools], Items(room.ProjectFile, "PackageReference"));
    }

    // What the compiler wrote down, whatever the project files say: catches a reference that came by another way.
    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void An_assembly_uses_only_the_rooms_and_packages_of_its_row(string name)
    {
        Room room = RoomTable.Named(name);
        string framework = RuntimeEnvironment.GetRuntimeDirectory();
        IEnumerable<string> referenced = Assembly.Load(room.AssemblyName).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(reference => !File.Exists(Path.Combine(framework, reference + ".dll")));

        AssertWithin(room, "uses the assembly", [.. room.Uses, .. room.Packages], referenced);
    }

    // The command line is what runs elsewhere; its dependency file lists every package that is shipped with it.
    [Fact]
    public void Every_shipped_package_stands_in_the_table_and_is_pinned_to_one_version()
    {
        string[] shipped = [.. ShippedPackages()];
        string[] allowed = [.. RoomTable.Built.SelectMany(room => room.Packages)];
        Dictionary<string, string> pinned = XDocument.Load(Path.Combine(TestData.RepositoryRoot, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Version")!.Value);

        Assert.All(pinned, item => Assert.Matches(@"^\[[0-9A-Za-z.\-]+\]$", item.Value));
        Assert.All(shipped, package => Assert.Contains(package.Split('/')[0], allowed));
        Assert.All(shipped, package => Assert.Equal($"[{package.Split('/')[1]}]", pinned[package.Split('/')[0]]));
    }

    private static IEnumerable<string> ShippedPackages()
    {
        string dependencies = Path.Combine(
            TestData.RepositoryRoot, "src", "ResNetMl.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "resnetml.deps.json");
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(File.ReadAllText(dependencies));
        return
        [
            .. document.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library => library.Name),
        ];
    }

    private static IEnumerable<string> ReferencedProjects(string projectFile) =>
        Items(projectFile, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    private static IEnumerable<string> Items(string projectFile, string element) =>
        XDocument.Load(Path.Combine(TestData.RepositoryRoot, projectFile)).Descendants(element)
            .Select(item => item.Attribute("Include")!.Value);

    private static void AssertWithin(Room room, string verb, IEnumerable<string> allowed, IEnumerable<string> referenced)
    {
        string[] foreign = [.. referenced.Except(allowed).Order()];
        Assert.True(
            foreign.Length == 0,
            $"{room.Name} {verb} {string.Join(", ", foreign)}, which its row in docs/layout.md does not name. Move the code to a room that may, " +
            "or change the row and say why in docs/decisions/.");
    }
}
