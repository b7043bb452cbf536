using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Looks up what the keys of one column stand for.</summary>
internal abstract class KeyValueLookup
{
    /// <summary>The type of the column of values.</summary>
    public abstract DataViewType OutputType { get; }

    /// <summary>A lookup for a column of keys or of vectors of keys, or null where it is none or does not say its values.</summary>
    public static KeyValueLookup? For(DataViewSchema.Column column)
    {
        VectorDataViewType? vector = column.Type as VectorDataViewType;
        return (vector?.ItemType ?? column.Type) is KeyDataViewType key
            && column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues) is { Type: VectorDataViewType values }
            ? GenericTypes.New<KeyValueLookup>(typeof(Typed<,>), [key.RawType, values.ItemType.RawType], column, values.ItemType)
            : null;
    }

    public abstract BlockColumn Map(BlockColumn keys);

    private sealed class Typed<TKey, TValue> : KeyValueLookup
        where TKey : struct
    {
        private readonly Lazy<TValue[]> _values;
        private readonly TValue _missing = MissingValue.Of<TValue>();

        public Typed(DataViewSchema.Column column, PrimitiveDataViewType itemType)
        {
            OutputType = column.Type is VectorDataViewType vector ? new VectorDataViewType(itemType, [.. vector.Dimensions]) : itemType;
            _values = new Lazy<TValue[]>(() =>
            {
                VBuffer<TValue> values = default;
                column.GetKeyValues(ref values);
                return values.ToDenseArray();
            });
        }

        public override DataViewType OutputType { get; }

        public override BlockColumn Map(BlockColumn keys)
        {
            TValue[] values = _values.Value;
            if (keys is BlockColumn<TKey> scalars)
            {
                return new BlockColumn<TValue>(Array.ConvertAll(scalars.Values.ToArray(), key => ValueOf(key, values)));
            }

            return new BlockColumn<VBuffer<TValue>>(Array.ConvertAll(
                ((BlockColumn<VBuffer<TKey>>)keys).Values.ToArray(),
                vector => new VBuffer<TValue>(vector.Length, Array.ConvertAll(vector.ToDenseArray(), key => ValueOf(key, values)))));
        }

        private TValue ValueOf(TKey key, TValue[] values)
        {
            ulong number = Convert.ToUInt64(key, null);
            return number == 0 || number > (ulong)values.Length ? _missing : values[number - 1];
        }
    }
}

/// <summary>What stands for a missing value of a type.</summary>
internal static class MissingValue
{
    /// <summary>NaN, the empty text, or the default of a type that has no missing value.</summary>
    public static T Of<T>() => typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default!;

    /// <summary>Whether a value stands for a missing one.</summary>
    public static bool Is<T>(T value) => value switch
    {
        ReadOnlyMemory<char> text => text.IsEmpty,
        float number => float.IsNaN(number),
        double number => double.IsNaN(number),
        _ => false,
    };
}
