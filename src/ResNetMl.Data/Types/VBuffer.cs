using System.Diagnostics;

namespace ResNetMl.Data;

/// <summary>The elements of one vector: all of them (dense), or those that are not zero with their indices (sparse).</summary>
/// <remarks>
/// A buffer shares its arrays with whoever made it. Values that come from a block must not be changed; a getter copies into the buffer
/// it is handed, reusing its arrays where they are long enough.
/// </remarks>
/// <typeparam name="T">What each element is.</typeparam>
public readonly struct VBuffer<T>
{
    private readonly int _count;
    private readonly T[]? _values;
    private readonly int[]? _indices;

    /// <summary>A dense buffer, or with indices a sparse one whose every value is used.</summary>
    /// <param name="length">How many elements the vector has.</param>
    /// <param name="values">The elements; kept, not copied. May be longer than needed.</param>
    /// <param name="indices">Where each value stands, strictly increasing; null for a dense buffer. Kept, not copied.</param>
    public VBuffer(int length, T[]? values, int[]? indices = null)
        : this(length, indices is null ? length : values?.Length ?? 0, values, indices)
    {
    }

    /// <summary>A buffer with a given number of values: dense where that is all of them.</summary>
    /// <param name="length">How many elements the vector has.</param>
    /// <param name="valuesCount">How many of them are given, from 0 up to <paramref name="length"/>.</param>
    /// <param name="values">At least that many values; kept, not copied.</param>
    /// <param name="indices">At least that many places, strictly increasing, each below <paramref name="length"/>; unused when dense.</param>
    /// <exception cref="ArgumentException">Counts and arrays do not fit together.</exception>
    public VBuffer(int length, int valuesCount, T[]? values, int[]? indices)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (valuesCount < 0 || valuesCount > length || valuesCount > (values?.Length ?? 0))
        {
            throw new ArgumentException(
                $"A vector of {length} elements cannot have {valuesCount} values in an array of {values?.Length ?? 0}.", nameof(valuesCount));
        }

        if (valuesCount < length)
        {
            CheckIndices(length, valuesCount, indices);
        }

        Length = length;
        _count = valuesCount;
        _values = values;
        _indices = indices;
    }

    /// <summary>How many elements the vector has, those not stored counted too.</summary>
    public int Length { get; }

    /// <summary>Whether every element is stored.</summary>
    public bool IsDense => _count == Length;

    /// <summary>The stored values: all elements when dense, in the order of <see cref="GetIndices"/> when sparse.</summary>
    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    /// <summary>Where each stored value stands, increasing; empty when dense.</summary>
    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    /// <summary>All elements in order, those not stored as the default.</summary>
    public IEnumerable<T> DenseValues()
    {
        for (int index = 0; index < Length; index++)
        {
            yield return GetItemOrDefault(index);
        }
    }

    /// <summary>Places and elements in order.</summary>
    /// <param name="all">Whether elements that are not stored are listed too, as the default.</param>
    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        int count = all ? Length : _count;
        for (int position = 0; position < count; position++)
        {
            int index = all || IsDense ? position : _indices![position];
            yield return new KeyValuePair<int, T>(index, all ? GetItemOrDefault(index) : _values![position]);
        }
    }

    /// <summary>The element at a place; the default where it is not stored.</summary>
    /// <param name="index">From 0 up to below <see cref="Length"/>.</param>
    public T GetItemOrDefault(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
        if (IsDense)
        {
            return _values![index];
        }

        int position = GetIndices().BinarySearch(index);
        return position >= 0 ? _values![position] : default!;
    }

    /// <inheritdoc cref="GetItemOrDefault(int)"/>
    /// <param name="index">From 0 up to below <see cref="Length"/>.</param>
    /// <param name="value">Receives the element.</param>
    public void GetItemOrDefault(int index, ref T value) => value = GetItemOrDefault(index);

    /// <summary>Copies this vector into another buffer, reusing its arrays where they are long enough.</summary>
    /// <param name="destination">Overwritten; shares nothing with this buffer afterwards.</param>
    public void CopyTo(ref VBuffer<T> destination)
    {
        T[]? values = destination._values;
        int[]? indices = destination._indices;

        // Copying a buffer onto a copy of itself must not end in two owners of one array.
        if (values is null || values.Length < _count || (ReferenceEquals(values, _values) && _count > 0))
        {
            values = _count == 0 ? values ?? [] : new T[_count];
        }

        GetValues().CopyTo(values);
        if (!IsDense)
        {
            if (indices is null || indices.Length < _count || ReferenceEquals(indices, _indices))
            {
                indices = new int[_count];
            }

            GetIndices().CopyTo(indices);
        }

        destination = new VBuffer<T>(Length, _count, values, indices);
    }

    /// <summary>Writes all elements, those not stored as the default.</summary>
    /// <param name="destination">At least <see cref="Length"/> long.</param>
    public void CopyTo(Span<T> destination)
    {
        if (IsDense)
        {
            GetValues().CopyTo(destination);
            return;
        }

        destination = destination[..Length];
        destination.Clear();
        for (int position = 0; position < _count; position++)
        {
            destination[_indices![position]] = _values![position];
        }
    }

    /// <summary>All elements in an array of their own.</summary>
    internal T[] ToDenseArray()
    {
        var elements = new T[Length];
        CopyTo(elements);
        return elements;
    }

    internal (T[]? Values, int[]? Indices) Arrays => (_values, _indices);

    private static void CheckIndices(int length, int count, int[]? indices)
    {
        if ((indices?.Length ?? 0) < count)
        {
            throw new ArgumentException($"A sparse vector of {count} values needs as many indices, got {indices?.Length ?? 0}.", nameof(indices));
        }

        int previous = -1;
        for (int position = 0; position < count; position++)
        {
            int index = indices![position];
            if (index <= previous || index >= length)
            {
                throw new ArgumentException(
                    $"Indices of a sparse vector increase and stay below its length ({length}), got {index} after {previous}.", nameof(indices));
            }

            previous = index;
        }

        Debug.Assert(previous < length, "Checked above.");
    }
}
