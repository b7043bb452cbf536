using System.Globalization;
using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>What the classes of a classifier stand for: the values of its training labels' keys, in their order.</summary>
public sealed class ClassLabels
{
    private const int LargestCount = 1_000_000;

    // Null where the keys do not say what they stand for.
    private readonly Values? _values;

    private ClassLabels(int count, Values? values)
    {
        Count = count;
        _values = values;
        Names = values?.Texts() ?? [.. Enumerable.Range(1, count).Select(key => key.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>Classes that are told apart by these texts.</summary>
    /// <param name="names">One text a class.</param>
    public ClassLabels(IReadOnlyList<string> names)
        : this(
            (names ?? throw new ArgumentNullException(nameof(names))).Count,
            new Values<ReadOnlyMemory<char>>(TextDataViewType.Instance, names.Select(name => name.AsMemory()).ToArray()))
    {
    }

    /// <summary>How many classes there are.</summary>
    public int Count { get; }

    /// <summary>The values as texts, whatever their type; where the keys do not say what they stand for, the keys: 1, 2, …</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The classes of a key column.</summary>
    /// <param name="label">A scalar key; its <see cref="AnnotationKinds.KeyValues"/> are read where it has them.</param>
    /// <exception cref="ArgumentException">The column is no key, or one of more values than there can be classes.</exception>
    public static ClassLabels Of(DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType key || key.Count > LargestCount)
        {
            throw new ArgumentException(
                $"Column '{label.Name}': expected a key of at most {LargestCount} values, as MapValueToKey makes it, got {label.Type}.", nameof(label));
        }

        Values? values = label.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues) is { Type: VectorDataViewType { ItemType: var item } }
            ? GenericTypes.New<Values>(typeof(Values<>), [item.RawType], item, label)
            : null;
        return new ClassLabels((int)key.Count, values?.Count == (int)key.Count ? values : null);
    }

    /// <summary>Adds what the classes stand for under a name, in the values' own type; nothing where they do not say it.</summary>
    internal void AddValues(DataViewSchema.Annotations.Builder annotations, string name) => _values?.AddTo(annotations, name);

    /// <summary>Adds the names of a score's elements; nothing where the keys do not say what they stand for.</summary>
    internal void AddSlotNames(DataViewSchema.Annotations.Builder annotations)
    {
        if (_values is not null)
        {
            annotations.AddSlotNames(Names);
        }
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("count", Count);
        if (_values is not null)
        {
            json.WritePropertyName("type");
            TypeJson.Write(json, _values.ItemType);
            json.WritePropertyName("values");
            _values.Write(json);
        }

        json.WriteEndObject();
    }

    internal static ClassLabels Read(JsonElement json)
    {
        int count = json.GetProperty("count").GetInt32();
        if (!json.TryGetProperty("type", out JsonElement typeJson))
        {
            return new ClassLabels(count, null);
        }

        var type = (PrimitiveDataViewType)TypeJson.Read(typeJson);
        object[] values = [.. json.GetProperty("values").EnumerateArray().Select(value => ValueJson.Read(value, type))];
        return values.Length == count
            ? new ClassLabels(count, GenericTypes.New<Values>(typeof(Values<>), [type.RawType], type, values))
            : throw new JsonException($"{count} classes with {values.Length} values");
    }

    /// <summary>The values, of a type known at run time.</summary>
    private abstract class Values
    {
        public abstract PrimitiveDataViewType ItemType { get; }

        public abstract int Count { get; }

        public abstract string[] Texts();

        public abstract void AddTo(DataViewSchema.Annotations.Builder annotations, string name);

        public abstract void Write(Utf8JsonWriter json);
    }

    private sealed class Values<T> : Values
        where T : notnull
    {
        private readonly T[] _items;

        /// <summary>The values given one by one, as a typed array, or as a column's annotation.</summary>
        public Values(PrimitiveDataViewType itemType, object source)
        {
            ItemType = itemType;
            _items = source switch
            {
                T[] items => items,
                object[] items => Array.ConvertAll(items, item => (T)item),
                DataViewSchema.Column label => KeyValuesOf(label),
                _ => throw new ArgumentException($"Class labels cannot be read from {source.GetType()}.", nameof(source)),
            };
        }

        public override PrimitiveDataViewType ItemType { get; }

        public override int Count => _items.Length;

        public override string[] Texts() => Array.ConvertAll(
            _items, item => item is ReadOnlyMemory<char> text ? text.ToString() : Convert.ToString(item, CultureInfo.InvariantCulture)!);

        public override void AddTo(DataViewSchema.Annotations.Builder annotations, string name)
        {
            var values = new VBuffer<T>(Count, _items);
            annotations.Add(name, new VectorDataViewType(ItemType, Count), (ref VBuffer<T> destination) => values.CopyTo(ref destination));
        }

        public override void Write(Utf8JsonWriter json)
        {
            json.WriteStartArray();
            foreach (T item in _items)
            {
                ValueJson.Write(json, item);
            }

            json.WriteEndArray();
        }

        private static T[] KeyValuesOf(DataViewSchema.Column label)
        {
            VBuffer<T> values = default;
            label.GetKeyValues(ref values);
            return values.ToDenseArray();
        }
    }
}
