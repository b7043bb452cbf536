using System.Reflection;
using ResNetMl.Architecture.Tests.Rooms;
using ResNetMl.TestSupport;

namespace ResNetMl.Architecture.Tests.PublicSurface;

/// <summary>Compares what a program can see of each room with the text in docs/public-surface/, so that every change of it is read.</summary>
public sealed class PublicSurfaceTests
{
    private const string UpdateVariable = "RESNETML_UPDATE_PUBLIC_SURFACE";

    private const string UpdateCommand = UpdateVariable + "=1 dotnet test -c Release tests/ResNetMl.Architecture.Tests";

    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void The_public_surface_is_the_checked_in_text(string name)
    {
        Room room = RoomTable.Named(name);
        string path = Path.Combine(TestData.RepositoryRoot, "docs", "public-surface", room.Name + ".txt");
        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        string actual = SurfaceWriter.Write(Assembly.Load(room.AssemblyName));

        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        string difference = LineDifference.Between(expected, actual);
        Assert.True(
            difference.Length == 0,
            $"The public surface of {room.Name} differs from docs/public-surface/{room.Name}.txt ('-' only in the text, '+' only in the assembly):\n" +
            $"{difference}\nIf programs should see this, accept it with\n    {UpdateCommand}\nand commit the text; else make the members internal.");
    }

    [Fact]
    public void Every_surface_text_belongs_to_a_room()
    {
        IEnumerable<string> texts = Directory
            .EnumerateFiles(Path.Combine(TestData.RepositoryRoot, "docs", "public-surface"), "*.txt")
            .Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Equal(RoomTable.Built.Select(room => room.Name).Order(), texts.Order());
    }
}
