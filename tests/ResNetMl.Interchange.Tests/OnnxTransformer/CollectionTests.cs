using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Sequences and maps, as converted scikit-learn classifiers give them.</summary>
public sealed class CollectionTests
{
    private readonly MLContext _context = new(seed: 1);

    public CollectionTests() => TestModels.RequireRuntime();

    [Fact]
    public void A_map_of_probabilities_by_number_is_a_sequence_of_one_map_for_each_row()
    {
        Input[] rows = Input.Many(12);
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("zipmap-numbers")).Fit(view);
        IDataView scored = model.Transform(view);

        ByNumber[] predictions = [.. _context.Data.CreateEnumerable<ByNumber>(scored, reuseRowObject: false)];

        Assert.Equal("Sequence<Map<Int64, Single>>", scored.Schema["probability_map"].Type.ToString());
        for (int row = 0; row < rows.Length; row++)
        {
            IDictionary<long, float> map = Assert.Single(predictions[row].Probabilities);
            Assert.Equal([10, 20, 30], map.Keys);
            Assert.All(map.Values.Zip(Softmax(rows[row].x)), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
            Assert.Equal([Array.IndexOf(rows[row].x, rows[row].x.Max())], predictions[row].label);
        }
    }

    [Fact]
    public void A_prediction_engine_gives_a_map_of_probabilities_by_name()
    {
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("zipmap-names")).Fit(_context.Data.LoadFromEnumerable(Input.Many(1)));
        using PredictionEngine<Input, ByName> engine = _context.Model.CreatePredictionEngine<Input, ByName>(model);

        ByName prediction = engine.Predict(new Input { x = [0, MathF.Log(2), 0] });

        IDictionary<string, float> map = Assert.Single(prediction.Probabilities);
        Assert.Equal(["daisy", "rose", "tulip"], map.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.5f, map["tulip"], 1e-6f);
        Assert.Equal(0.25f, map["daisy"], 1e-6f);
    }

    [Fact]
    public void A_sequence_of_tensors_is_a_sequence_of_vectors()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new SixRow { x = [1, 2, 3, 4, 5, 6] }, new SixRow { x = [7, 8, 9, 10, 11, 12] }]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("sequence")).Fit(view);

        PartsRow[] rows = [.. _context.Data.CreateEnumerable<PartsRow>(model.Transform(view), reuseRowObject: false)];

        Assert.Equal([[7, 8], [9, 10], [11, 12]], rows[1].parts.Select(part => part.DenseValues()));
    }

    [Fact]
    public void An_input_that_is_no_tensor_is_refused()
    {
        string path = TestModels.PathOf("takes-map");

        var error = Assert.Throws<NotSupportedException>(() => _context.Transforms.ApplyOnnxModel(path));

        Assert.Equal($"{path}: no column can hold what input 'x' takes, Map<String, Float>. Inputs are tensors of numbers, truth values or texts.", error.Message);
    }

    private static float[] Softmax(float[] logits)
    {
        float sum = logits.Sum(MathF.Exp);
        return [.. logits.Select(logit => MathF.Exp(logit) / sum)];
    }

    private sealed class Input
    {
        [VectorType(3)]
        public float[] x = [];

        public static Input[] Many(int count) => [.. Enumerable.Range(0, count).Select(row => new Input { x = TestModels.Noise(3, row) })];
    }

    private sealed class ByNumber
    {
        public long[] label = [];

        [ColumnName("probability_map"), OnnxSequenceType(typeof(IDictionary<long, float>))]
        public IEnumerable<IDictionary<long, float>> Probabilities = [];
    }

    private sealed class ByName
    {
        [ColumnName("probability_map"), OnnxSequenceType(typeof(IDictionary<string, float>))]
        public IEnumerable<IDictionary<string, float>> Probabilities { get; set; } = [];
    }

    private sealed class SixRow
    {
        [VectorType(6)]
        public float[] x = [];
    }

    private sealed class PartsRow
    {
        [OnnxSequenceType(typeof(VBuffer<float>))]
        public IEnumerable<VBuffer<float>> parts = [];
    }
}
