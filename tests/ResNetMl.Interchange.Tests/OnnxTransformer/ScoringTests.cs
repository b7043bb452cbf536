using ResNetMl.Data;
using ResNetMl.Networks;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Columns that a model computes, and in which runs. Witness: ONNX Runtime called directly on the same values.</summary>
public sealed class ScoringTests
{
    private readonly MLContext _context = new(seed: 1);

    public ScoringTests() => TestModels.RequireRuntime();

    [Fact]
    public void A_model_of_one_image_gives_the_bits_that_onnx_runtime_gives()
    {
        string path = TestModels.PathOf("classifier-one-image");
        ImageRow[] rows = ImageRow.Many(20);

        float[][] scores = Score(path, rows, "softmaxout_1", blockRows: 32);

        Assert.Equal(20, scores.Length);
        Assert.All(rows.Zip(scores), pair => Assert.Equal(TestModels.Direct(path, "data_0", [1, 3, 8, 8], pair.First.Pixels, "softmaxout_1"), pair.Second));
    }

    [Fact]
    public void Rows_read_together_are_one_run_with_the_bits_that_onnx_runtime_gives_for_that_batch()
    {
        string path = TestModels.PathOf("classifier");
        ImageRow[] rows = ImageRow.Many(70);

        float[][] scores = Score(path, rows, "softmaxout_1", blockRows: 32);

        float[] expected = [.. rows.Chunk(32).SelectMany(batch => TestModels.Direct(
            path, "data_0", [batch.Length, 3, 8, 8], [.. batch.SelectMany(row => row.Pixels)], "softmaxout_1"))];
        Assert.Equal(expected, scores.SelectMany(score => score));
    }

