using ResNetMl.Data;
using ResNetMl.Transforms;

namespace ResNetMl.Foundation.Tests.Data.Pipelines;

public sealed class ColumnTransformTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    private readonly Row[] _rows =
    [
        new() { Number = 1.75f, Pair = [2, 3], Text = "12", Flag = true, Key = 2, Words = ["a", "b"] },
        new() { Number = -1, Pair = [4, 5], Text = "none", Key = 0, Words = ["c"] },
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_and_vectors_are_put_into_one_vector_whose_elements_are_named()
    {
        IDataView view = View();
        IDataView result = Reloaded(_context.Transforms.Concatenate("All", "Pair", "Number").Fit(view)).Transform(view);

        Assert.Equal("Vector<Single, 3>", result.Schema["All"].Type.ToString());
        Assert.Equal([[2f, 3, 1.75f], [4, 5, -1]], result.GetColumn<float[]>("All"));
        VBuffer<ReadOnlyMemory<char>> names = default;
        result.Schema["All"].GetSlotNames(ref names);
        Assert.Equal(["", "", "Number"], names.DenseValues().Select(name => name.ToString()));
        Assert.Equal(
            "ColumnConcatenation: expected columns of one type, got 'Number' (Single) and 'Text' (String). Convert one with Conversion.ConvertType.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.Concatenate("All", "Number", "Text").Fit(view)).Message);
    }

    [Fact]
    public void Selected_columns_stand_in_the_order_they_are_named_in_and_dropped_ones_are_gone()
    {
        IDataView view = View();
        IDataView hiding = _context.Transforms.CopyColumns("Text", "Number").Fit(view).Transform(view);

        Assert.Equal(["Text: Single", "Number: Single"], Columns(_context.Transforms.SelectColumns("Text", "Number"), hiding));
        Assert.Equal(
            ["Text: String (hidden)", "Text: Single"], Columns(_context.Transforms.SelectColumns(["Text"], keepHidden: true), hiding));
        Assert.Equal(
            ["Number: Single", "Pair: Vector<Single, 2>", "Flag: Boolean", "Key: Key<UInt32, 0-3>", "Words: Vector<String>"],
            Columns(_context.Transforms.DropColumns("Text"), hiding));
        Assert.StartsWith(
            "ColumnSelectingTransformer needs column 'Absent'; there are 'Number' (Single)",
            Assert.Throws<ArgumentException>(() => _context.Transforms.DropColumns("Absent").Fit(view)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_selects_columns_predicts_single_examples()
    {
        IDataView view = View();
        ITransformer model = Reloaded(_context.Transforms.Concatenate("All", "Pair", "Number").Append(_context.Transforms.SelectColumns("All"))
            .Append(_context.Transforms.CopyColumns("Copy", "All")).Fit(view));
        using PredictionEngine<Row, Copied> engine = _context.Model.CreatePredictionEngine<Row, Copied>(model);

        Assert.Equal([4f, 5, -1], engine.Predict(_rows[1]).Copy);
        Assert.Null(engine.OutputSchema.GetColumnOrNull("Pair"));
        Assert.Equal([4f, 5, -1], Rows(model.GetRowToRowMapper(view.Schema), view, "Copy")[1]);
    }

    [Fact]
    public void Values_are_converted_between_types()
    {
        IDataView view = View();

        Assert.Equal([1, -1], Converted<int>("Number", DataKind.Int32, view));
        Assert.Equal([(byte)1, (byte)0], Converted<byte>("Number", DataKind.Byte, view));
        Assert.Equal([12f, float.NaN], Converted<float>("Text", DataKind.Single, view));
        Assert.Equal(["1.75", "-1"], Converted<string>("Number", DataKind.String, view));
        Assert.Equal([1f, 0f], Converted<float>("Flag", DataKind.Single, view));
        Assert.Equal([2f, 0f], Converted<float>("Key", DataKind.Single, view));
        Assert.Equal([[2d, 3d], [4d, 5d]], Converted<double[]>("Pair", DataKind.Double, view));
        Assert.Equal(
            "Column 'Text': expected text that is Int32, got 'none'.",
            Assert.Throws<FormatException>(() => Converted<int>("Text", DataKind.Int32, view).ToList()).Message);
        Assert.Equal(
            "TypeConvertingTransformer: column 'Number' is Single, which cannot become Boolean.",
            Assert.Throws<ArgumentException>(() => Converted<bool>("Number", DataKind.Boolean, view)).Message);
    }

    [Fact]
    public void The_programs_own_code_makes_columns_and_comes_back_by_the_name_of_its_contract()
    {
        IDataView view = View();
        ITransformer model = _context.Transforms.CustomMapping<Source, Doubled>((source, doubled) => doubled.Twice = 2 * source.Number, "Double").Fit(view);

        Assert.Equal([3.5f, -2f], model.Transform(view).GetColumn<float>("Twice"));

        _context.Model.Save(model, view.Schema, _folder["model.zip"]);
        Assert.Equal(
            $"'{_folder["model.zip"]}' has a custom mapping 'Double', whose code no registered assembly has. Put a class with " +
            "[CustomMappingFactoryAttribute(\"Double\")] into the program and call " +
            "mlContext.ComponentCatalog.RegisterAssembly(typeof(ThatClass).Assembly) before loading.",
            Assert.Throws<ModelFormatException>(() => _context.Model.Load(_folder["model.zip"], out _)).Message);
        _context.ComponentCatalog.RegisterAssembly(typeof(DoubleFactory).Assembly);
        Assert.Equal([3.5f, -2f], _context.Model.Load(_folder["model.zip"], out _).Transform(view).GetColumn<float>("Twice"));
    }

    [Fact]
    public void A_mapping_without_a_contract_is_not_saved_and_one_that_fails_leaves_no_rows_behind()
    {
        IDataView view = View();
        int calls = 0;
        ITransformer model = _context.Transforms.CustomMapping<Source, Doubled>(
            (source, doubled) => doubled.Twice = ++calls == 2 ? throw new InvalidDataException("second") : source.Number, contractName: null).Fit(view);
        using BlockReader reader = BlockView.Of(model.Transform(_context.Data.Cache(view))).OpenReader([model.Transform(view).Schema["Twice"]]);

        Assert.Throws<InvalidDataException>(() => reader.Read(2));
        Assert.Contains("contract name", Assert.Throws<NotSupportedException>(
            () => _context.Model.Save(model, view.Schema, _folder["model.zip"])).Message, StringComparison.Ordinal);
        Assert.Null(reader.Read(2));
    }

    private static string[] Columns(IEstimator<ITransformer> estimator, IDataView view)
    {
        DataViewSchema schema = estimator.Fit(view).Transform(view).Schema;
        Assert.Equal(
            schema.Where(column => !column.IsHidden).Select(column => column.Name).Order(),
            estimator.GetOutputSchema(SchemaShape.Create(view.Schema)).Select(column => column.Name).Order());
        return [.. schema.Select(column => column.ToString())];
    }

    private static List<float[]> Rows(IRowToRowMapper mapper, IDataView view, string name)
    {
        DataViewSchema.Column[] wanted = [mapper.OutputSchema[name]];
        var rows = new List<float[]>();
        using DataViewRowCursor cursor = view.GetRowCursor(mapper.GetDependencies(wanted));
        DataViewRow row = mapper.GetRow(cursor, wanted);
        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(wanted[0]);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add([.. value.DenseValues()]);
        }

        return rows;
    }

    private IEnumerable<T> Converted<T>(string column, DataKind kind, IDataView view)
        => Reloaded(_context.Transforms.Conversion.ConvertType("Converted", column, kind).Fit(view)).Transform(view).GetColumn<T>("Converted");

    private ITransformer Reloaded(ITransformer model)
    {
        using var stream = new MemoryStream();
        _context.Model.Save(model, null, stream);
        stream.Position = 0;
        return _context.Model.Load(stream, out _);
    }

    private IDataView View() => _context.Data.LoadFromEnumerable(_rows);

    private sealed class Row
    {
        public float Number { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [];

        public string Text { get; set; } = "";

        public bool Flag { get; set; }

        [KeyType(4)]
        public uint Key { get; set; }

        public string[] Words { get; set; } = [];
    }

    private sealed class Copied
    {
        public float[] Copy { get; set; } = [];
    }

    private sealed class Source
    {
        public float Number { get; set; }
    }

    private sealed class Doubled
    {
        public float Twice { get; set; }
    }

    [CustomMappingFactoryAttribute("Double")]
    private sealed class DoubleFactory : CustomMappingFactory<Source, Doubled>
    {
        public override Action<Source, Doubled> GetMapping() => (source, doubled) => doubled.Twice = 2 * source.Number;
    }
}
