using ResNetMl.Data;
using ResNetMl.Foundation.Tests.Data.Pipelines;

namespace ResNetMl.Foundation.Tests.Data.Prediction;

public sealed class PredictionEngineTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void An_example_is_mapped_as_a_row_of_a_view_is()
    {
        using PredictionEngine<Input, Output> engine = _context.Model.CreatePredictionEngine<Input, Output>(Model("b", "a"));

        Assert.Equal(1U, engine.Predict(new Input { Label = "b" }).Key);
        Assert.Equal("a", engine.Predict(new Input { Label = "a" }).Back);
        Assert.Equal(0U, engine.Predict(new Input { Label = "unknown" }).Key);
    }

    [Fact]
    public void A_result_object_can_be_reused()
    {
        using PredictionEngine<Input, Output> engine = _context.Model.CreatePredictionEngine<Input, Output>(Model("b", "a"));
        var output = new Output();
        Output same = output;

        engine.Predict(new Input { Label = "a" }, ref output);

        Assert.Same(same, output);
        Assert.Equal(2U, output.Key);
        output = null!;
        engine.Predict(new Input { Label = "b" }, ref output);
        Assert.Equal("b", output.Back);
    }

    // Witness: Model Builder's GetLabels reads the key values of the output schema's label column.
    [Fact]
    public void The_output_schema_carries_the_key_values()
    {
        using PredictionEngine<Input, Output> engine = _context.Model.CreatePredictionEngine<Input, Output>(Model("b", "a"));

        VBuffer<ReadOnlyMemory<char>> keyValues = default;
        engine.OutputSchema.GetColumnOrNull("Key")!.Value.GetKeyValues(ref keyValues);

        Assert.Equal(["b", "a"], keyValues.DenseValues().Select(value => value.ToString()));
    }

    // Witness: ML.NET, OwnsTransformer = true is the default, for the overloads without options too.
    [Fact]
    public void Disposing_the_engine_disposes_the_model_unless_told_otherwise()
    {
        int disposed = 0;
        var transformer = new CountingTransformer { OnDispose = () => disposed++ };

        _context.Model.CreatePredictionEngine<Input, LengthOutput>(transformer, new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
        Assert.Equal(0, disposed);
        Assert.Equal(0, transformer.OpenMaps);

        PredictionEngine<Input, LengthOutput> engine = _context.Model.CreatePredictionEngine<Input, LengthOutput>(transformer);
        Assert.Equal(1, transformer.OpenMaps);
        engine.Dispose();
        engine.Dispose();
        Assert.Equal(1, disposed);
        Assert.Equal(0, transformer.OpenMaps);
        Assert.Throws<ObjectDisposedException>(() => engine.Predict(new Input()));
    }

    [Fact]
    public void A_prediction_that_fails_does_not_disturb_the_next()
    {
        using var engine = _context.Model.CreatePredictionEngine<Input, LengthOutput>(new CountingTransformer());

        Assert.Throws<InvalidOperationException>(() => engine.Predict(new Input { Label = "thirteen char" }));
        Assert.Throws<ArgumentNullException>(() => engine.Predict(null!));

        Assert.Equal(2, engine.Predict(new Input { Label = "ok" }).Length);
    }

    [Fact]
    public void A_row_that_its_columns_do_not_allow_does_not_disturb_the_next()
    {
        using var engine = _context.Model.CreatePredictionEngine<PairInput, PairInput>(_context.Transforms.CopyColumns("Copy", "Pair").Fit(
            _context.Data.LoadFromEnumerable([new PairInput()])));

        Assert.Throws<InvalidOperationException>(() => engine.Predict(new PairInput { Text = "bad", Pair = [1] }));

        PairInput output = engine.Predict(new PairInput { Text = "good", Pair = [3, 4] });
        Assert.Equal([3, 4], output.Pair);
        Assert.Equal("good", output.Text);
    }

    [Fact]
    public void Missing_columns_of_the_result_are_left_alone_or_told()
    {
        using var engine = _context.Model.CreatePredictionEngine<Input, WithMore>(Model("a"));
        Assert.Equal(5, engine.Predict(new Input { Label = "a" }).More);

        var error = Assert.Throws<ArgumentException>(
            () => _context.Model.CreatePredictionEngine<Input, WithMore>(Model("a"), ignoreMissingColumns: false));
        Assert.Equal(
            "WithMore.More has no column 'More' to be read from; there are 'Label' (String), 'Key' (Key<UInt32, 0-0>), 'Back' (String). " +
            "Rename it with [ColumnName], leave it out with [NoColumn], or ignore missing columns. (Parameter 'schema')",
            error.Message);
    }

    [Fact]
    public void A_column_that_the_model_needs_and_the_example_lacks_is_told()
    {
        var error = Assert.Throws<ArgumentException>(() => _context.Model.CreatePredictionEngine<WithMore, Output>(Model("a")));

        Assert.Equal("ValueToKeyMappingTransformer needs column 'Label'; there is 'More' (Int32). (Parameter 'schema')", error.Message);
    }

    [Fact]
    public void An_input_schema_gives_types_and_leaves_out_members_without_a_column()
    {
        IDataView keyed = _context.Data.LoadFromEnumerable([new KeyInput { Label = 1 }]);
        var chain = new TransformerChain<ITransformer>(_context.Transforms.CopyColumns("Copy", "Label").Fit(keyed));

        using var engine = _context.Model.CreatePredictionEngine<PlainInput, PlainOutput>(chain, keyed.Schema);

        Assert.Equal("Key<UInt32, 0-2>", engine.OutputSchema["Copy"].Type.ToString());
        Assert.Equal(["Label", "Copy"], engine.OutputSchema.Select(column => column.Name));
        Assert.Equal(3U, engine.Predict(new PlainInput { Label = 3, Unused = "x" }).Copy);
    }

    [Fact]
    public void A_model_that_chooses_rows_cannot_predict()
    {
        var error = Assert.Throws<ArgumentException>(() => _context.Model.CreatePredictionEngine<Input, Output>(new FirstRow(_context)));

        Assert.Equal(
            "FirstRow chooses or reorders rows; a prediction needs a model that makes one row from each. (Parameter 'transformer')", error.Message);
    }

    [Fact]
    public void A_model_of_another_maker_that_serves_cursors_predicts_too()
    {
        using var engine = _context.Model.CreatePredictionEngine<Input, LengthOutput>(new CursorOnlyModel());

        Assert.Equal(3, engine.Predict(new Input { Label = "cat" }).Length);
        Assert.Equal(5, engine.Predict(new Input { Label = "horse" }).Length);
    }

    private TransformerChain<Transforms.KeyToValueMappingTransformer> Model(params string[] labels)
        => _context.Transforms.Conversion.MapValueToKey("Key", "Label").Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Key"))
            .Fit(_context.Data.LoadFromEnumerable(labels.Select(label => new { Label = label })));

    /// <summary>Hides that the view below serves blocks.</summary>
    private sealed class CursorOnlyModel : ITransformer
    {
        private readonly CountingTransformer _inner = new();

        public bool IsRowToRowMapper => true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _inner.GetOutputSchema(inputSchema);

        public IDataView Transform(IDataView input) => new CursorOnlyView(_inner.Transform(new CursorOnlyView(input)));

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _inner.GetRowToRowMapper(inputSchema);
    }

    private sealed class CursorOnlyView(IDataView inner) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema => inner.Schema;

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => inner.GetRowCursor(columnsNeeded, rand);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
            => inner.GetRowCursorSet(columnsNeeded, n, rand);
    }

    private sealed class Input
    {
        public string Label { get; set; } = "";
    }

    private sealed class Output
    {
        public uint Key { get; set; }

        public string Back { get; set; } = "";
    }

    private sealed class LengthOutput
    {
        public int Length { get; set; }
    }

    private sealed class WithMore
    {
        public int More { get; set; } = 5;
    }

    private sealed class PairInput
    {
        public string Text { get; set; } = "";

        [VectorType(2)]
        public float[] Pair { get; set; } = [0, 0];
    }

    private sealed class KeyInput
    {
        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class PlainInput
    {
        public uint Label { get; set; }

        public string Unused { get; set; } = "";
    }

    private sealed class PlainOutput
    {
        public uint Copy { get; set; }
    }
}
