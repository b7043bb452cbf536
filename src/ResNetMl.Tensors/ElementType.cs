namespace ResNetMl.Tensors;

/// <summary>How one element of a tensor is stored.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32 = 0,

    /// <summary>The upper half of a single-precision number, 2 bytes: its range with 8 bits of precision.</summary>
    BFloat16 = 1,
}

/// <summary>Facts about <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>Bytes that one element takes.</summary>
    /// <param name="type">The element type.</param>
    public static int SizeInBytes(this ElementType type) => type switch
    {
        ElementType.Float32 => sizeof(float),
        ElementType.BFloat16 => sizeof(ushort),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
    };
}
