using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>A map that an ONNX model gives, served as <see cref="IDictionary{TKey, TValue}"/>: one of its own for each row.</summary>
public sealed class OnnxMapType : StructuredDataViewType
{
    /// <summary>Makes a map type.</summary>
    /// <param name="keyType"><c>long</c> or <c>string</c>.</param>
    /// <param name="valueType"><c>float</c>, <c>double</c>, <c>long</c> or <c>string</c>.</param>
    public OnnxMapType(Type keyType, Type valueType)
        : base(typeof(IDictionary<,>).MakeGenericType(
            keyType ?? throw new ArgumentNullException(nameof(keyType)), valueType ?? throw new ArgumentNullException(nameof(valueType))))
    {
    }

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other) => other is OnnxMapType && other.RawType == RawType;

    /// <inheritdoc/>
    public override int GetHashCode() => RawType.GetHashCode();

    /// <summary>Written as Map&lt;String, Single&gt;.</summary>
    public override string ToString() => NameOf(RawType);

    internal static string NameOf(Type type)
        => !type.IsGenericType ? type.Name
            : $"{(type.GetGenericTypeDefinition() == typeof(VBuffer<>) ? "Vector" : "Map")}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
}

/// <summary>Makes a member of a row class a column of an ONNX map; the member is an <see cref="IDictionary{TKey, TValue}"/>.</summary>
/// <param name="keyType"><c>long</c> or <c>string</c>.</param>
/// <param name="valueType"><c>float</c>, <c>double</c>, <c>long</c> or <c>string</c>.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class OnnxMapTypeAttribute(Type keyType, Type valueType) : DataViewTypeAttribute
{
    /// <inheritdoc/>
    public override DataViewType ColumnType { get; } = new OnnxMapType(keyType, valueType);
}
