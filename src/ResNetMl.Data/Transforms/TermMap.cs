using System.Text.Json;
using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>The values of a column in the order of their keys.</summary>
internal abstract class TermMap
{
    public abstract PrimitiveDataViewType ItemType { get; }

    public abstract int Count { get; }

    /// <summary>Gathers the values of a column.</summary>
    /// <param name="itemType">The type of one value.</param>
    /// <param name="columns">The column, block by block; scalars or vectors.</param>
    /// <param name="maximumCount">Different values to number.</param>
    /// <param name="sorted">Whether keys follow the values' own order rather than that of their first occurrence.</param>
    /// <param name="hasMore">Receives whether there were more different values than that.</param>
    public static TermMap Train(PrimitiveDataViewType itemType, IEnumerable<BlockColumn> columns, int maximumCount, bool sorted, out bool hasMore)
    {
        TermMap map = Create(itemType, []);
        hasMore = map.AddAll(columns, maximumCount);
        if (sorted)
        {
            map.Sort();
        }

        return map;
    }

    public static TermMap Read(PrimitiveDataViewType itemType, JsonElement values)
        => Create(itemType, [.. values.EnumerateArray().Select(value => ValueJson.Read(value, itemType))]);

    public abstract BlockColumn Map(BlockColumn input);

    public abstract void AddKeyValues(DataViewSchema.Annotations.Builder annotations, bool asText);

    public abstract void WriteValues(Utf8JsonWriter json);

    protected abstract bool AddAll(IEnumerable<BlockColumn> columns, int maximumCount);

    protected abstract void Sort();

    private static TermMap Create(PrimitiveDataViewType itemType, object[] values)
        => GenericTypes.New<TermMap>(typeof(TermMap<>), [itemType.RawType], itemType, values);
}

/// <summary>The values of a column in the order of their keys, typed.</summary>
/// <typeparam name="T">The raw type of one value.</typeparam>
internal sealed class TermMap<T> : TermMap
    where T : notnull
{
    private readonly List<T> _values = [];
    private readonly Dictionary<T, uint> _keys = new(TextEquality.For<T>());

    public TermMap(PrimitiveDataViewType itemType, object[] values)
    {
        ItemType = itemType;
        foreach (object value in values)
        {
            Add((T)value);
        }
    }

    public override PrimitiveDataViewType ItemType { get; }

    public override int Count => _values.Count;

    public override BlockColumn Map(BlockColumn input)
    {
        if (input is BlockColumn<T> scalars)
        {
            return new BlockColumn<uint>(Array.ConvertAll(scalars.Values.ToArray(), KeyOf));
        }

        return new BlockColumn<VBuffer<uint>>(Array.ConvertAll(
            ((BlockColumn<VBuffer<T>>)input).Values.ToArray(),
            vector => new VBuffer<uint>(vector.Length, Array.ConvertAll(vector.ToDenseArray(), KeyOf))));
    }

    public override void AddKeyValues(DataViewSchema.Annotations.Builder annotations, bool asText)
    {
        if (asText && ItemType is not TextDataViewType)
        {
            annotations.AddKeyValues([.. _values.Select(value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!)]);
            return;
        }

        var values = new VBuffer<T>(Count, [.. _values]);
        annotations.Add(
            AnnotationKinds.KeyValues, new VectorDataViewType(ItemType, Count), (ref VBuffer<T> destination) => values.CopyTo(ref destination));
    }

    public override void WriteValues(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (T value in _values)
        {
            ValueJson.Write(json, value);
        }

        json.WriteEndArray();
    }

    protected override bool AddAll(IEnumerable<BlockColumn> columns, int maximumCount)
    {
        bool hasMore = false;
        foreach (BlockColumn column in columns)
        {
            if (column is BlockColumn<T> scalars)
            {
                foreach (T value in scalars.Values)
                {
                    hasMore |= !TryAdd(value, maximumCount);
                }
            }
            else
            {
                foreach (VBuffer<T> vector in ((BlockColumn<VBuffer<T>>)column).Values)
                {
                    foreach (T value in vector.DenseValues())
                    {
                        hasMore |= !TryAdd(value, maximumCount);
                    }
                }
            }
        }

        return hasMore;
    }

    protected override void Sort()
    {
        T[] sorted = [.. _values.Order(TextEquality.OrderOf<T>())];
        _values.Clear();
        _keys.Clear();
        foreach (T value in sorted)
        {
            Add(value);
        }
    }

    private uint KeyOf(T value) => !MissingValue.Is(value) && _keys.TryGetValue(value, out uint key) ? key : 0;

    private bool TryAdd(T value, int maximumCount)
    {
        if (MissingValue.Is(value) || _keys.ContainsKey(value))
        {
            return true;
        }

        if (Count == maximumCount)
        {
            return false;
        }

        // A text may be part of a much longer one that its block holds: the map keeps a text of its own.
        Add(value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value);
        return true;
    }

    private void Add(T value)
    {
        _values.Add(value);
        _keys.Add(value, (uint)_values.Count);
    }
}
