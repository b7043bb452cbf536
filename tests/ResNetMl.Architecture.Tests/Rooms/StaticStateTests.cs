using System.Reflection;
using System.Runtime.CompilerServices;

namespace ResNetMl.Architecture.Tests.Rooms;

/// <summary>Nothing an answer depends on hides in static fields.</summary>
public sealed class StaticStateTests
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Theory, MemberData(nameof(RoomTable.BuiltNames), MemberType = typeof(RoomTable))]
    public void No_static_field_can_be_assigned_after_start(string name)
    {
        string[] assignable =
        [
            .. Assembly.Load(RoomTable.Named(name).AssemblyName).GetTypes()
                .Where(type => !IsWrittenByTheCompiler(type))
                .SelectMany(type => type.GetFields(Static))
                .Where(field => !field.IsInitOnly && !field.IsLiteral && !IsCacheOfALambda(field))
                .Select(field => $"{field.DeclaringType}.{field.Name}"),
        ];

        Assert.True(
            assignable.Length == 0,
            $"{name} keeps state in static fields: {string.Join(", ", assignable)}. Hand it in as an argument, or make the field readonly.");
    }

    private static bool IsWrittenByTheCompiler(Type type) =>
        type.Name.Contains('<') ||
        (type.DeclaringType is { } outer && IsWrittenByTheCompiler(outer)) ||
        type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false) ||
        type.Namespace?.EndsWith(".Generated", StringComparison.Ordinal) == true;

    // The compiler keeps a delegate made of a static method; a property's own field is also compiler-generated, and is state.
    private static bool IsCacheOfALambda(FieldInfo field) =>
        field.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !field.Name.EndsWith("k__BackingField", StringComparison.Ordinal);
}
