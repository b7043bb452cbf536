using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Columns that a model computes. Witness: ONNX Runtime called directly on the same values.</summary>
public sealed class ScoringTests
{
    private const int Elements = 3 * 8 * 8;

    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_model_of_one_image_gives_the_bits_that_onnx_runtime_gives()
    {
        TestModels.RequireRuntime();
        string path = TestModels.PathOf("classifier-one-image");
        ImageRow[] rows = Rows(20);
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", path).Fit(view);

        float[][] scores = [.. model.Transform(view).GetColumn<float[]>("softmaxout_1")];

        Assert.Equal(20, scores.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(TestModels.Direct(path, "data_0", [1, 3, 8, 8], rows[row].Pixels, "softmaxout_1"), scores[row]);
        }
    }

    [Fact]
    public void Rows_read_together_are_one_run_with_the_bits_that_onnx_runtime_gives_for_that_batch()
    {
        TestModels.RequireRuntime();
        string path = TestModels.PathOf("classifier");
        ImageRow[] rows = Rows(32);
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", path).Fit(view);

        float[] scores = [.. Blocks(model.Transform(view), "softmaxout_1", 32).SelectMany(score => score)];

        Assert.Equal(TestModels.Direct(path, "data_0", [32, 3, 8, 8], [.. rows.SelectMany(row => row.Pixels)], "softmaxout_1"), scores);
    }

    [Fact]
    public void A_column_is_called_and_typed_as_its_output()
    {
        TestModels.RequireRuntime();
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(_context.Data.LoadFromEnumerable(Rows(1)));

        DataViewSchema schema = model.GetOutputSchema(_context.Data.LoadFromEnumerable(Rows(1)).Schema);

        Assert.Equal(["data_0", "softmaxout_1", "map"], schema.Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 5), schema["softmaxout_1"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1, 4, 8, 8), schema["map"].Type);
    }

    private static ImageRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(seed => new ImageRow { Pixels = TestModels.Noise(Elements, seed) })];

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

    private sealed class ImageRow
    {
        [ColumnName("data_0"), VectorType(3, 8, 8)]
        public float[] Pixels = [];
    }
}
