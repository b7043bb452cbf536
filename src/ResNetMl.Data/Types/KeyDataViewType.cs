namespace ResNetMl.Data;

/// <summary>One of a known number of values, served as an unsigned integer: 0 is missing, 1 up to <see cref="Count"/> are the values.</summary>
public sealed class KeyDataViewType : PrimitiveDataViewType
{
    /// <summary>Makes a key type.</summary>
    /// <param name="type"><c>byte</c>, <c>ushort</c>, <c>uint</c> or <c>ulong</c>.</param>
    /// <param name="count">How many values there are, from 1 up to the type's largest value.</param>
    /// <exception cref="ArgumentException">The type is none of those, or cannot count so far.</exception>
    public KeyDataViewType(Type type, ulong count)
        : base(type)
    {
        if (!IsValidDataType(type))
        {
            throw new ArgumentException($"A key is stored as byte, ushort, uint or ulong, not as {type.Name}.", nameof(type));
        }

        if (count == 0 || count > LargestOf(type))
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"A key of {type.Name} has 1 to {LargestOf(type)} values.");
        }

        Count = count;
    }

    /// <inheritdoc cref="KeyDataViewType(Type, ulong)"/>
    public KeyDataViewType(Type type, int count)
        : this(type, count > 0 ? (ulong)count : 0)
    {
    }

    /// <summary>How many values there are; the largest key.</summary>
    public ulong Count { get; }

    /// <summary>Whether keys can be stored as that type.</summary>
    /// <param name="type">A .NET type.</param>
    public static bool IsValidDataType(Type type)
        => type == typeof(uint) || type == typeof(ulong) || type == typeof(ushort) || type == typeof(byte);

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other) => other is KeyDataViewType key && key.RawType == RawType && key.Count == Count;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RawType, Count);

    /// <summary>Written as Key&lt;UInt32, 0-9&gt;: the values counted from 0, as ML.NET prints them.</summary>
    public override string ToString() => $"Key<{RawType.Name}, 0-{Count - 1}>";

    private static ulong LargestOf(Type type)
        => type == typeof(uint) ? uint.MaxValue : type == typeof(ushort) ? ushort.MaxValue : type == typeof(byte) ? byte.MaxValue : ulong.MaxValue;
}