    [Fact]
    public void Each_row_of_a_batch_gets_its_own_numbers()
    {
        string path = TestModels.PathOf("classifier");
        ImageRow[] rows = ImageRow.Many(40);

        float[][] together = Score(path, rows, "softmaxout_1", blockRows: 32);

        for (int row = 0; row < rows.Length; row++)
        {
            float[] alone = TestModels.Direct(path, "data_0", [1, 3, 8, 8], rows[row].Pixels, "softmaxout_1");
            Assert.All(alone.Zip(together[row]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    [Fact]
    public void With_batches_of_one_row_the_bits_are_those_of_single_runs()
    {
        string path = TestModels.PathOf("classifier");
        ImageRow[] rows = ImageRow.Many(40);
        var options = new OnnxOptions { ModelFile = path, OutputColumns = ["softmaxout_1"], MaximumBatchRows = 1 };
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(options).Fit(view);

        float[][] scores = [.. model.Transform(view).GetColumn<float[]>("softmaxout_1")];

        Assert.All(rows.Zip(scores), pair => Assert.Equal(TestModels.Direct(path, "data_0", [1, 3, 8, 8], pair.First.Pixels, "softmaxout_1"), pair.Second));
    }

    [Fact]
    public void A_column_is_called_and_typed_as_its_output()
    {
        IDataView view = _context.Data.LoadFromEnumerable(ImageRow.Many(1));
        using OnnxTransformer fixedSize = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(view);
        using OnnxTransformer anySize = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier-any-size")).Fit(view);

        DataViewSchema schema = fixedSize.GetOutputSchema(view.Schema);

        Assert.Equal(["data_0", "softmaxout_1", "map"], schema.Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 5), schema["softmaxout_1"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 4, 8, 8), schema["map"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single), anySize.GetOutputSchema(view.Schema)["map"].Type);
    }

    [Fact]
    public void A_model_that_mixes_rows_along_axis_0_is_computed_row_by_row()
    {
        // y = x - mean of x over the rows: alone, each row is its own mean.
        float[][] centred = Vectors("centred", blockRows: 16, ("x", Numbers(16)));

        Assert.All(centred, row => Assert.Equal([0, 0, 0], row));
    }

    [Fact]
    public void A_model_that_fails_on_several_rows_is_computed_row_by_row_without_a_word()
    {
        var messages = new List<string>();
        _context.Log += (_, message) => messages.Add(message.Message);
        float[][] rows = Numbers(16);

        float[][] negated = Vectors("one-inside", blockRows: 16, ("x", rows));

        Assert.Equal(rows.Select(row => row.Select(number => -number)), negated);
        Assert.Empty(messages);
    }

    [Fact]
    public void Rows_of_several_lengths_in_a_block_are_grouped_and_come_back_in_place()
    {
        float[][] rows = [.. Enumerable.Range(0, 30).Select(row => TestModels.Noise(2 * (1 + (row % 3)), row))];
        IDataView view = _context.Data.LoadFromEnumerable(rows.Select(row => new LengthRow { X = row }));
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("lengths")).Fit(view);
        IDataView scored = model.Transform(view);

        float[][] totals = [.. Blocks(scored, "total", 30)];
        float[][] negated = [.. Blocks(scored, "negated", 30)];

        Assert.Equal(rows.Select(row => row.Select(number => -number)), negated);
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(TestModels.Direct(TestModels.PathOf("lengths"), "x", [1, rows[row].Length / 2, 2], rows[row], "total"), totals[row]);
        }
    }

    [Fact]
    public void A_column_of_known_dimensions_gives_an_input_its_open_axes()
    {
        string path = TestModels.PathOf("classifier-any-size");
        ImageRow[] rows = ImageRow.Many(5);

        float[][] scores = Score(path, rows, "softmaxout_1", blockRows: 5);

        Assert.Equal(TestModels.Direct(path, "data_0", [5, 3, 8, 8], [.. rows.SelectMany(row => row.Pixels)], "softmaxout_1"), scores.SelectMany(score => score));
    }

    [Fact]
    public void A_flat_column_gets_its_shape_from_the_file_or_the_shape_dictionary()
    {
        float[][] images = [.. ImageRow.Many(5).Select(row => row.Pixels)];
        IDataView view = _context.Data.LoadFromEnumerable(images.Select(image => new FlatRow { Pixels = image }));
        var shapes = new Dictionary<string, int[]> { ["data_0"] = [1, 3, 6, 8], ["map"] = [1, 4, 6, 8] };
        using OnnxTransformer fromFile = _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", TestModels.PathOf("classifier")).Fit(view);
        float[] expected = TestModels.Direct(TestModels.PathOf("classifier"), "data_0", [5, 3, 8, 8], [.. images.SelectMany(image => image)], "softmaxout_1");

        Assert.Equal(expected, Blocks(fromFile.Transform(view), "softmaxout_1", 5).SelectMany(score => score));

        // 144 of the numbers as an image of another size.
        IDataView smaller = _context.Data.LoadFromEnumerable(images.Select(image => new LooseRow { Pixels = image[..144] }));
        using OnnxTransformer fromDictionary = _context.Transforms
            .ApplyOnnxModel(["map", "softmaxout_1"], ["data_0"], TestModels.PathOf("classifier-any-size"), shapes).Fit(smaller);
        IDataView scored = fromDictionary.Transform(smaller);
        float[] expectedSmaller = TestModels.Direct(
            TestModels.PathOf("classifier-any-size"), "data_0", [5, 3, 6, 8], [.. images.SelectMany(image => image[..144])], "softmaxout_1");
        Assert.Equal(expectedSmaller, Blocks(scored, "softmaxout_1", 5).SelectMany(score => score));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 4, 6, 8), scored.Schema["map"].Type);
    }

    [Fact]
    public void Several_inputs_and_outputs_are_columns_of_their_names_without_the_exporters_suffix()
    {
        PairRow[] rows = [.. Enumerable.Range(0, 10).Select(row => new PairRow { left = TestModels.Noise(3, row), right = TestModels.Noise(3, 100 + row), count = row })];
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("several")).Fit(view);

        IDataView scored = model.Transform(view);

        Assert.Equal(["left", "right", "count", "sum", "product", "negated"], scored.Schema.Select(column => column.Name));
        Assert.Equal(rows.Select(row => row.left.Zip(row.right, (a, b) => a + b)), scored.GetColumn<float[]>("sum"));
        Assert.Equal(rows.Select(row => row.left.Zip(row.right, (a, b) => a * b)), scored.GetColumn<float[]>("product"));
        Assert.Equal(rows.Select(row => new[] { -row.count }), scored.GetColumn<long[]>("negated"));
    }

    [Fact]
    public void Elements_of_a_column_are_called_as_the_exporter_called_them()
    {
        IDataView view = _context.Data.LoadFromEnumerable(Numbers(1).Select(row => new ThreeRow { X = row }));
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("slot-names")).Fit(view);
        VBuffer<ReadOnlyMemory<char>> names = default;

        model.Transform(view).Schema["Score"].GetSlotNames(ref names);

        Assert.Equal(["rose", "tulip", "daisy"], names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void A_value_without_axes_is_a_single_value()
    {
        float[][] rows = Numbers(4);
        IDataView view = _context.Data.LoadFromEnumerable(rows.Select(row => new ThreeRow { X = row }));
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("scalar")).Fit(view);

        IDataView scored = model.Transform(view);

        Assert.Equal(NumberDataViewType.Single, scored.Schema["total"].Type);
        Assert.Equal(rows.Select(row => TestModels.Direct(TestModels.PathOf("scalar"), "x", [1, 3], row, "total")[0]), scored.GetColumn<float>("total"));
    }

    [Fact]
    public void Transforming_computes_nothing_and_a_pass_reads_each_row_once()
    {
        int read = 0;
        IDataView view = _context.Data.LoadFromEnumerable(ImageRow.Many(3).Select(row =>
        {
            read++;
            return row;
        }));
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(view);

        IDataView scored = model.Transform(view);
        Assert.Equal(0, read);
        Assert.Equal(3, scored.GetColumn<float[]>("softmaxout_1").Count());
        Assert.Equal(3, read);
    }

    [Fact]
    public void A_column_of_other_dimensions_but_as_many_elements_is_taken_as_it_lies_with_one_warning()
    {
        var warnings = new List<string>();
        _context.Log += (_, message) => warnings.Add(message.RawMessage);
        string path = TestModels.PathOf("classifier-one-image");
        float[] pixels = TestModels.Noise(3 * 8 * 8, 1);
        IDataView view = _context.Data.LoadFromEnumerable([new InterleavedRow { Pixels = pixels }]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", path).Fit(view);

        float[] score = model.Transform(view).GetColumn<float[]>("softmaxout_1").Single();

        Assert.Equal(TestModels.Direct(path, "data_0", [1, 3, 8, 8], pixels, "softmaxout_1"), score);
        Assert.StartsWith($"{path}: column 'data_0' is Vector<Single, 8, 8, 3>, input 'data_0' Float [1, 3, 8, 8]. ", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_row_of_a_batch_is_named_and_the_others_of_later_batches_are_computed_together_again()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new LengthRow { X = [1, 2] }, new LengthRow { X = [3] }]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("lengths")).Fit(view);
        var error = Assert.Throws<ShapeMismatchException>(() => Blocks(model.Transform(view), "total", 2).Count());
        Assert.Contains("got 1 elements in column 'x' of row 1", error.Message, StringComparison.Ordinal);

        IDataView good = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(row => new LengthRow { X = [row, 1, 2, 3] }));
        Assert.Equal(Enumerable.Range(0, 8).Select(row => new float[] { row + 2, 4 }), Blocks(model.Transform(good), "total", 8));
    }

    private static float[][] Numbers(int count) => [.. Enumerable.Range(0, count).Select(row => TestModels.Noise(3, row))];

    private static IEnumerable<float[]> Blocks(IDataView view, string column, int rows)
    {
        using BlockReader reader = BlockView.Of(view).OpenReader([view.Schema[column]]);
        while (reader.Read(rows) is { } block)
        {
            foreach (VBuffer<float> values in block.Values<VBuffer<float>>(view.Schema[column].Index).ToArray())
            {
                yield return values.GetValues().ToArray();
            }
        }
    }

    private float[][] Score(string path, ImageRow[] rows, string output, int blockRows)
    {
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(output, "data_0", path).Fit(view);
        return [.. Blocks(model.Transform(view), output, blockRows)];
    }

    private float[][] Vectors(string name, int blockRows, (string Name, float[][] Rows) input)
    {
        Assert.Equal("x", input.Name);
        IDataView view = _context.Data.LoadFromEnumerable(input.Rows.Select(row => new ThreeRow { X = row }));
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel("y", "x", TestModels.PathOf(name)).Fit(view);
        return [.. Blocks(model.Transform(view), "y", blockRows)];
    }

    private sealed class FlatRow
    {
        [ColumnName("data_0"), VectorType(3 * 8 * 8)]
        public float[] Pixels = [];
    }

    private sealed class InterleavedRow
    {
        [ColumnName("data_0"), VectorType(8, 8, 3)]
        public float[] Pixels = [];
    }

    private sealed class LooseRow
    {
        [ColumnName("data_0")]
        public float[] Pixels = [];
    }

    private sealed class LengthRow
    {
        [ColumnName("x")]
        public float[] X = [];
    }

    private sealed class ThreeRow
    {
        [ColumnName("x"), VectorType(3)]
        public float[] X = [];
    }

    private sealed class PairRow
    {
        [VectorType(3)]
        public float[] left = [];

        [VectorType(3)]
        public float[] right = [];

        public long count;
    }
}
