namespace ResNetMl.Data;

/// <summary>Whether a value from outside is one that its column's type allows: vectors of the known length, keys up to the count.</summary>
/// <remarks>
/// The size that <see cref="Transforms.Image.ImageTypeAttribute"/> says is not held against images here: programs for ML.NET give images of any size
/// to a member of one, and resize them next. What needs the size (<c>ExtractPixels</c>) checks it.
/// </remarks>
internal static class ValueCheck
{
    /// <summary>A test that says what is wrong with a value, or null where nothing is.</summary>
    public static Func<TRaw, string?> For<TRaw>(DataViewType type) => type switch
    {
        VectorDataViewType { IsKnownSize: true } vector => VectorOf<TRaw>(nameof(LengthCheck), vector.Size),
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

    private static string? KeyProblem(ulong value, KeyDataViewType key)
        => value <= key.Count ? null : $"is key {value}, above the {key.Count} there are";
}
