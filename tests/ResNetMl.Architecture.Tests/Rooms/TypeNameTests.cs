using System.Reflection;
using System.Runtime.CompilerServices;

namespace ResNetMl.Architecture.Tests.Rooms;

/// <summary>Where the rooms' types live and what they may not be called.</summary>
public sealed class TypeNameTests
{
    private static readonly string[] Vague = ["Helper", "Helpers", "Util", "Utils", "Utilities", "Manager", "Misc", "Common"];

    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void Every_type_lives_in_a_namespace_of_the_product(string name)
    {
        string[] outside =
        [
            .. Assembly.Load(RoomTable.Named(name).AssemblyName).GetTypes()
                .Where(type => !type.IsNested && !IsWrittenByTheCompiler(type))
                .Where(type => type.Namespace != "ResNetMl" && type.Namespace?.StartsWith("ResNetMl.", StringComparison.Ordinal) != true)
                .Select(type => type.FullName!),
        ];

        Assert.True(outside.Length == 0, $"{name} has types outside the namespace ResNetMl: {string.Join(", ", outside)}.");
    }

    // A type of one of these names would hide the namespaces ResNetMl.Transforms.Image, ResNetMl.Transforms.Onnx and ResNetMl.Data
    // from programs that import them, as programs for ML.NET do.
    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void No_public_type_hides_a_namespace(string name)
    {
        Assert.DoesNotContain(
            Assembly.Load(RoomTable.Named(name).AssemblyName).GetExportedTypes(),
            type => type.Name.Split('`')[0] is "Image" or "Onnx" or "Data");
    }

    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void A_type_is_named_by_a_noun_of_the_field(string name) =>
        Assert.DoesNotContain(
            Assembly.Load(RoomTable.Named(name).AssemblyName).GetTypes(),
            type => !type.Name.Contains('<') && Vague.Any(word => type.Name.Split('`')[0].EndsWith(word, StringComparison.Ordinal)));

    // Program is what the compiler calls the class around top-level statements.
    private static bool IsWrittenByTheCompiler(Type type) =>
        type.Name is "Program" ||
        type.Name.StartsWith('<') ||
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) ||
        type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false) ||
        type.GetCustomAttributesData().Any(attribute => attribute.AttributeType.FullName == "Microsoft.CodeAnalysis.EmbeddedAttribute");
}
