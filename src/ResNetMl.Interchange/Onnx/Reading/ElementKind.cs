namespace ResNetMl.Interchange.Onnx;

/// <summary>TensorProto's data types, by their published numbers.</summary>
internal static class ElementKind
{
    internal const int Float = 1;
    internal const int UInt8 = 2;
    internal const int Int8 = 3;
    internal const int UInt16 = 4;
    internal const int Int16 = 5;
    internal const int Int32 = 6;
    internal const int Int64 = 7;
    internal const int String = 8;
    internal const int Bool = 9;
    internal const int Float16 = 10;
    internal const int Double = 11;
    internal const int UInt32 = 12;
    internal const int UInt64 = 13;
    internal const int BFloat16 = 16;

    private static readonly string[] Names =
    [
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32", "uint64",
        "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
    ];

    internal static bool IsFloat(int kind) => kind is Float or Float16 or BFloat16 or Double;

    internal static bool IsInteger(int kind) => kind is UInt8 or Int8 or UInt16 or Int16 or Int32 or Int64 or Bool or UInt32 or UInt64;

    /// <summary>Bytes of an element in raw_data.</summary>
    internal static int SizeOf(int kind) => kind switch
    {
        UInt8 or Int8 or Bool => 1,
        UInt16 or Int16 or Float16 or BFloat16 => 2,
        Float or Int32 or UInt32 => 4,
        _ => 8,
    };

    internal static string NameOf(int kind) => kind >= 0 && kind < Names.Length ? Names[kind] : $"type {kind}";
}
