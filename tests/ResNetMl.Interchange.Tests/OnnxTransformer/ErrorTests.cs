using ResNetMl.Data;
using ResNetMl.Networks;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>What cannot work is refused where it is said, with names, what was expected and what came.</summary>
public sealed class ErrorTests
{
    private static readonly string Classifier = TestModels.PathOf("classifier");

    private readonly MLContext _context = new(seed: 1);

    public ErrorTests() => TestModels.RequireRuntime();

    [Fact]
    public void A_missing_column_is_named()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new OtherName()]);
        OnnxScoringEstimator estimator = _context.Transforms.ApplyOnnxModel(Classifier);

        Assert.Equal(
            "OnnxTransformer needs column 'data_0'; there is 'pixels' (Vector<Single, 3, 8, 8>). (Parameter 'schema')",
            Assert.Throws<ArgumentException>(() => estimator.Fit(view)).Message);
        Assert.StartsWith(
            "OnnxScoringEstimator needs column 'data_0'; there are 'pixels'",
            Assert.Throws<ArgumentException>(() => estimator.Append(_context.Transforms.CopyColumns("a", "map")).Fit(view)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_another_type_is_told_with_what_was_expected()
    {
        OnnxScoringEstimator estimator = _context.Transforms.ApplyOnnxModel(Classifier);

        string Message<T>(T row)
            where T : class
            => Assert.Throws<ArgumentException>(() => estimator.Fit(_context.Data.LoadFromEnumerable([row]))).Message;

        string expected = $"{Classifier}: expected a column of Single for input 'data_0' (Float [N, 3, 8, 8]), got 'data_0' ";
        const string next = ". Convert the column, or make it of that type.";
        Assert.Equal($"{expected}(Vector<Byte, 3, 8, 8>){next}", Message(new ByteRow()));
        Assert.Equal($"{expected}(Vector<Double, 3, 8, 8>){next}", Message(new DoubleRow()));
        Assert.Equal($"{expected}(String){next}", Message(new TextRow()));
        Assert.Equal($"{expected}(Key<UInt32, 0-4>){next}", Message(new KeyRow()));
    }

    [Fact]
    public void A_vector_of_another_length_is_told_when_it_is_bound()
    {
        OnnxScoringEstimator estimator = _context.Transforms.ApplyOnnxModel(Classifier);

        var error = Assert.Throws<ArgumentException>(() => estimator.Fit(_context.Data.LoadFromEnumerable([new ShortRow()])));

        Assert.Equal(
            $"{Classifier}: expected Float [N, 3, 8, 8] for input 'data_0', got column 'data_0' (Vector<Single, 100>), whose rows have 100 elements. " +
            "Bring each row to the model's size, or say the shape in the shape dictionary.",
            error.Message);
    }

    [Fact]
    public void A_row_of_another_length_is_told_by_its_number()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new LooseRow { data_0 = new float[192] }, new LooseRow { data_0 = new float[191] }]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(Classifier).Fit(view);

        var error = Assert.Throws<ShapeMismatchException>(() => model.Transform(view).GetColumn<float[]>("softmaxout_1").Count());

        Assert.Equal(
            $"{Classifier}: expected Float [N, 3, 8, 8] for input 'data_0', got 191 elements in column 'data_0' of row 1. " +
            "Bring each row to the model's size, or say the shape in the shape dictionary.",
            error.Message);
    }

    [Fact]
    public void Two_open_axes_and_a_column_of_any_length_need_a_shape()
    {
        string path = TestModels.PathOf("classifier-any-size");
        OnnxScoringEstimator estimator = _context.Transforms.ApplyOnnxModel(path);

        var error = Assert.Throws<ArgumentException>(() => estimator.Fit(_context.Data.LoadFromEnumerable([new LooseRow()])));

        Assert.Equal(
            $"{path}: input 'data_0' is Float [N, 3, H, W] and column 'data_0' is Vector<Single>, which leaves 2 axes open: the elements of a row can have " +
            "many shapes. Give the shape in the shape dictionary, or make the column a vector of known dimensions.",
            error.Message);
    }

    [Fact]
    public void Names_that_the_model_does_not_have_are_told_with_those_it_has()
    {
        Assert.Equal(
            $"{Classifier}: expected the name of an output of the model, got 'scores'; there are 'softmaxout_1', 'map'.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel("scores", "data_0", Classifier)).Message);
        Assert.Equal(
            $"{TestModels.PathOf("several")}: the model needs 'right', 'count' besides 'left'. Name all of its inputs, each also the name of its column.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel("sum", "left", TestModels.PathOf("several"))).Message);
        Assert.Equal(
            $"{Classifier}: the model needs 'data_0' besides 'pixels'. Name all of its inputs, each also the name of its column.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel("map", "pixels", Classifier)).Message);
        Assert.Equal(
            $"{Classifier}: the shape dictionary names 'image', which is neither an input ('data_0') nor an output ('softmaxout_1', 'map') of the model.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel(Classifier, new Dictionary<string, int[]> { ["image"] = [1] })).Message);
        Assert.Equal(
            $"{Classifier}: the shape dictionary says [1, 3, 9, 8] for 'data_0', which the file declares as Float [N, 3, 8, 8]. Give each axis that the file " +
            "leaves open a length, and the others the file's.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel(Classifier, new Dictionary<string, int[]> { ["data_0"] = [1, 3, 9, 8] })).Message);
        Assert.Equal(
            "Expected different names of outputs that are not empty, got 'map', 'map'.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel(["map", "map"], ["data_0"], Classifier)).Message);
    }

    [Fact]
    public void A_type_that_no_column_holds_is_refused()
    {
        string path = TestModels.PathOf("complex");

        Exception error = Assert.ThrowsAny<Exception>(() => _context.Transforms.ApplyOnnxModel(path));

        // ONNX Runtime's own interface does not know complex numbers, or we say that no column does.
        Assert.True(error is NotSupportedException or InterchangeException, error.ToString());
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_and_no_model_are_told_apart()
    {
        string absent = Path.Combine(Path.GetTempPath(), "absent.onnx");

        Assert.Equal($"{absent}: expected an ONNX file, found none. Check the path.", Assert.Throws<FileNotFoundException>(() => _context.Transforms.ApplyOnnxModel(absent)).Message);
        Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel(""));
        Assert.Throws<ArgumentException>(() => _context.Transforms.ApplyOnnxModel(new OnnxOptions()));
        foreach (byte[] bytes in new[] { "not a model"u8.ToArray(), [], new byte[1000], "PK\x03\x04 a zip"u8.ToArray() })
        {
            Assert.StartsWith("ONNX model in memory: expected an ONNX model", Assert.Throws<InterchangeException>(() => _context.Transforms.ApplyOnnxModel(bytes)).Message, StringComparison.Ordinal);
            Assert.Throws<InterchangeException>(() => _context.Transforms.ApplyOnnxModel(new MemoryStream(bytes)));
        }
    }

    [Theory]
    [InlineData("classifier")]
    [InlineData("nested")]
    [InlineData("zipmap-names")]
    public void A_cut_or_damaged_file_is_an_error_of_one_type_or_another_model(string name)
    {
        byte[] whole = TestModels.BytesOf(name);
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 200))
        {
            Refused(whole[..length]);
        }

        var random = new Random(7);
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            Refused(damaged);
        }
    }

    [Fact]
    public void Messages_deeper_in_each_other_than_the_recursion_limit_are_refused()
    {
        byte[] nested = TestModels.BytesOf("nested");
        var shapes = new Dictionary<string, int[]>();

        using OnnxTransformer deepEnough = _context.Transforms.ApplyOnnxModel(nested, shapes, recursionLimit: 25).Fit(_context.Data.LoadFromEnumerable([new NestedRow()]));
        var error = Assert.Throws<InterchangeException>(() => _context.Transforms.ApplyOnnxModel(nested, shapes, recursionLimit: 10));

        Assert.Equal([-1f, -2f, -3f], deepEnough.Transform(_context.Data.LoadFromEnumerable([new NestedRow()])).GetColumn<float[]>("y").Single());
        Assert.Equal(
            "ONNX model in memory: expected an ONNX model, got bytes that are none (more than 10 messages in each other, the recursion limit). Check that the file is whole.",
            error.Message);
    }

    [Fact]
    public void A_run_that_fails_names_the_row_and_the_operator()
    {
        // The shape that the second row asks for does not fit its numbers.
        IDataView view = _context.Data.LoadFromEnumerable([new ShapeRow { shape = [2, 3] }, new ShapeRow { shape = [4, 4] }]);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("unranked")).Fit(view);

        var error = Assert.Throws<InterchangeException>(() => model.Transform(view).GetColumn<float[]>("y").Count());

        Assert.StartsWith($"{TestModels.PathOf("unranked")}: ONNX Runtime could not compute row 1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Reshape", error.Message, StringComparison.Ordinal);
    }

    private void Refused(byte[] bytes)
    {
        try
        {
            using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(bytes).Fit(_context.Data.LoadFromEnumerable([new ImageRow { Pixels = new float[192] }]));
        }
        catch (Exception exception) when (exception is InterchangeException or ArgumentException or NotSupportedException)
        {
            // What is left may be another whole model, with other names or types; then these are not there.
            Assert.NotEmpty(exception.Message);
        }
    }

    private sealed class OtherName
    {
        [VectorType(3, 8, 8)]
        public float[] pixels = new float[192];
    }

    private sealed class ByteRow
    {
        [VectorType(3, 8, 8)]
        public byte[] data_0 = new byte[192];
    }

    private sealed class DoubleRow
    {
        [VectorType(3, 8, 8)]
        public double[] data_0 = new double[192];
    }

    private sealed class TextRow
    {
        public string data_0 = "";
    }

    private sealed class KeyRow
    {
        [KeyType(5)]
        public uint data_0 = 1;
    }

    private sealed class ShortRow
    {
        [VectorType(100)]
        public float[] data_0 = new float[100];
    }

    private sealed class LooseRow
    {
        public float[] data_0 = [];
    }

    private sealed class NestedRow
    {
        [VectorType(3)]
        public float[] x = [1, 2, 3];
    }

    private sealed class ShapeRow
    {
        [VectorType(1, 6)]
        public float[] x = [1, 2, 3, 4, 5, 6];

        public long[] shape = [];
    }
}
