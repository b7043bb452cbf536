namespace ResNetMl.Data;

/// <summary>Raw types and the data-view types they stand for.</summary>
internal static class RawTypes
{
    /// <summary>The name as a reader of C# writes it: <c>VBuffer&lt;Single&gt;</c>, not <c>VBuffer`1</c>.</summary>
    public static string NameOf(Type type) => type.IsArray
        ? $"{NameOf(type.GetElementType()!)}[]"
        : type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : type.Name;

    /// <summary>The primitive type that a .NET type is served as, or null; strings count as text.</summary>
    public static PrimitiveDataViewType? PrimitiveOf(Type type)
        => type == typeof(string) || type == typeof(ReadOnlyMemory<char>) ? TextDataViewType.Instance
            : type == typeof(bool) ? BooleanDataViewType.Instance
            : type == typeof(DateTime) ? DateTimeDataViewType.Instance
            : type == typeof(DateTimeOffset) ? DateTimeOffsetDataViewType.Instance
            : type == typeof(TimeSpan) ? TimeSpanDataViewType.Instance
            : NumberDataViewType.All.FirstOrDefault(number => number.RawType == type);
}
