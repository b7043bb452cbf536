using ResNetMl.Interchange.Tests.Support;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxRuntime;

/// <summary>Published models through ONNX Runtime. Witness: the oracles of the test data, computed by PyTorch and ONNX Runtime elsewhere.</summary>
public sealed class OnnxRuntimeModelTests
{
    private static readonly OnnxRuntimeOptions TwoThreads = new() { Threads = 2 };

    [Theory]
    [InlineData("resnet20")]
    [InlineData("resnet56")]
    public void The_published_cifar_networks_give_their_logits_on_500_test_images(string name)
    {
        CifarTestImages cifar = CifarTestImages.Every(20);
        Tensor oracle = NpyFile.Read(TestData.RequirePath($"models/cifar-resnet/{name}_cifar10_test_logits.npy"));
        using OnnxRuntimeModel model = Load($"models/cifar-resnet/{name}.onnx");

        Tensor logits = model.Run(cifar.Images);

        Assert.Equal(new Shape(500, 10), logits.Shape);
        for (int i = 0; i < 500; i++)
        {
            for (int k = 0; k < 10; k++)
            {
                // Sums of up to 576 products, values up to 46: rounding stays some ten times below.
                Assert.Equal(oracle.Span[(cifar.Rows[i] * 10) + k], logits.Span[(i * 10) + k], 2e-4f);
            }
        }
    }

    [Theory]
    [InlineData("mobilenet_v2_1.0_224", "mobilenet_v2_pizza_input", "mobilenet_v2_pizza_logits")]
    [InlineData("squeezenet1.1", "squeezenet1.1_pizza_input", "squeezenet1.1_pizza_logits")]
    [InlineData("squeezenet1.1", "squeezenet1.1_ref0_input_0", "squeezenet1.1_ref0_output_0")]
    [InlineData("resnet50v2_stage3_features_fp16store", "squeezenet1.1_pizza_input", "resnet50v2_stage3_pizza_features")]
    [InlineData("resnet50v2_stage3_features_fp16store", "resnet50v2_stage3_299_pizza_input", "resnet50v2_stage3_299_pizza_features")]
    public void The_published_imagenet_networks_give_their_oracles(string name, string input, string output)
    {
        Tensor expected = NpyFile.Read(TestData.RequirePath($"models/imagenet/{output}.npy"));
        using OnnxRuntimeModel model = Load($"models/imagenet/{name}.onnx");

        Tensor actual = model.Run(NpyFile.Read(TestData.RequirePath($"models/imagenet/{input}.npy")));

        Assert.Equal(expected.Shape, actual.Shape);
        float largest = expected.Span.ToArray().Max(MathF.Abs);
        float difference = 0;
        for (int i = 0; i < expected.Span.Length; i++)
        {
            difference = MathF.Max(difference, MathF.Abs(expected.Span[i] - actual.Span[i]));
        }

        Assert.True(difference <= 1e-4 * largest, $"{name}: off by {difference:G3}, the largest value is {largest:G3}.");
    }

    [Fact]
    public void A_model_says_its_inputs_and_outputs_as_the_file_declares_them()
    {
        using OnnxRuntimeModel model = Load("models/imagenet/resnet50v2_stage3_features_fp16store.onnx");

        OnnxRuntimeValue input = Assert.Single(model.Inputs);
        OnnxRuntimeValue output = Assert.Single(model.Outputs);
        Assert.Equal(("input", "Float [N, 3, H, W]"), (input.Name, input.ToString()));
        Assert.Equal(("features", "Float [N, 1024]"), (output.Name, output.ToString()));
        Assert.Equal([null, 3, null, null], input.Dimensions);
        Assert.Equal(["N", "", "H", "W"], input.AxisNames);
    }

