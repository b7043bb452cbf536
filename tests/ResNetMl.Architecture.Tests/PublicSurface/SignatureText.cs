using System.Globalization;
using System.Reflection;

namespace ResNetMl.Architecture.Tests.PublicSurface;

/// <summary>Types, parameters and default values as C# writes them, without namespaces.</summary>
internal static class SignatureText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The type of a parameter or result, with <c>?</c> where null is allowed.</summary>
    public static string TypeOf(ParameterInfo parameter) => Name(parameter.ParameterType, Nullability.Create(parameter));

    /// <inheritdoc cref="TypeOf(ParameterInfo)"/>
    public static string TypeOf(PropertyInfo property) => Name(property.PropertyType, Nullability.Create(property));

    /// <inheritdoc cref="TypeOf(ParameterInfo)"/>
    public static string TypeOf(FieldInfo field) => Name(field.FieldType, Nullability.Create(field));

    /// <inheritdoc cref="TypeOf(ParameterInfo)"/>
    public static string TypeOf(EventInfo @event) => Name(@event.EventHandlerType!, Nullability.Create(@event));

    /// <summary>The name of a type as it is used: <c>IReadOnlyList&lt;float&gt;</c>, <c>int[]</c>, <c>Outer.Inner</c>.</summary>
    public static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        // Of a type parameter that may be a value type, reflection cannot tell "T" from "T?".
        bool canBeMarked = !type.IsValueType &&
            !(type.IsGenericParameter && !type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint));
        string mark = canBeMarked && nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword + mark;
        }

        string outer = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        string name = outer + type.Name.Split('`')[0];
        Type[] arguments = type.GetGenericArguments();
        if (type.Name.Contains('`'))
        {
            NullabilityInfo?[] states = nullability?.GenericTypeArguments is { } known && known.Length == arguments.Length
                ? known
                : new NullabilityInfo?[arguments.Length];
            string list = string.Join(", ", arguments.Select((argument, i) => Name(argument, states[i])));
            name = type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true ? $"({list})" : $"{name}<{list}>";
        }

        return name + mark;
    }

    /// <summary>The name of a type as it is declared: with the variance of its type parameters.</summary>
    public static string Declaration(Type type)
    {
        IEnumerable<string> parameters = type.GetGenericArguments().Select(parameter =>
            (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
            {
                GenericParameterAttributes.Covariant => "out " + parameter.Name,
                GenericParameterAttributes.Contravariant => "in " + parameter.Name,
                _ => parameter.Name,
            });
        string name = Name(type);
        return type.IsGenericTypeDefinition && !type.IsNested ? $"{name[..name.IndexOf('<')]}<{string.Join(", ", parameters)}>" : name;
    }

    /// <summary>A parameter list in parentheses, with modifiers and default values.</summary>
    public static string Parameters(MethodBase method)
    {
        bool isExtension = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute), inherit: false);
        IEnumerable<string> parameters = method.GetParameters().Select(parameter =>
            (isExtension && parameter.Position == 0 ? "this " : "") + Parameter(parameter));
        return $"({string.Join(", ", parameters)})";
    }

    /// <summary>One parameter: modifier, type, name and default value.</summary>
    public static string Parameter(ParameterInfo parameter)
    {
        string modifier = parameter switch
        {
            { ParameterType.IsByRef: true, IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) => "params ",
            _ when parameter.IsDefined(typeof(System.Runtime.CompilerServices.ParamCollectionAttribute), inherit: false) => "params ",
            _ => "",
        };
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue, parameter.ParameterType) : "";
        return $"{modifier}{TypeOf(parameter)} {parameter.Name}{value}";
    }

    /// <summary>A constant as source would write it.</summary>
    public static string Literal(object? value, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => plain.IsValueType && plain == type ? "default" : "null",
            _ when plain.IsEnum => $"{Name(plain)}.{Enum.ToObject(plain, value)}",
            string text => $"\"{text.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\t", "\\t").Replace("\"", "\\\"")}\"",
            char character => $"'{character switch { '\t' => "\\t", '\n' => "\\n", _ => character.ToString() }}'",
            bool flag => flag ? "true" : "false",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }
}
