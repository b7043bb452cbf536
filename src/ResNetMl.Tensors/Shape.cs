using System.Collections;
using System.Runtime.CompilerServices;

namespace ResNetMl.Tensors;

/// <summary>The lengths of a tensor's axes, outermost first; images are [N, C, H, W].</summary>
/// <remarks>Immutable, compared by value. The empty shape is that of a scalar and holds one element.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    private readonly int[]? _lengths;

    /// <summary>Makes a shape of the given axis lengths.</summary>
    /// <param name="lengths">Length of each axis, outermost first; 0 is an empty axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative.</exception>
    public Shape(params ReadOnlySpan<int> lengths)
    {
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
        }

        _lengths = lengths.ToArray();
    }

    /// <summary>Number of axes; 4 for a batch of images.</summary>
    public int Rank => _lengths?.Length ?? 0;

    /// <summary>Product of all lengths: how many elements a tensor of this shape holds.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (int length in AsSpan())
            {
                count = checked(count * length);
            }

            return count;
        }
    }

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>Length of one axis; <c>^1</c> is the innermost.</summary>
    /// <param name="axis">Axis counted from the outermost, 0.</param>
    public int this[int axis] => AsSpan()[axis];

    /// <inheritdoc cref="this[int]"/>
    public int this[Index axis] => AsSpan()[axis];

    /// <summary>Makes a shape from a collection expression such as <c>[1, 3, 224, 224]</c>.</summary>
    /// <param name="lengths">Length of each axis, outermost first.</param>
    public static Shape Create(ReadOnlySpan<int> lengths) => new(lengths);

    /// <summary>Whether two shapes have the same axes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ in any axis.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The lengths as a span.</summary>
    public ReadOnlySpan<int> AsSpan() => _lengths;

    /// <summary>The same shape with one axis of another length, for example another batch size.</summary>
    /// <param name="axis">Axis counted from the outermost, 0.</param>
    /// <param name="length">Its new length.</param>
    public Shape With(int axis, int length)
    {
        int[] lengths = AsSpan().ToArray();
        lengths[axis] = length;
        return new Shape(lengths);
    }

    /// <summary>This shape with one more outermost axis: [C, H, W] → [N, C, H, W].</summary>
    /// <param name="length">Length of the new axis.</param>
    public Shape Prepend(int length) => new([length, .. AsSpan()]);

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int length in AsSpan())
        {
            hash.Add(length);
        }

        return hash.ToHashCode();
    }

    /// <summary>Written as [1, 3, 224, 224].</summary>
    public override string ToString() => $"[{string.Join(", ", AsSpan().ToArray())}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_lengths ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