    [Fact]
    public void Inputs_of_another_shape_or_name_are_refused_before_they_run()
    {
        string path = TestData.RequirePath("models/cifar-resnet/resnet20.onnx");
        using OnnxRuntimeModel model = OnnxRuntimeModel.Load(path, TwoThreads);

        string size = Assert.Throws<ShapeMismatchException>(() => model.Run(new Tensor([1, 3, 28, 28]))).Message;
        string rank = Assert.Throws<ShapeMismatchException>(() => model.Run(new Tensor([3, 32, 32]))).Message;
        string type = Assert.Throws<ShapeMismatchException>(() => model.Run(new Tensor([1, 3, 32, 32], ElementType.BFloat16))).Message;
        string unknown = Assert.Throws<ArgumentException>(() => model.Run(new Dictionary<string, Tensor> { ["image"] = new Tensor([1, 3, 32, 32]) })).Message;
        string missing = Assert.Throws<ArgumentException>(() => model.Run(new Dictionary<string, Tensor>())).Message;

        const string next = "Bring the images to the model's size, or use a file with symbolic axes.";
        Assert.Equal($"{path}: expected Float [N, 3, 32, 32] for its input 'input', got Float32 [1, 3, 28, 28]. {next}", size);
        Assert.Equal($"{path}: expected Float [N, 3, 32, 32] for its input 'input', got Float32 [3, 32, 32]. {next}", rank);
        Assert.Equal($"{path}: expected Float [N, 3, 32, 32] for its input 'input', got BFloat16 [1, 3, 32, 32]. {next}", type);
        Assert.Equal($"{path}: there is no input 'image'; its inputs are 'input'. (Parameter 'inputs')", unknown);
        Assert.Equal($"{path}: expected a tensor for its input 'input', Float [N, 3, 32, 32], got none. (Parameter 'inputs')", missing);
    }

    [Fact]
    public void What_is_no_model_is_refused_with_the_runtimes_reason()
    {
        RequireRuntime();
        string absent = Path.Combine(Path.GetTempPath(), "absent.onnx");

        var damaged = Assert.Throws<InterchangeException>(() => OnnxRuntimeModel.Load("not a model"u8.ToArray(), name: "words.onnx"));
        var missing = Assert.Throws<FileNotFoundException>(() => OnnxRuntimeModel.Load(absent));

        Assert.StartsWith(
            $"words.onnx: expected an ONNX model that ONNX Runtime {OnnxRuntimeModel.RuntimeVersion} can run, got: ", damaged.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Check that the file is whole, and its opset and operators are known to this version.", damaged.Message, StringComparison.Ordinal);
        Assert.Equal($"{absent}: expected an ONNX file, found none. Check the path.", missing.Message);
    }

    [Fact]
    public void Threads_that_share_a_model_get_the_answers_that_one_thread_gets()
    {
        CifarTestImages cifar = CifarTestImages.Every(500);
        using OnnxRuntimeModel model = Load("models/cifar-resnet/resnet20.onnx");
        Tensor[] images = [.. Enumerable.Range(0, 20).Select(n => new Tensor([1, 3, 32, 32], cifar.Images.Span.Slice(n * 3 * 32 * 32, 3 * 32 * 32)))];
        float[][] alone = [.. images.Select(image => model.Run(image).Span.ToArray())];
        var together = new float[100][];

        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = model.Run(images[i % 20]).Span.ToArray());

        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(alone[i % 20], together[i]));
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        OnnxRuntimeModel model = Load("models/cifar-resnet/resnet20.onnx");
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.Run(new Tensor([1, 3, 32, 32])));
    }

    private static OnnxRuntimeModel Load(string path)
    {
        string file = TestData.RequirePath(path);
        RequireRuntime();
        return OnnxRuntimeModel.Load(file, TwoThreads);
    }

    private static void RequireRuntime()
    {
        try
        {
            _ = OnnxRuntimeModel.RuntimeVersion;
        }
        catch (DllNotFoundException exception)
        {
            Assert.Skip($"Needs ONNX Runtime's library: {exception.Message}");
        }
    }
}
