using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ResNetMl.Architecture.Tests.PublicSurface;

/// <summary>Writes what a program can see of an assembly: one line for each type and member, in an order that does not change.</summary>
/// <remarks>
/// Left out because they follow from what is written: members of records that the compiler writes, overrides, explicit
/// interface implementations, and constructors without parameters of abstract and static classes.
/// </remarks>
internal static class SurfaceWriter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The surface of an assembly, types sorted by namespace and name, ending in a line feed.</summary>
    public static string Write(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string?, Type> types in assembly.GetExportedTypes()
            .Where(type => !type.Name.Contains('<') && !(type.IsNested && IsSpecial(type)))
            .OrderBy(type => type.Namespace, StringComparer.Ordinal)
            .ThenBy(type => type.FullName, StringComparer.Ordinal)
            .GroupBy(type => type.Namespace))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append($"namespace {types.Key}\n");
            foreach (Type type in types)
            {
                text.Append('\n').Append(TypeLine(type)).Append('\n');
                foreach (string member in Members(type))
                {
                    text.Append("    ").Append(member).Append('\n');
                }
            }
        }

        return text.ToString();
    }

    private static string TypeLine(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {SignatureText.TypeOf(invoke.ReturnParameter)} {SignatureText.Declaration(type)}{SignatureText.Parameters(invoke)}{Constraints(type.GetGenericArguments())}";
        }

        string flags = type.IsDefined(typeof(FlagsAttribute), inherit: false) ? "[Flags] " : "";
        // The compiler marks every ref struct obsolete for compilers that do not know them.
        string obsolete = type.IsDefined(typeof(ObsoleteAttribute), inherit: false) && !type.IsByRefLike ? "[Obsolete] " : "";
        if (type.IsEnum)
        {
            return $"{flags}{obsolete}enum {SignatureText.Name(type)} : {SignatureText.Name(Enum.GetUnderlyingType(type))}";
        }

        bool isRecord = type.GetMethod("PrintMembers", Declared, [typeof(StringBuilder)]) is not null;
        string kind = (type.IsInterface, type.IsValueType, isRecord) switch
        {
            (true, _, _) => "interface",
            (_, true, false) => "struct",
            (_, true, true) => "record struct",
            (_, _, true) => "record",
            _ => "class",
        };
        string modifier = type switch
        {
            { IsInterface: true } => "",
            { IsValueType: true } => (type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "") + (type.IsByRefLike ? "ref " : ""),
            { IsAbstract: true, IsSealed: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => "",
        };
        string[] bases =
        [
            .. type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [SignatureText.Name(parent)] : Array.Empty<string>(),
            .. OwnInterfaces(type)
                .Where(contract => contract.IsVisible && !(isRecord && contract.Name == "IEquatable`1"))
                .Select(contract => SignatureText.Name(contract)).Order(StringComparer.Ordinal),
        ];
        return $"{obsolete}{modifier}{kind} {SignatureText.Declaration(type)}{(bases.Length == 0 ? "" : " : " + string.Join(", ", bases))}{Constraints(type.GetGenericArguments())}";
    }

    // Those that neither the base class nor another of the interfaces brings along.
    private static IEnumerable<Type> OwnInterfaces(Type type)
    {
        Type[] all = type.GetInterfaces();
        return all.Except(type.BaseType?.GetInterfaces() ?? []).Except(all.SelectMany(contract => contract.GetInterfaces()));
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue())}");
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [];
        }

        return
        [
            .. type.GetFields(Declared).Where(IsVisible).OrderBy(field => field.Name, StringComparer.Ordinal).Select(Field),
            .. type.GetConstructors(Declared).Where(constructor => IsVisible(constructor) && !(type.IsAbstract && constructor.GetParameters().Length == 0))
                .Select(constructor => $"{Access(constructor)}{type.Name.Split('`')[0]}{SignatureText.Parameters(constructor)}").Order(StringComparer.Ordinal),
            .. type.GetProperties(Declared).OrderBy(property => property.Name, StringComparer.Ordinal).Select(Property).OfType<string>(),
            .. type.GetEvents(Declared).Where(@event => IsVisible(@event.AddMethod!)).OrderBy(@event => @event.Name, StringComparer.Ordinal)
                .Select(@event => $"{Modifiers(@event.AddMethod!)}event {SignatureText.TypeOf(@event)} {@event.Name}"),
            .. type.GetMethods(Declared).Where(method => IsVisible(method) && !IsSpecial(method) && !IsOverride(method))
                .Select(method => (method.Name, Line: Method(method)))
                .OrderBy(method => method.Name, StringComparer.Ordinal).ThenBy(method => method.Line, StringComparer.Ordinal)
                .Select(method => method.Line),
        ];
    }

    private static string Field(FieldInfo field)
    {
        string modifier = (field.IsLiteral, field.IsStatic, field.IsInitOnly) switch
        {
            (true, _, _) => "const ",
            (_, true, true) => "static readonly ",
            (_, true, false) => "static ",
            (_, _, true) => "readonly ",
            _ => "",
        };
        string value = field.IsLiteral ? " = " + SignatureText.Literal(field.GetRawConstantValue(), field.FieldType) : "";
        return $"{(field.IsPublic ? "" : "protected ")}{modifier}{SignatureText.TypeOf(field)} {field.Name}{value}";
    }

    private static string? Property(PropertyInfo property)
    {
        MethodInfo? getter = property.GetMethod is { } get && IsVisible(get) ? get : null;
        MethodInfo? setter = property.SetMethod is { } set && IsVisible(set) ? set : null;
        if ((getter ?? setter) is not { } accessor || IsOverride(accessor) || property.Name == "EqualityContract")
        {
            return null;
        }

        bool isInit = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string set_ = setter is null ? "" : $" {(getter is not null && getter.IsPublic && !setter.IsPublic ? "protected " : "")}{(isInit ? "init" : "set")};";
        string required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(SignatureText.Parameter))}]";
        return $"{Modifiers(accessor)}{required}{Reference(property.PropertyType, accessor)}{SignatureText.TypeOf(property)} {name} {{{(getter is null ? "" : " get;")}{set_} }}";
    }

    private static string Method(MethodInfo method)
    {
        string arguments = method.IsGenericMethodDefinition
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>"
            : "";
        string obsolete = method.IsDefined(typeof(ObsoleteAttribute), inherit: false) ? "[Obsolete] " : "";
        return $"{obsolete}{Modifiers(method)}{Reference(method.ReturnType, method)}{SignatureText.TypeOf(method.ReturnParameter)} {method.Name}{arguments}" +
            $"{SignatureText.Parameters(method)}{Constraints(method.GetGenericArguments())}";
    }

    private static string Reference(Type type, MethodInfo method) =>
        !type.IsByRef ? "" : method.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "ref readonly " : "ref ";

    private static string Constraints(Type[] arguments) => string.Concat(arguments.Where(argument => argument.IsGenericParameter).Select(argument =>
    {
        GenericParameterAttributes attributes = argument.GenericParameterAttributes;
        bool isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        string[] parts =
        [
            .. isStruct ? ["struct"] : Array.Empty<string>(),
            .. attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>(),
            .. argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(type => SignatureText.Name(type)),
            .. attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? ["new()"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? "" : $" where {argument.Name} : {string.Join(", ", parts)}";
    }));

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        bool isInterface = method.DeclaringType!.IsInterface;
        string kind = method switch
        {
            { IsStatic: true } => method.IsAbstract ? "static abstract " : "static ",
            { IsAbstract: true } => isInterface ? "" : "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return Access(method) + kind;
    }

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // Accessors have their own lines; operators are methods like others.
    private static bool IsSpecial(MethodInfo method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) ||
        method.Name.Contains('<') ||
        (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static bool IsSpecial(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static bool IsOverride(MethodInfo method) => method.GetBaseDefinition() != method;
}
