using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>A sequence that an ONNX model gives, served as <see cref="IEnumerable{T}"/>: a list of its own for each row.</summary>
public sealed class OnnxSequenceType : StructuredDataViewType
{
    /// <summary>Makes a sequence type.</summary>
    /// <param name="elementType">What each element is: <see cref="IDictionary{TKey, TValue}"/> for a map, <see cref="VBuffer{T}"/> for a tensor.</param>
    public OnnxSequenceType(Type elementType)
        : base(typeof(IEnumerable<>).MakeGenericType(elementType ?? throw new ArgumentNullException(nameof(elementType))))
    {
    }

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other) => other is OnnxSequenceType && other.RawType == RawType;

    /// <inheritdoc/>
    public override int GetHashCode() => RawType.GetHashCode();

    /// <summary>Written as Sequence&lt;Map&lt;Int64, Single&gt;&gt;.</summary>
    public override string ToString() => $"Sequence<{OnnxMapType.NameOf(RawType.GetGenericArguments()[0])}>";
}

/// <summary>Makes a member of a row class a column of an ONNX sequence; the member is an <see cref="IEnumerable{T}"/> of the element type.</summary>
/// <param name="elemType">What each element is, for a classifier's ZipMap <c>typeof(IDictionary&lt;long, float&gt;)</c> or with <c>string</c> keys.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class OnnxSequenceTypeAttribute(Type elemType) : DataViewTypeAttribute
{
    /// <inheritdoc/>
    public override DataViewType ColumnType { get; } = new OnnxSequenceType(elemType);
}
