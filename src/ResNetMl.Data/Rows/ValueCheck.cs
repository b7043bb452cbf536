using ResNetMl.Transforms.Image;

namespace ResNetMl.Data;

/// <summary>Whether a value from outside is one that its column's type allows: vectors of the known length, images of the
/// known size, keys up to the count.</summary>
internal static class ValueCheck
{
    /// <summary>A test that says what is wrong with a value, or null where nothing is.</summary>
    public static Func<TRaw, string?> For<TRaw>(DataViewType type) => type switch
    {
        VectorDataViewType { IsKnownSize: true } vector => VectorOf<TRaw>(nameof(LengthCheck), vector.Size),
        ImageDataViewType { IsKnownSize: true } size => value => ImageProblem(value as MLImage, size),
        KeyDataViewType key => value => KeyProblem(Convert.ToUInt64(value, null), key),
        VectorDataViewType { ItemType: KeyDataViewType key } => VectorOf<TRaw>(nameof(KeyCheck), key),
        _ => _ => null,
    };

    private static Func<TRaw, string?> VectorOf<TRaw>(string method, object argument)
        => GenericTypes.Call<Func<TRaw, string?>>(typeof(ValueCheck), method, typeof(TRaw).GetGenericArguments()[0], argument);

    private static Func<VBuffer<T>, string?> LengthCheck<T>(int size)
        => value => value.Length == size ? null : $"has {value.Length} elements";

    private static Func<VBuffer<T>, string?> KeyCheck<T>(KeyDataViewType key) => value =>
    {
        foreach (T item in value.GetValues())
        {
            if (KeyProblem(Convert.ToUInt64(item, null), key) is { } problem)
            {
                return problem;
            }
        }

        return null;
    };

    /// <summary>A missing image is null whatever the size.</summary>
    private static string? ImageProblem(MLImage? image, ImageDataViewType size)
        => image is null || (image.Width == size.Width && image.Height == size.Height)
            ? null
            : $"is an image of {image.Width}×{image.Height} pixels (width×height)";

    private static string? KeyProblem(ulong value, KeyDataViewType key)
        => value <= key.Count ? null : $"is key {value}, above the {key.Count} there are";
}
