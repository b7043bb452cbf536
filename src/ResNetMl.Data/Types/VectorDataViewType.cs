using System.Collections.Immutable;

namespace ResNetMl.Data;

/// <summary>Several values of one type, served as <see cref="VBuffer{T}"/>; of a length known for the whole column, or different by row.</summary>
public sealed class VectorDataViewType : StructuredDataViewType
{
    /// <summary>Makes a vector type with one axis.</summary>
    /// <param name="itemType">What each element is.</param>
    /// <param name="size">How many elements each row has; 0 where rows differ.</param>
    public VectorDataViewType(PrimitiveDataViewType itemType, int size = 0)
        : this(itemType, [size])
    {
    }

    /// <summary>Makes a vector type with several axes, row-major.</summary>
    /// <param name="itemType">What each element is.</param>
    /// <param name="dimensions">Length of each axis, outermost first; 0 where rows differ.</param>
    /// <exception cref="ArgumentException">There is no axis, a length is negative, or the elements are too many to count in an int.</exception>
    public VectorDataViewType(PrimitiveDataViewType itemType, params int[] dimensions)
        : base(typeof(VBuffer<>).MakeGenericType(itemType?.RawType ?? throw new ArgumentNullException(nameof(itemType))))
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        if (dimensions.Length == 0 || dimensions.Any(length => length < 0))
        {
            throw new ArgumentException(
                $"A vector has at least one dimension and none below 0 (0 where rows differ), got [{string.Join(", ", dimensions)}].",
                nameof(dimensions));
        }

        long size = dimensions.Aggregate(1L, (product, length) => Math.Min(product * length, long.MaxValue / int.MaxValue));
        if (size > int.MaxValue)
        {
            throw new ArgumentException(
                $"A vector of [{string.Join(", ", dimensions)}] has more than {int.MaxValue:N0} elements.", nameof(dimensions));
        }

        ItemType = itemType;
        Dimensions = [.. dimensions];
        Size = (int)size;
    }

    /// <summary>What each element is.</summary>
    public PrimitiveDataViewType ItemType { get; }

    /// <summary>Length of each axis, outermost first; 0 where rows differ.</summary>
    public ImmutableArray<int> Dimensions { get; }

    /// <summary>How many elements each row has: the product of the dimensions; 0 where rows differ.</summary>
    public int Size { get; }

    /// <summary>Whether every row has the same number of elements.</summary>
    public bool IsKnownSize => Size > 0;

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other)
        => other is VectorDataViewType vector && vector.ItemType.Equals(ItemType) && vector.Dimensions.SequenceEqual(Dimensions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ItemType, Size);

    /// <summary>Written as Vector&lt;Single, 3, 224, 224&gt;; an axis of unknown length as *; without lengths where there is one axis of unknown length.</summary>
    public override string ToString() => Dimensions is [0]
        ? $"Vector<{ItemType}>"
        : $"Vector<{ItemType}, {string.Join(", ", Dimensions.Select(length => length == 0 ? "*" : $"{length}"))}>";
}
