using System.IO.Compression;
using ResNetMl.Data;
using ResNetMl.Foundation.Tests.Data.Pipelines;

namespace ResNetMl.Foundation.Tests.Data.Saving;

public sealed class SaveLoadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    private string ModelFile => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_chain_comes_back_with_its_values_and_schema()
    {
        IDataView view = Labels("ü", "a", "b");
        var chain = Pipeline().Fit(view);
        _context.Model.Save(chain, view.Schema, ModelFile);

        ITransformer loaded = new MLContext().Model.Load(ModelFile, out DataViewSchema? schema);

        IDataView test = Labels("b", "ü", "?");
        Assert.IsType<TransformerChain<ITransformer>>(loaded);
        Assert.Equal(["Label: String"], schema!.Select(column => column.ToString()));
        Assert.Equal([3U, 1, 0], loaded.Transform(test).GetColumn<uint>("Key"));
        Assert.Equal(["b", "ü", ""], loaded.Transform(test).GetColumn<string>("Back"));
        Assert.Equal(chain.GetOutputSchema(test.Schema).ToString(), loaded.GetOutputSchema(test.Schema).ToString());
    }

    [Fact]
    public void A_model_goes_through_a_stream_and_may_lack_a_schema()
    {
        using var stream = new MemoryStream();
        _context.Model.Save(Pipeline().Fit(Labels("a")), null, stream);
        stream.Position = 0;

        ITransformer loaded = _context.Model.Load(stream, out DataViewSchema? schema);

        Assert.Null(schema);
        Assert.Equal(["a"], loaded.Transform(Labels("a")).GetColumn<string>("Back"));
    }

    [Fact]
    public void A_chain_within_a_chain_and_a_single_transformer_come_back()
    {
        IDataView view = Labels("a", "b");
        var inner = Pipeline().Fit(view);
        ITransformer outer = inner.Append(_context.Transforms.CopyColumns("Copy", "Back").Fit(inner.Transform(view)));

        Assert.Equal(["a", "b"], SaveAndLoad(new TransformerChain<ITransformer>(outer)).Transform(view).GetColumn<string>("Copy"));
        Assert.IsType<Transforms.ColumnCopyingTransformer>(SaveAndLoad(_context.Transforms.CopyColumns("C", "Label").Fit(view)));
    }

    [Fact]
    public void Values_of_every_type_come_back_to_the_bit()
    {
        IDataView view = _context.Data.LoadFromEnumerable(
        [
            new Everything { Single = 0.1F, Double = 0.1, UInt64 = ulong.MaxValue, SByte = -128, Flag = true, Words = ["x\u0000\u202e", "y"] },
            new Everything { Single = float.PositiveInfinity, Double = double.Epsilon, UInt64 = 1, SByte = 127, Words = ["z"] },
        ]);
        InputOutputColumnPair[] columns = [.. view.Schema.Select(column => new InputOutputColumnPair(column.Name))];
        var pipeline = _context.Transforms.Conversion.MapValueToKey(columns).Append(_context.Transforms.Conversion.MapKeyToValue(columns));

        IDataView result = SaveAndLoad(pipeline.Fit(view)).Transform(view);

        Assert.Equal([0.1F, float.PositiveInfinity], result.GetColumn<float>("Single"));
        Assert.Equal([0.1, double.Epsilon], result.GetColumn<double>("Double"));
        Assert.Equal([ulong.MaxValue, 1], result.GetColumn<ulong>("UInt64"));
        Assert.Equal([-128, 127], result.GetColumn<sbyte>("SByte").Select(value => (int)value));
        Assert.Equal([true, false], result.GetColumn<bool>("Flag"));
        Assert.Equal([["x\u0000\u202e", "y"], ["z"]], result.GetColumn<string[]>("Words"));
        Assert.Equal(view.GetColumn<DateTime>("When"), result.GetColumn<DateTime>("When"));
        Assert.Equal(view.GetColumn<TimeSpan>("Took"), result.GetColumn<TimeSpan>("Took"));
    }

    [Fact]
    public void A_schema_comes_back_with_hidden_columns_types_and_annotations()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new Everything()]);
        IDataView mapped = _context.Transforms.Conversion.MapValueToKey("Flag").Fit(view).Transform(view);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        annotations.Add(mapped.Schema["Flag"].Annotations, _ => true);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(mapped.Schema);
        builder.AddColumn("Extra", new VectorDataViewType(new KeyDataViewType(typeof(byte), 3), 2, 2), annotations.ToAnnotations());

        _context.Model.Save(_context.Transforms.CopyColumns("C", "Flag").Fit(view), builder.ToSchema(), ModelFile);
        _context.Model.Load(ModelFile, out DataViewSchema? schema);

        Assert.Equal(builder.ToSchema().ToString(), schema!.ToString());
        VBuffer<bool> keyValues = default;
        schema["Extra"].GetKeyValues(ref keyValues);
        Assert.Equal([false], keyValues.DenseValues());
        bool isNormalized = false;
        schema["Extra"].Annotations.GetValue("IsNormalized", ref isNormalized);
        Assert.True(isNormalized);
        Assert.True(schema[mapped.Schema.First(column => column.IsHidden).Index].IsHidden);
    }

    [Fact]
    public void A_transformer_of_another_maker_cannot_be_saved_and_the_file_stays()
    {
        File.WriteAllText(ModelFile, "old");
        var chain = new TransformerChain<ITransformer>(new FirstRow(_context));

        var error = Assert.Throws<NotSupportedException>(() => _context.Model.Save(chain, null, ModelFile));

        Assert.Equal(
            "FirstRow cannot be saved: it is not a transformer of this product. Save the chain without it and append it after loading.",
            error.Message);
        Assert.Equal("old", File.ReadAllText(ModelFile));
    }

    [Fact]
    public void A_column_that_no_file_can_describe_is_told()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Picture", new PictureType());

        var error = Assert.Throws<NotSupportedException>(
            () => _context.Model.Save(_context.Transforms.CopyColumns("C", "Label").Fit(Labels("a")), builder.ToSchema(), ModelFile));

        Assert.Equal(
            "Column 'Picture' is Picture, which a saved schema cannot describe. Save with the schema of the data as it was loaded, before any " +
            "transform, or with null.",
            error.Message);
    }

    [Fact]
    public void A_loader_that_is_not_installed_is_named_and_a_type_name_is_just_an_unknown_name()
    {
        ModelArchive.Write(ModelFile, "System.Diagnostics.Process", 1, []);

        AssertRefused(
            ModelFormatError.NotAModel,
            $"'{ModelFile}' holds a 'System.Diagnostics.Process', which no installed package loads as a transformer " +
            "(looked in ResNetMl.Data, ResNetMl.Vision, ResNetMl.OnnxTransformer). Install the package it was made with.");
    }

    [Fact]
    public void A_newer_layout_of_a_part_is_refused_with_both_versions()
    {
        ModelArchive.Write(ModelFile, "ValueToKeyMapping", 2, []);

        AssertRefused(
            ModelFormatError.TooNew,
            $"'{ModelFile}' is too new: its 'ValueToKeyMapping' is version 2, this product reads up to 1. It was written by ResNetMl 0.1.0; use " +
            "that version or a later one.");
    }

    [Fact]
    public void A_version_below_1_of_a_transformer_is_damage()
    {
        ModelArchive.Write(ModelFile, "TransformerChain", 1, [ModelPart.FromText(
            "chain.json", """{"transformers":[{"loader":"ColumnCopying","loaderVersion":0,"scope":7}]}""")]);

        AssertRefused(ModelFormatError.Damaged, $"'{ModelFile}' is damaged: its 'ColumnCopying' says version 0. Save the model again.");
    }

    [Theory]
    [InlineData("TransformerChain", "chain.json", "{}", "chain.json")]
    [InlineData("TransformerChain", "chain.json", """{"transformers":[{"loader":null,"loaderVersion":1,"scope":7}]}""", "chain.json")]
    [InlineData("ColumnCopying", "columns.json", """[{"output":"","input":"x"}]""", "columns.json")]
    [InlineData("ColumnCopying", "columns.json", "{", "columns.json")]
    [InlineData("KeyToValueMapping", "columns.json", """[{"input":"x"}]""", "columns.json")]
    [InlineData(
        "ValueToKeyMapping", "values.json",
        """{"keyValuesAsText":false,"columns":[{"output":"a","input":"a","type":"String","values":["x","x"]}]}""", "values.json")]
    [InlineData(
        "ValueToKeyMapping", "values.json",
        """{"keyValuesAsText":false,"columns":[{"output":"a","input":"a","type":"System.String","values":[]}]}""", "values.json")]
    [InlineData(
        "ValueToKeyMapping", "values.json",
        """{"keyValuesAsText":false,"columns":[{"output":"a","input":"a","type":"Byte","values":[256]}]}""", "values.json")]
    [InlineData(
        "ValueToKeyMapping", "values.json",
        """{"keyValuesAsText":false,"columns":[{"output":"a","input":"a","type":{"vector":"Byte","dimensions":[1]},"values":[]}]}""", "values.json")]
    [InlineData("ColumnCopying", "schema.json", """[{"name":"a","type":{"key":"UInt32","count":0},"annotations":[]}]""", "schema.json")]
    [InlineData(
        "ColumnCopying", "schema.json",
        """[{"name":"a","type":{"vector":{"vector":"Byte","dimensions":[1]},"dimensions":[1]},"annotations":[]}]""", "schema.json")]
    public void A_part_that_is_not_understood_is_named(string loader, string part, string json, string named)
    {
        ModelArchive.Write(ModelFile, loader, 1, [ModelPart.FromText(part, json)]);

        var error = Assert.Throws<ModelFormatException>(() => _context.Model.Load(ModelFile, out _));

        Assert.Equal(ModelFormatError.Damaged, error.Error);
        Assert.Equal(
            $"'{ModelFile}' is damaged: part '{named}' is not understood ({error.InnerException!.Message}). Save the model again.", error.Message);
    }

    [Fact]
    public void Chains_that_lie_too_deep_in_each_other_are_refused()
    {
        var parts = new List<ModelPart>();
        string folder = "";
        for (int depth = 0; depth < 20; depth++)
        {
            parts.Add(ModelPart.FromText($"{folder}chain.json", """{"transformers":[{"loader":"TransformerChain","loaderVersion":1,"scope":7}]}"""));
            folder += "0/";
        }

        ModelArchive.Write(ModelFile, "TransformerChain", 1, parts);

        AssertRefused(ModelFormatError.Unsafe, $"'{ModelFile}' is refused: its chains lie more than 16 deep in each other.");
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused_as_the_container_says()
    {
        using (ZipArchive zip = ZipFile.Open(ModelFile, ZipArchiveMode.Create))
        {
            // ML.NET's own models look like this.
            zip.CreateEntry("TransformerChain/Transform_000/Model.key");
        }

        AssertRefused(
            ModelFormatError.NotAModel,
            $"'{ModelFile}' is not a ResNetMl model: it is a zip without manifest.json. Give a file that this product saved.");
    }

    private void AssertRefused(ModelFormatError expected, string message)
    {
        var error = Assert.Throws<ModelFormatException>(() => _context.Model.Load(ModelFile, out _));
        Assert.Equal(message, error.Message);
        Assert.Equal(expected, error.Error);
    }

    private EstimatorChain<Transforms.KeyToValueMappingTransformer> Pipeline()
        => _context.Transforms.Conversion.MapValueToKey("Key", "Label").Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Key"));

    private IDataView Labels(params string[] labels) => _context.Data.LoadFromEnumerable(labels.Select(label => new { Label = label }).ToList());

    private ITransformer SaveAndLoad(ITransformer model)
    {
        _context.Model.Save(model, null, ModelFile);
        return _context.Model.Load(ModelFile, out _);
    }

    private sealed class PictureType() : StructuredDataViewType(typeof(object))
    {
        public override bool Equals(DataViewType? other) => other is PictureType;

        public override int GetHashCode() => 1;

        public override string ToString() => "Picture";
    }

    private sealed class Everything
    {
        public float Single { get; set; }

        public double Double { get; set; }

        public ulong UInt64 { get; set; }

        public sbyte SByte { get; set; }

        public bool Flag { get; set; }

        public DateTime When { get; set; } = new(2026, 11, 21, 16, 5, 4, 3, DateTimeKind.Utc);

        public TimeSpan Took { get; set; } = new(1, 2, 3, 4, 5, 6);

        public string[] Words { get; set; } = [];
    }
}
