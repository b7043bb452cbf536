using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ResNetMl.Tensors;

/// <summary>Numbers in an array of any rank, row-major: the last axis is contiguous. Images are [N, C, H, W].</summary>
/// <remarks>
/// The storage is pinned and aligned to <see cref="Alignment"/> bytes for its whole life, so native code may hold its address.
/// A tensor does not change its shape or type; its elements may be written through the spans.
/// </remarks>
public sealed class Tensor
{
    /// <summary>Bytes to which the first element is aligned: one AVX-512 register, one cache line.</summary>
    public const int Alignment = 64;

    private readonly byte[] _storage;
    private readonly int _offset;
    private readonly int _byteCount;

    /// <summary>Makes a tensor of zeros.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="elementType">How each element is stored.</param>
    /// <exception cref="ArgumentException">The tensor would take 2 GiB or more.</exception>
    public Tensor(Shape shape, ElementType elementType = ElementType.Float32)
    {
        long byteCount = checked(shape.ElementCount * elementType.SizeInBytes());
        if (byteCount > Array.MaxLength - Alignment)
        {
            throw new ArgumentException(
                $"A tensor {shape} of {elementType} takes {byteCount:N0} bytes; one tensor holds at most {Array.MaxLength - Alignment:N0}. " +
                "Use a smaller batch or image.",
                nameof(shape));
        }

        Shape = shape;
        ElementType = elementType;
        _byteCount = (int)byteCount;
        _storage = GC.AllocateArray<byte>(_byteCount + Alignment, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_storage, 0);
        _offset = (int)((Alignment - (address & (Alignment - 1))) & (Alignment - 1));
    }

    /// <summary>Makes a single-precision tensor holding a copy of the given elements.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="elements">All elements, row-major.</param>
    /// <exception cref="ArgumentException">The number of elements is not the shape's.</exception>
    public Tensor(Shape shape, ReadOnlySpan<float> elements)
        : this(shape)
    {
        if (elements.Length != shape.ElementCount)
        {
            throw new ArgumentException(
                $"A tensor {shape} holds {shape.ElementCount} elements, got {elements.Length}.", nameof(elements));
        }

        elements.CopyTo(Span);
    }

    /// <summary>The lengths of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>How each element is stored.</summary>
    public ElementType ElementType { get; }

    /// <summary>All elements of a <see cref="ElementType.Float32"/> tensor, row-major.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds another element type.</exception>
    public Span<float> Span => Elements<float>(ElementType.Float32);

    /// <summary>All elements of a <see cref="ElementType.BFloat16"/> tensor, row-major.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds another element type.</exception>
    public Span<BFloat16> BFloat16Span => Elements<BFloat16>(ElementType.BFloat16);

    /// <summary>The stored bytes of all elements.</summary>
    public Span<byte> Bytes => _storage.AsSpan(_offset, _byteCount);

    /// <summary>Address of the first element; valid while the tensor is reachable.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_storage, _offset);

    /// <summary>A tensor with the same shape, type and elements, sharing nothing with this one.</summary>
    public Tensor Clone()
    {
        var copy = new Tensor(Shape, ElementType);
        Bytes.CopyTo(copy.Bytes);
        return copy;
    }

    /// <summary>A copy with the same elements in another shape.</summary>
    /// <param name="shape">A shape with as many elements.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.ElementCount != Shape.ElementCount)
        {
            throw new ArgumentException(
                $"Cannot reshape {Shape} ({Shape.ElementCount} elements) to {shape} ({shape.ElementCount}).", nameof(shape));
        }

        var copy = new Tensor(shape, ElementType);
        Bytes.CopyTo(copy.Bytes);
        return copy;
    }

    /// <summary>Type and shape, for messages: <c>Float32 [1, 3, 224, 224]</c>.</summary>
    public override string ToString() => $"{ElementType} {Shape}";

    private Span<T> Elements<T>(ElementType expected)
        where T : unmanaged
    {
        if (ElementType != expected)
        {
            throw new InvalidOperationException($"The tensor {this} was read as {expected}.");
        }

        return MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_storage), _offset)),
            _byteCount / Unsafe.SizeOf<T>());
    }
}
