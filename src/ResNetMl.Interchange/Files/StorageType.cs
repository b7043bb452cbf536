namespace ResNetMl.Interchange;

/// <summary>How a number is stored in a file of another program.</summary>
internal enum StorageType
{
    Float32,
    Float16,
    BFloat16,
    Float64,

    // Counters and masks, which no layer here reads: only their sizes matter.
    Integer8,
    Integer16,
    Integer32,
    Integer64,
    Complex64,
    Complex128,
}

/// <summary>Facts about <see cref="StorageType"/>.</summary>
internal static class StorageTypes
{
    /// <summary>The type of a torch storage class; null for one that is not known.</summary>
    internal static StorageType? Of(string className) => className switch
    {
        "FloatStorage" => StorageType.Float32,
        "HalfStorage" => StorageType.Float16,
        "BFloat16Storage" => StorageType.BFloat16,
        "DoubleStorage" => StorageType.Float64,
        "ByteStorage" or "CharStorage" or "BoolStorage" => StorageType.Integer8,
        "ShortStorage" => StorageType.Integer16,
        "IntStorage" => StorageType.Integer32,
        "LongStorage" => StorageType.Integer64,
        "ComplexFloatStorage" => StorageType.Complex64,
        "ComplexDoubleStorage" => StorageType.Complex128,
        _ => null,
    };

    /// <summary>Bytes of one element.</summary>
    internal static int SizeInBytes(this StorageType type) => type switch
    {
        StorageType.Integer8 => 1,
        StorageType.Float16 or StorageType.BFloat16 or StorageType.Integer16 => 2,
        StorageType.Float32 or StorageType.Integer32 => 4,
        StorageType.Float64 or StorageType.Integer64 or StorageType.Complex64 => 8,
        _ => 16,
    };

    /// <summary>Whether its numbers can be weights.</summary>
    internal static bool IsReal(this StorageType type) =>
        type is StorageType.Float32 or StorageType.Float16 or StorageType.BFloat16 or StorageType.Float64;
}
