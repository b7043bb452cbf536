using ResNetMl.Data;
using ResNetMl.Foundation.Tests.Data.Blocks;
using ResNetMl.Transforms;

namespace ResNetMl.Foundation.Tests.Data.Pipelines;

public sealed class ChainTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Each_estimator_is_fitted_on_what_those_before_it_make()
    {
        IDataView view = Labels("b", "a");
        ValueToKeyMappingTransformer? seen = null;
        EstimatorChain<KeyToValueMappingTransformer> pipeline = _context.Transforms.CopyColumns("Copy", "Label")
            .Append(_context.Transforms.Conversion.MapValueToKey("Key", "Copy").WithOnFitDelegate(transformer => seen = transformer))
            .Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Key"));

        using TransformerChain<KeyToValueMappingTransformer> model = pipeline.Fit(view);

        Assert.Equal(["b", "a"], model.Transform(view).GetColumn<string>("Back"));
        Assert.Equal(
            [typeof(ColumnCopyingTransformer), typeof(ValueToKeyMappingTransformer), typeof(KeyToValueMappingTransformer)],
            model.Select(transformer => transformer.GetType()));
        Assert.Same(model.Last(), model.LastTransformer);
        Assert.Same(model.ElementAt(1), seen);
        Assert.IsType<KeyToValueMappingEstimator>(pipeline.LastEstimator);
        Assert.Equal(["Label", "Copy", "Key", "Back"], model.GetOutputSchema(view.Schema).Select(column => column.Name));
    }

    [Fact]
    public void A_missing_column_is_told_before_anything_is_fitted()
    {
        int fits = 0;
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Key", "Label").WithOnFitDelegate(_ => fits++)
            .Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Kay"));

        var error = Assert.Throws<ArgumentException>(() => pipeline.Fit(Labels("a")));

        Assert.Equal("KeyToValueMappingEstimator needs column 'Kay'; there are 'Label' (String), 'Key' (Key of UInt32).", error.Message);
        Assert.Equal(0, fits);
    }

    [Fact]
    public void A_column_of_the_wrong_kind_is_told_before_anything_is_fitted()
    {
        SchemaShape shape = SchemaShape.Create(Labels("a").Schema);

        Assert.Equal(
            "KeyToValueMapping cannot map column 'Label' (String): it must be a key that says what its values stand for, as MapValueToKey makes it.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.Conversion.MapKeyToValue("Label").GetOutputSchema(shape)).Message);
        SchemaShape keyed = _context.Transforms.Conversion.MapValueToKey("Label").GetOutputSchema(shape);
        Assert.Equal(
            "ValueToKeyMapping cannot number the values of column 'Label' (Key of UInt32): it must hold texts, numbers, true or false, or vectors of these.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.Conversion.MapValueToKey("Label").GetOutputSchema(keyed)).Message);
        Assert.Equal(
            "ColumnCopyingEstimator needs column 'X'; there are none.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.CopyColumns("Y", "X").GetOutputSchema(new SchemaShape([]))).Message);
    }

    [Fact]
    public void The_shape_before_fitting_agrees_with_the_schema_after()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new { Label = "a", Words = new[] { "x" } }]);
        InputOutputColumnPair[] columns = [new("Label"), new("WordKeys", "Words")];
        var pipeline = _context.Transforms.Conversion.MapValueToKey(columns)
            .Append(_context.Transforms.CopyColumns("Copy", "WordKeys"))
            .Append(_context.Transforms.Conversion.MapKeyToValue("Words2", "WordKeys"));

        SchemaShape before = pipeline.GetOutputSchema(SchemaShape.Create(view.Schema));
        SchemaShape after = SchemaShape.Create(pipeline.Fit(view).Transform(view).Schema);

        Assert.Equal(after.Select(column => column.ToString()).Order(), before.Select(column => column.ToString()).Order());
        Assert.True(before.TryFindColumn("Copy", out SchemaShape.Column copy));
        Assert.True(copy.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out SchemaShape.Column values));
        Assert.Equal(TextDataViewType.Instance, values.ItemType);
    }

    [Fact]
    public void A_cache_checkpoint_reads_the_data_once_for_all_later_estimators()
    {
        var foreign = new ForeignNumbers(5);
        var cached = _context.Transforms.CopyColumns("Copy", "Text").AppendCacheCheckpoint(_context)
            .Append(_context.Transforms.Conversion.MapValueToKey("A", "Copy")).Append(_context.Transforms.Conversion.MapValueToKey("B", "Copy"));

        IDataView result = cached.Fit(foreign).Transform(foreign);

        Assert.Single(foreign.Requests);
        Assert.Equal([1U, 2, 3, 4, 5], result.GetColumn<uint>("B"));
        Assert.Equal(
            "There is nothing to cache in an empty chain. Append an estimator first, or cache the data itself.",
            Assert.Throws<InvalidOperationException>(() => new EstimatorChain<ITransformer>().AppendCacheCheckpoint(_context)).Message);
    }

    [Fact]
    public void A_column_that_is_not_asked_for_is_not_computed()
    {
        var counting = new CountingTransformer();
        IDataView view = counting.Transform(Labels("a", "b"));

        Assert.Equal(["a", "b"], view.GetColumn<string>("Label"));
        Assert.Equal(0, counting.Rows);
        Assert.Equal([1, 1], view.GetColumn<int>("Length"));
        Assert.Equal(2, counting.Rows);
    }

    [Fact]
    public void A_chain_disposes_its_transformers_last_first_and_scopes_choose_among_them()
    {
        var order = new List<int>();
        var chain = new TransformerChain<ITransformer>(new CountingTransformer { OnDispose = () => order.Add(1) })
            .Append(new CountingTransformer { OnDispose = () => order.Add(2) }, TransformerScope.TrainTest);

        Assert.Single(chain.GetModelFor(TransformerScope.Scoring));
        Assert.Equal(2, chain.GetModelFor(TransformerScope.Training).Count());
        chain.Dispose();

        Assert.Equal([2, 1], order);
        Assert.Equal(
            "The chain ends with a CountingTransformer, expected a ColumnCopyingTransformer. (Parameter 'transformers')",
            Assert.Throws<ArgumentException>(() => new TransformerChain<ColumnCopyingTransformer>(new CountingTransformer())).Message);
    }

    [Fact]
    public void A_failed_fit_disposes_what_was_fitted()
    {
        bool disposed = false;
        var pipeline = new CountingEstimator { OnDispose = () => disposed = true }
            .Append(_context.Transforms.Conversion.MapValueToKey("Label"));

        Assert.Throws<InvalidOperationException>(() => pipeline.Fit(Labels("")));

        Assert.True(disposed);
    }

    [Fact]
    public void A_chain_maps_single_rows_as_it_maps_views()
    {
        IDataView view = Labels("b", "a", "c");
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Key", "Label")
            .Append(_context.Transforms.CopyColumns("Copy", "Key")).Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Copy"));
        ITransformer model = pipeline.Fit(view);
        Assert.True(model.IsRowToRowMapper);
        IRowToRowMapper mapper = model.GetRowToRowMapper(view.Schema);
        DataViewSchema.Column back = mapper.OutputSchema["Back"];
        Assert.Equal(["Label"], mapper.GetDependencies([back]).Select(column => column.Name));
        Assert.Equal(view.Schema, mapper.InputSchema);

        using DataViewRowCursor cursor = view.GetRowCursor(mapper.GetDependencies([back]));
        using DataViewRow row = mapper.GetRow(cursor, [back]);
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(back);
        ValueGetter<DataViewRowId> ids = row.GetIdGetter();
        var seen = new List<string>();
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> value = default;
            getter(ref value);
            DataViewRowId id = default;
            ids(ref id);
            Assert.Equal((ulong)row.Position, id.Low);
            seen.Add(value.ToString());
        }

        Assert.Equal(["b", "a", "c"], seen);
        Assert.True(row.IsColumnActive(back));
        Assert.False(row.IsColumnActive(row.Schema["Key"]));
        Assert.Throws<InvalidOperationException>(() => row.GetGetter<uint>(row.Schema["Key"]));
    }

    [Fact]
    public void A_chain_that_chooses_rows_maps_no_single_rows()
    {
        var chain = new TransformerChain<ITransformer>(new FirstRow(_context));

        Assert.False(chain.IsRowToRowMapper);
        Assert.Equal(
            "FirstRow chooses or reorders rows, so the chain cannot map single rows.",
            Assert.Throws<InvalidOperationException>(() => chain.GetRowToRowMapper(Labels("a").Schema)).Message);
    }

    private IDataView Labels(params string[] labels) => _context.Data.LoadFromEnumerable(labels.Select(label => new { Label = label }).ToList());
}
