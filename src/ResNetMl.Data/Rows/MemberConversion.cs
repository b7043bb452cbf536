namespace ResNetMl.Data;

/// <summary>Turns a member's value into its column's raw type and back. Both ways copy: rows and blocks share no arrays.</summary>
/// <typeparam name="TMember">The member's .NET type.</typeparam>
/// <typeparam name="TRaw">The column's raw type.</typeparam>
internal sealed record MemberConversion<TMember, TRaw>(Func<TMember, TRaw> ToRaw, Func<TRaw, TMember> FromRaw);

/// <summary>Finds the conversion between a member's type and a raw type.</summary>
internal static class MemberConversion
{
    /// <summary>The conversion, or null where the types do not go together.</summary>
    public static MemberConversion<TMember, TRaw>? Find<TMember, TRaw>() => (MemberConversion<TMember, TRaw>?)Find(typeof(TMember), typeof(TRaw));

    /// <summary>Whether there is a conversion.</summary>
    public static bool Exists(Type member, Type raw) => Find(member, raw) is not null;

    private static object? Find(Type member, Type raw)
    {
        if (member == typeof(string) && raw == typeof(ReadOnlyMemory<char>))
        {
            return new MemberConversion<string?, ReadOnlyMemory<char>>(text => text.AsMemory(), text => text.ToString());
        }

        Type? memberItem = MemberTypes.ItemTypeOf(member);
        Type? rawItem = MemberTypes.ItemTypeOf(raw);
        if (memberItem is not null && rawItem is not null)
        {
            if (memberItem == typeof(string) && rawItem == typeof(ReadOnlyMemory<char>))
            {
                return member.IsArray ? TextVector() : null;
            }

            return memberItem == rawItem ? Generic(member.IsArray ? nameof(ArrayVector) : nameof(Vector), memberItem) : null;
        }

        if (member == typeof(MLImage) && raw == typeof(MLImage))
        {
            return new MemberConversion<MLImage?, MLImage?>(image => image?.Share(), image => image?.Share());
        }

        return member == raw && memberItem is null ? Generic(nameof(Same), member) : null;
    }

    private static object Generic(string method, Type type)
        => GenericTypes.Call<object>(typeof(MemberConversion), method, type);

    private static MemberConversion<T, T> Same<T>() => new(value => value, value => value);

    private static MemberConversion<T[]?, VBuffer<T>> ArrayVector<T>() => new(
        array => array is null ? default : new VBuffer<T>(array.Length, (T[])array.Clone()),
        vector => vector.ToDenseArray());

    private static MemberConversion<VBuffer<T>, VBuffer<T>> Vector<T>() => new(Copy, Copy);

    private static MemberConversion<string?[]?, VBuffer<ReadOnlyMemory<char>>> TextVector() => new(
        texts => texts is null
            ? default
            : new VBuffer<ReadOnlyMemory<char>>(texts.Length, Array.ConvertAll(texts, text => text.AsMemory())),
        vector => [.. vector.DenseValues().Select(text => text.ToString())]);

    private static VBuffer<T> Copy<T>(VBuffer<T> source)
    {
        VBuffer<T> copy = default;
        source.CopyTo(ref copy);
        return copy;
    }
}
