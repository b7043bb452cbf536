using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Turns the values of columns into values of another type. Needs no fitting.</summary>
/// <inheritdoc cref="TypeConvertingTransformer" path="/remarks"/>
public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    internal TypeConvertingEstimator(IReadOnlyList<InputOutputColumnPair> columns, DataKind outputKind)
        : base(new TypeConvertingTransformer(columns, outputKind))
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(Transformer.Columns.Select(pair =>
        {
            SchemaShape.Column column = inputSchema.Require(pair.InputColumnName, nameof(TypeConvertingEstimator));
            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, Transformer.OutputType, isKey: false);
        }));
    }
}

/// <summary>Turns the values of columns into values of another type; vectors element by element.</summary>
/// <remarks>
/// Numbers are rounded towards zero where the new type has no fraction, and held to its range; NaN then becomes 0. True is 1. Keys become their
/// number, from 1, or 0 where they are missing. Texts are read as a text file's fields are: one that is no number becomes NaN, or where the type has none,
/// an error that names it. All values can become texts, written the same way in every culture.
/// </remarks>
public sealed class TypeConvertingTransformer : RowMappingTransformer, ISavableTransformer
{
    internal const string LoaderName = "TypeConversion";
    private const string PartName = "columns.json";

    private readonly DataKind _outputKind;

    internal TypeConvertingTransformer(IReadOnlyList<InputOutputColumnPair> columns, DataKind outputKind)
    {
        Columns = columns;
        _outputKind = outputKind;
        OutputType = TextColumn.TypeOf(outputKind) ?? throw new ArgumentOutOfRangeException(
            nameof(outputKind), outputKind, $"{(byte)outputKind} is no {nameof(DataKind)}.");
    }

    internal IReadOnlyList<InputOutputColumnPair> Columns { get; }

    internal PrimitiveDataViewType OutputType { get; }

    /// <inheritdoc/>
    public SavedComponent Save()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", _outputKind.ToString());
            json.WriteStartArray("columns");
            foreach (InputOutputColumnPair pair in Columns)
            {
                json.WriteStartObject();
                json.WriteString("output", pair.OutputColumnName);
                json.WriteString("input", pair.InputColumnName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new SavedComponent(LoaderName, 1, [ModelPart.FromText(PartName, Encoding.UTF8.GetString(buffer.ToArray()))]);
    }

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema) => new Mapping(
        inputSchema,
        [.. Columns.Select(pair =>
        {
            DataViewSchema.Column column = Require(inputSchema, pair.InputColumnName);
            var vector = column.Type as VectorDataViewType;
            DataViewType type = vector is null ? OutputType : new VectorDataViewType(OutputType, [.. vector.Dimensions]);
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(column.Annotations, name => name == AnnotationKinds.SlotNames);
            return (column.Index, new DataViewSchema.DetachedColumn(pair.OutputColumnName, type, annotations.ToAnnotations()), Map(column, OutputType));
        })]);

    private static Func<BlockColumn, BlockColumn> Map(DataViewSchema.Column column, PrimitiveDataViewType to)
    {
        DataViewType from = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        object convert = Converter(column, from, to) ?? throw new ArgumentException(
            $"{nameof(TypeConvertingTransformer)}: column '{column.Name}' is {column.Type}, which cannot become {to}.");
        return GenericTypes.New<ColumnConverter>(typeof(ColumnConverter<,>), [from.RawType, to.RawType], convert).Map;
    }

    /// <summary>A <c>Func</c> from one raw type to another, or null where there is none.</summary>
    private static object? Converter(DataViewSchema.Column column, DataViewType from, PrimitiveDataViewType to)
    {
        bool fromNumber = from is NumberDataViewType or KeyDataViewType;
        return (from, to) switch
        {
            _ when from.Equals(to) => GenericTypes.Call<object>(typeof(TypeConvertingTransformer), nameof(Same), to.RawType),
            (TextDataViewType, _) => GenericTypes.Call<object>(typeof(TypeConvertingTransformer), nameof(Parse), to.RawType, column, to),
            (PrimitiveDataViewType, TextDataViewType) => GenericTypes.Call<object>(typeof(TypeConvertingTransformer), nameof(Write), from.RawType),
            (BooleanDataViewType, NumberDataViewType) => GenericTypes.Call<object>(typeof(TypeConvertingTransformer), nameof(Truth), to.RawType),
            (_, NumberDataViewType) when fromNumber => GenericTypes.New<NumberConverter>(
                typeof(NumberConverter<,>), [from.RawType, to.RawType]).Convert,
            _ => null,
        };
    }

    private static object Same<T>() => new Func<T, T>(value => value);

    private static object Truth<T>()
        where T : INumberBase<T>
        => new Func<bool, T>(value => value ? T.One : T.Zero);

    private static object Write<T>()
        => new Func<T, ReadOnlyMemory<char>>(value => Convert.ToString(value, CultureInfo.InvariantCulture).AsMemory());

    private static object Parse<T>(DataViewSchema.Column column, DataViewType to)
    {
        FieldParser<T> parse = FieldParser.For<T>(to, new TextLoader.Options { MissingRealsAsNaNs = true });
        return new Func<ReadOnlyMemory<char>, T>(text => parse(text, out T value) || to == NumberDataViewType.Single || to == NumberDataViewType.Double
            ? value
            : throw new FormatException($"Column '{column.Name}': expected text that is {to}, got '{text}'."));
    }

    private abstract class NumberConverter
    {
        public abstract object Convert { get; }
    }

    private sealed class NumberConverter<TFrom, TTo> : NumberConverter
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        public override object Convert { get; } = new Func<TFrom, TTo>(TTo.CreateSaturating);
    }

    private abstract class ColumnConverter
    {
        public abstract BlockColumn Map(BlockColumn column);
    }

    private sealed class ColumnConverter<TFrom, TTo>(Func<TFrom, TTo> convert) : ColumnConverter
    {
        public override BlockColumn Map(BlockColumn column) => column is BlockColumn<TFrom> scalars
            ? new BlockColumn<TTo>(Converted(scalars.Values))
            : new BlockColumn<VBuffer<TTo>>(Array.ConvertAll(
                ((BlockColumn<VBuffer<TFrom>>)column).Values.ToArray(),
                vector => new VBuffer<TTo>(vector.Length, Converted(vector.ToDenseArray()))));

        private TTo[] Converted(ReadOnlySpan<TFrom> values)
        {
            var converted = new TTo[values.Length];
            for (int index = 0; index < converted.Length; index++)
            {
                converted[index] = convert(values[index]);
            }

            return converted;
        }
    }

    private sealed class Mapping(
        DataViewSchema schema, (int Input, DataViewSchema.DetachedColumn Output, Func<BlockColumn, BlockColumn> Map)[] columns)
        : BlockMapping(schema, columns.Select(column => column.Output))
    {
        public override IEnumerable<int> InputsOf(int added) => [columns[added].Input];

        public override BlockMap Open(ColumnSet added)
            => Stateless(added, (block, index) => columns[index].Map(block.Column(columns[index].Input)));
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => reader.ReadJson(PartName, root => new TypeConvertingTransformer(
            [.. root.GetProperty("columns").EnumerateArray().Select(pair => new InputOutputColumnPair(
                pair.GetProperty("output").GetString()!, pair.GetProperty("input").GetString()))],
            Enum.Parse<DataKind>(root.GetProperty("type").GetString()!)));
    }
}
