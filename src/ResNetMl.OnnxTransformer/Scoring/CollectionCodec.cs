using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ResNetMl.Transforms.Onnx;

/// <summary>How sequences and maps of one ONNX type become values of a column.</summary>
/// <remarks>ONNX Runtime's maps have int64 or string keys and int64, float, double or string values; sequences are of such maps, or of tensors.</remarks>
internal abstract class CollectionCodec
{
    /// <summary>The column's type.</summary>
    internal abstract DataViewType ColumnType { get; }

    /// <summary>Whether it is a sequence, whose entries may be rows.</summary>
    internal abstract bool IsSequence { get; }

    /// <summary>Gathers values of a column, for one pass.</summary>
    internal abstract OutputSink NewSink();

    /// <summary>The codec of a type; null for types that no column holds.</summary>
    internal static CollectionCodec? For(NodeMetadata metadata)
    {
        if (metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_MAP)
        {
            return MapReader.For(metadata.AsMapMetadata())?.Codec();
        }

        if (metadata.OnnxValueType != OnnxValueType.ONNX_TYPE_SEQUENCE)
        {
            return null;
        }

        NodeMetadata element = metadata.AsSequenceMetadata().ElementMeta;
        return element.OnnxValueType switch
        {
            OnnxValueType.ONNX_TYPE_MAP => MapReader.For(element.AsMapMetadata())?.SequenceCodec(),
            OnnxValueType.ONNX_TYPE_TENSOR => ElementCodec.For(element.ElementDataType)?.NewSequenceCodec(),
            _ => null,
        };
    }

    /// <summary>The type as ONNX writes it, for messages.</summary>
    internal static string Describe(NodeMetadata metadata) => metadata.OnnxValueType switch
    {
        OnnxValueType.ONNX_TYPE_SEQUENCE => $"Sequence<{Describe(metadata.AsSequenceMetadata().ElementMeta)}>",
        OnnxValueType.ONNX_TYPE_MAP => $"Map<{metadata.AsMapMetadata().KeyDataType}, {Describe(metadata.AsMapMetadata().ValueMetadata)}>",
        OnnxValueType.ONNX_TYPE_OPTIONAL => $"Optional<{Describe(metadata.AsOptionalMetadata().ElementMeta)}>",
        OnnxValueType.ONNX_TYPE_TENSOR => metadata.ElementDataType.ToString(),
        OnnxValueType.ONNX_TYPE_SPARSETENSOR => $"SparseTensor<{metadata.ElementDataType}>",
        _ => metadata.OnnxValueType.ToString(),
    };
}

/// <summary>Sequences, each element read on its own.</summary>
/// <typeparam name="TElement">What an element becomes.</typeparam>
internal sealed class SequenceCodec<TElement>(Func<OrtValue, TElement> read, Func<TElement, TElement, bool> areClose) : CollectionCodec
{
    internal override DataViewType ColumnType { get; } = new OnnxSequenceType(typeof(TElement));

    internal override bool IsSequence => true;

    internal override OutputSink NewSink() => new Sink(read, areClose);

    private sealed class Sink(Func<OrtValue, TElement> read, Func<TElement, TElement, bool> areClose) : OutputSink
    {
        private IEnumerable<TElement>[] _rows = [];

        internal override void Begin(int rowCount) => _rows = new IEnumerable<TElement>[rowCount];

        internal override bool HasEntries(OrtValue value, int count) => value.GetValueCount() == count;

        internal override bool Agrees(OrtValue together, int position, int count, OrtValue alone)
            => alone.GetValueCount() == 1 && areClose(ReadAt(together, position), ReadAt(alone, 0));

        internal override void Take(OrtValue value, ReadOnlySpan<int> rows)
        {
            if (rows.Length == 1)
            {
                _rows[rows[0]] = (TElement[])[.. Enumerable.Range(0, value.GetValueCount()).Select(index => ReadAt(value, index))];
                return;
            }

            for (int i = 0; i < rows.Length; i++)
            {
                _rows[rows[i]] = (TElement[])[ReadAt(value, i)];
            }
        }

