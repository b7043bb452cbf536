using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Pipelines;

/// <summary>Adds Length, the length of Label; counts the rows it computes, and tells when it is disposed.</summary>
internal sealed class CountingTransformer : RowMappingTransformer, IDisposable
{
    public int Rows { get; private set; }

    public int OpenMaps { get; private set; }

    public Action OnDispose { get; init; } = () => { };

    public void Dispose() => OnDispose();

    protected override BlockMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema, Require(inputSchema, "Label").Index);

    private sealed class Mapping(CountingTransformer owner, DataViewSchema schema, int label)
        : BlockMapping(schema, [new DataViewSchema.DetachedColumn("Length", NumberDataViewType.Int32)])
    {
        public override IEnumerable<int> InputsOf(int added) => [label];

        public override BlockMap Open(ColumnSet added) => new CountingMap(owner, added.Contains(0), label);
    }

    private sealed class CountingMap : BlockMap
    {
        private readonly CountingTransformer _owner;
        private readonly bool _isNeeded;
        private readonly int _label;

        public CountingMap(CountingTransformer owner, bool isNeeded, int label)
        {
            _owner = owner;
            _isNeeded = isNeeded;
            _label = label;
            owner.OpenMaps++;
        }

        public override void Map(Block input, Span<BlockColumn?> output)
        {
            if (_isNeeded)
            {
                _owner.Rows += input.RowCount;
                output[0] = new BlockColumn<int>(Array.ConvertAll(input.Values<ReadOnlyMemory<char>>(_label).ToArray(), LengthOf));
            }
        }

        protected override void Dispose(bool disposing)
        {
            _owner.OpenMaps--;
            base.Dispose(disposing);
        }

        private static int LengthOf(ReadOnlyMemory<char> text)
            => text.Length == 13 ? throw new InvalidOperationException("unlucky") : text.Length;
    }
}

/// <summary>Fits a <see cref="CountingTransformer"/>.</summary>
internal sealed class CountingEstimator : IEstimator<CountingTransformer>
{
    public Action OnDispose { get; init; } = () => { };

    public CountingTransformer Fit(IDataView input) => new() { OnDispose = OnDispose };

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema.With(
        new SchemaShape.Column("Length", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Int32, isKey: false));
}

/// <summary>A transformer of another maker that keeps the first row only.</summary>
internal sealed class FirstRow(MLContext context) : ITransformer
{
    public bool IsRowToRowMapper => false;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

    public IDataView Transform(IDataView input) => context.Data.TakeRows(input, 1);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new InvalidOperationException();
}
