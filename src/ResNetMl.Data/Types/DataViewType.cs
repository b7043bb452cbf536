namespace ResNetMl.Data;

/// <summary>What the values of a column are: a .NET type, and what it means there (a number, a key, a vector of three).</summary>
/// <remarks>Compared by value.</remarks>
public abstract class DataViewType : IEquatable<DataViewType>
{
    /// <summary>Makes a type of values.</summary>
    /// <param name="rawType">The .NET type that getters and blocks serve.</param>
    protected DataViewType(Type rawType)
    {
        ArgumentNullException.ThrowIfNull(rawType);
        RawType = rawType;
    }

    /// <summary>The .NET type that getters and blocks serve, for example <c>ReadOnlyMemory&lt;char&gt;</c> for text.</summary>
    public Type RawType { get; }

    /// <summary>Whether both mean the same values.</summary>
    /// <param name="other">Another type, or null.</param>
    public abstract bool Equals(DataViewType? other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DataViewType);

    /// <inheritdoc/>
    public abstract override int GetHashCode();
}

/// <summary>A value that is one whole: a number, a text, a key. Vectors hold these.</summary>
public abstract class PrimitiveDataViewType : DataViewType
{
    /// <inheritdoc/>
    protected PrimitiveDataViewType(Type rawType)
        : base(rawType)
    {
    }
}

/// <summary>A value made of others, such as a vector, or one that owns memory, such as an image.</summary>
public abstract class StructuredDataViewType : DataViewType
{
    /// <inheritdoc/>
    protected StructuredDataViewType(Type rawType)
        : base(rawType)
    {
    }
}
