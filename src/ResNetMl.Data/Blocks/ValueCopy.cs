namespace ResNetMl.Data;

/// <summary>Copies a value out of a block into a variable that its owner may change: vectors by element, images as
/// objects of their own that share pixels, everything else by assignment.</summary>
internal static class ValueCopy<T>
{
    public delegate void Copier(in T source, ref T destination);

    public static readonly Copier Copy = typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
        ? typeof(VectorCopy).GetMethod(nameof(VectorCopy.Copy))!.MakeGenericMethod(typeof(T).GetGenericArguments()).CreateDelegate<Copier>()
        : typeof(T) == typeof(MLImage)
            ? (Copier)(object)new ValueCopy<MLImage>.Copier(ImageCopy.Copy)
            : static (in T source, ref T destination) => destination = source;
}

/// <summary>The image case of <see cref="ValueCopy{T}"/>: whoever is given an image may dispose it, and the block keeps its own.</summary>
internal static class ImageCopy
{
    public static void Copy(in MLImage source, ref MLImage destination) => destination = source?.Share()!;
}

/// <summary>The vector case of <see cref="ValueCopy{T}"/>.</summary>
internal static class VectorCopy
{
    public static void Copy<TItem>(in VBuffer<TItem> source, ref VBuffer<TItem> destination) => source.CopyTo(ref destination);
}
