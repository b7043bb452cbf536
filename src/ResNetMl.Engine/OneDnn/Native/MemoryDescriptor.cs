namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>Lengths, element type and layout of an array. Immutable.</summary>
internal sealed unsafe class MemoryDescriptor
{
    private readonly byte[] _bytes;

    private MemoryDescriptor(byte[] bytes) => _bytes = bytes;

    /// <summary>Bytes that an array of this layout takes, padding included; 0 for the descriptor of an absent array.</summary>
    internal long SizeInBytes
    {
        get
        {
            fixed (byte* bytes = _bytes)
            {
                return (long)NativeMethods.MemoryDescriptorSize(bytes);
            }
        }
    }

    /// <summary>An array in a named layout, or with <see cref="FormatTag.Any"/> one that the primitive lays out.</summary>
    /// <param name="lengths">Axis lengths, outermost first in the logical order.</param>
    /// <param name="tag">The layout.</param>
    /// <param name="type">Element type.</param>
    internal static MemoryDescriptor Of(ReadOnlySpan<int> lengths, FormatTag tag, DataType type = DataType.Float32)
    {
        byte[] bytes = new byte[NativeMethods.MemoryDescriptorBytes];
        long* nativeLengths = stackalloc long[lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            nativeLengths[i] = lengths[i];
        }

        fixed (byte* pointer = bytes)
        {
            Status status = NativeMethods.MemoryDescriptorByTag(pointer, lengths.Length, nativeLengths, type, (int)tag);
            if (status != Status.Success)
            {
                OneDnnException.ThrowIfFailed(status, $"describe [{string.Join(", ", lengths.ToArray())}] as {tag}");
            }
        }

        return new MemoryDescriptor(bytes);
    }

    /// <summary>Copies a descriptor that the library owns; null stands for an absent array.</summary>
    /// <param name="native">Address of a dnnl_memory_desc_t, or null.</param>
    internal static MemoryDescriptor CopyOf(byte* native) => new(native == null
        ? new byte[NativeMethods.MemoryDescriptorBytes]
        : new ReadOnlySpan<byte>(native, NativeMethods.MemoryDescriptorBytes).ToArray());

    /// <summary>The descriptor's bytes, for a <c>fixed</c> statement.</summary>
    internal ref readonly byte GetPinnableReference() => ref _bytes[0];

    /// <summary>Whether two arrays have the same lengths, type and layout, so that no reorder is needed between them.</summary>
    /// <param name="other">The other.</param>
    internal bool IsSameAs(MemoryDescriptor other)
    {
        fixed (byte* left = _bytes, right = other._bytes)
        {
            return NativeMethods.MemoryDescriptorEqual(left, right) != 0;
        }
    }
}
