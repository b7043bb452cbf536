namespace ResNetMl.Interchange;

/// <summary>The element types of the safetensors format.</summary>
internal static class SafetensorsTypes
{
    /// <summary>For messages.</summary>
    internal const string Known = "F32, F16, BF16, F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL";

    /// <summary>Bytes of an element; null for a type that is not read, such as 8-bit floats.</summary>
    internal static int? SizeInBytes(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" => 1,
        _ => null,
    };

    /// <summary>The type of numbers that can be weights; null for whole numbers.</summary>
    internal static StorageType? Real(string type) => type switch
    {
        "F32" => StorageType.Float32,
        "F16" => StorageType.Float16,
        "BF16" => StorageType.BFloat16,
        "F64" => StorageType.Float64,
        _ => null,
    };
}
