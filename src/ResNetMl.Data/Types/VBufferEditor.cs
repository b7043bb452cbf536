namespace ResNetMl.Data;

/// <summary>Makes <see cref="VBufferEditor{T}"/>s.</summary>
public static class VBufferEditor
{
    /// <summary>Begins to write a dense vector, or with <paramref name="valuesCount"/> a sparse one, into a buffer's own arrays where they are long enough.</summary>
    /// <remarks>Unlike ML.NET's, the editor starts from zeros: what is not written is zero, never a previous row's element.</remarks>
    /// <param name="destination">The buffer to overwrite; it must not come from a block.</param>
    /// <param name="newLogicalLength">How many elements the vector will have.</param>
    /// <param name="valuesCount">How many of them will be stored; null for all.</param>
    /// <typeparam name="T">What each element is.</typeparam>
    public static VBufferEditor<T> Create<T>(ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newLogicalLength);
        int count = valuesCount ?? newLogicalLength;
        ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(valuesCount));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, newLogicalLength, nameof(valuesCount));
        (T[]? values, int[]? indices) = destination.Arrays;
        if (values is null || values.Length < count)
        {
            values = new T[count];
        }
        else
        {
            Array.Clear(values, 0, count);
        }

        if (count < newLogicalLength && (indices is null || indices.Length < count))
        {
            indices = new int[count];
        }

        return new VBufferEditor<T>(newLogicalLength, count, values, indices);
    }

    /// <summary>Begins to change the elements of a buffer in place, its length and places as they are.</summary>
    /// <param name="destination">The buffer to change; it must not come from a block.</param>
    /// <typeparam name="T">What each element is.</typeparam>
    public static VBufferEditor<T> CreateFromBuffer<T>(ref VBuffer<T> destination)
    {
        (T[]? values, int[]? indices) = destination.Arrays;
        return new VBufferEditor<T>(destination.Length, destination.GetValues().Length, values ?? [], indices);
    }
}

/// <summary>Writes the elements of a vector; <see cref="Commit"/> makes the buffer.</summary>
/// <typeparam name="T">What each element is.</typeparam>
public readonly ref struct VBufferEditor<T>
{
    private readonly int _length;
    private readonly int _count;
    private readonly T[] _values;
    private readonly int[]? _indices;

    internal VBufferEditor(int length, int count, T[] values, int[]? indices)
    {
        _length = length;
        _count = count;
        _values = values;
        _indices = indices;
    }

    /// <summary>The elements to write: all of them when dense.</summary>
    public Span<T> Values => _values.AsSpan(0, _count);

    /// <summary>The places to write when sparse, strictly increasing; empty when dense.</summary>
    public Span<int> Indices => _count == _length ? default : _indices.AsSpan(0, _count);

    /// <summary>The finished buffer.</summary>
    /// <exception cref="ArgumentException">Places do not increase or reach past the length.</exception>
    public VBuffer<T> Commit() => new(_length, _count, _values, _indices);
}
