using System.Text.Json;
using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Adds columns that a delegate makes from each row. Needs no fitting.</summary>
/// <typeparam name="TSrc">What the delegate reads.</typeparam>
/// <typeparam name="TDst">What it writes: its public members are the columns that are added.</typeparam>
public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new()
    where TDst : class, new()
{
    internal CustomMappingEstimator(CustomMappingTransformer<TSrc, TDst> transformer)
        : base(transformer)
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (string name in Transformer.InputColumnNames)
        {
            _ = inputSchema.Require(name, nameof(CustomMappingEstimator<,>));
        }

        return inputSchema.With(SchemaShape.Create(Transformer.AddedSchema));
    }
}

/// <summary>Adds columns that a delegate makes from each row.</summary>
/// <remarks>
/// The delegate gets a new object for each row and may be called by several threads. It is code, which no file carries: to be saved the mapping needs a
/// contract name, and to be loaded a class with <see cref="CustomMappingFactoryAttributeAttribute"/> of that name in an assembly that was handed to
/// <see cref="MLContext.ComponentCatalog"/>.
/// </remarks>
/// <inheritdoc cref="CustomMappingEstimator{TSrc, TDst}" path="/typeparam"/>
public sealed class CustomMappingTransformer<TSrc, TDst> : RowMappingTransformer, ISavableTransformer
    where TSrc : class, new()
    where TDst : class, new()
{
    private readonly Action<TSrc, TDst> _map;
    private readonly string? _contractName;
    private readonly SchemaDefinition _input;
    private readonly RowColumns<TDst> _output;

    internal CustomMappingTransformer(Action<TSrc, TDst> map, string? contractName, SchemaDefinition? input, SchemaDefinition? output)
    {
        _map = map;
        _contractName = contractName;
        _input = input ?? SchemaDefinition.Create(typeof(TSrc), SchemaDefinition.Direction.Write);
        _output = RowColumns<TDst>.Of(output);
    }

    internal IEnumerable<string> InputColumnNames => _input.Select(column => column.ColumnName);

    internal DataViewSchema AddedSchema => _output.Schema;

    /// <inheritdoc/>
    public SavedComponent Save() => _contractName is { Length: > 0 } contract
        ? new SavedComponent(CustomMapping.LoaderName, 1, [ModelPart.FromText(CustomMapping.PartName, JsonSerializer.Serialize(contract))])
        : throw new NotSupportedException(
            "A custom mapping without a contract name cannot be saved: a file carries no code. Give CustomMapping a contractName and put a class with " +
            "[CustomMappingFactoryAttribute(name)] into the program.");

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
        => new Mapping(inputSchema, RowWriter<TSrc>.Bind(inputSchema, _input, ignoreMissingColumns: false), _output, _map);

    private sealed class Mapping(DataViewSchema schema, RowWriter<TSrc> reader, RowColumns<TDst> output, Action<TSrc, TDst> map)
        : BlockMapping(schema, output.Schema.Select(column => new DataViewSchema.DetachedColumn(column)))
    {
        public override IEnumerable<int> InputsOf(int added) => reader.Columns.Select(column => column.Index);

        public override BlockMap Open(ColumnSet added) => new RowMap(reader, output.NewCollector(added), added, map);
    }

    private sealed class RowMap(RowWriter<TSrc> reader, RowCollector<TDst> collector, ColumnSet added, Action<TSrc, TDst> map) : BlockMap
    {
        public override void Map(Block input, Span<BlockColumn?> output)
        {
            try
            {
                for (int row = 0; row < input.RowCount; row++)
                {
                    var source = new TSrc();
                    var destination = new TDst();
                    reader.Write(input, row, source);
                    map(source, destination);
                    collector.Collect(destination, (long)input.Ids[row].Low);
                }
            }
            catch
            {
                // The rows before the one that failed are dropped: the next block must not begin with them.
                _ = collector.Take();
                throw;
            }

            Block made = collector.Take()!;
            foreach (int index in added)
            {
                output[index] = made.Column(index);
            }
        }
    }
}