        internal override BlockColumn Finish() => new BlockColumn<IEnumerable<TElement>>(_rows);

        private TElement ReadAt(OrtValue sequence, int index)
        {
            using OrtValue element = sequence.GetValue(index, OrtAllocator.DefaultInstance);
            return read(element);
        }
    }
}

/// <summary>Maps that stand alone; a run is one row.</summary>
internal sealed class MapCodec<TKey, TValue>(Func<OrtValue, IDictionary<TKey, TValue>> read) : CollectionCodec
    where TKey : notnull
{
    internal override DataViewType ColumnType { get; } = new OnnxMapType(typeof(TKey), typeof(TValue));

    internal override bool IsSequence => false;

    internal override OutputSink NewSink() => new Sink(read);

    private sealed class Sink(Func<OrtValue, IDictionary<TKey, TValue>> read) : OutputSink
    {
        private IDictionary<TKey, TValue>[] _rows = [];

        internal override void Begin(int rowCount) => _rows = new IDictionary<TKey, TValue>[rowCount];

        internal override bool HasEntries(OrtValue value, int count) => false;

        internal override bool Agrees(OrtValue together, int position, int count, OrtValue alone) => false;

        internal override void Take(OrtValue value, ReadOnlySpan<int> rows) => _rows[rows[0]] = read(value);

        internal override BlockColumn Finish() => new BlockColumn<IDictionary<TKey, TValue>>(_rows);
    }
}

/// <summary>Reads maps whose types are known only at run time.</summary>
internal abstract class MapReader
{
    internal static MapReader? For(MapMetadata metadata) => metadata.KeyDataType switch
    {
        OrtElementType.Int64 => For(Numbers<long>, metadata.ValueMetadata),
        OrtElementType.String => For(Texts, metadata.ValueMetadata),
        _ => null,
    };

    internal abstract CollectionCodec Codec();

    internal abstract CollectionCodec SequenceCodec();

    private static MapReader? For<TKey>(Func<OrtValue, TKey[]> keys, NodeMetadata values)
        where TKey : notnull
        => !values.IsTensor ? null : values.ElementDataType switch
        {
            OrtElementType.Float => new MapReader<TKey, float>(keys, Numbers<float>),
            OrtElementType.Double => new MapReader<TKey, double>(keys, Numbers<double>),
            OrtElementType.Int64 => new MapReader<TKey, long>(keys, Numbers<long>),
            OrtElementType.String => new MapReader<TKey, string>(keys, Texts),
            _ => null,
        };

    private static T[] Numbers<T>(OrtValue tensor)
        where T : unmanaged
        => tensor.GetTensorDataAsSpan<T>().ToArray();

    private static string[] Texts(OrtValue tensor) => tensor.GetStringTensorAsArray();
}

/// <summary>Reads maps.</summary>
internal sealed class MapReader<TKey, TValue>(Func<OrtValue, TKey[]> keys, Func<OrtValue, TValue[]> values) : MapReader
    where TKey : notnull
{
    internal override CollectionCodec Codec() => new MapCodec<TKey, TValue>(Read);

    internal override CollectionCodec SequenceCodec() => new SequenceCodec<IDictionary<TKey, TValue>>(
        Read,
        (together, alone) => together.Keys.SequenceEqual(alone.Keys) && Closeness.Of<TValue>([.. together.Values], [.. alone.Values], ElementCodec.UsualTolerance));

    private Dictionary<TKey, TValue> Read(OrtValue map)
    {
        using OrtValue mapKeys = map.GetValue(0, OrtAllocator.DefaultInstance);
        using OrtValue mapValues = map.GetValue(1, OrtAllocator.DefaultInstance);
        return keys(mapKeys).Zip(values(mapValues)).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
