using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Interchange.Onnx;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>An imported classifier gets a new head and learns.</summary>
public sealed class FineTuningTests
{
    private const int Classes = 3;
    private const int BatchSize = 12;

    public static TheoryData<string, string> Cases => new()
    {
        { "managed", "linear" },
        { "onednn", "linear" },
        { "managed", "matmul, softmax" },
        { "onednn", "matmul, softmax" },
        { "managed", "convolution before the pool" },
        { "onednn", "convolution before the pool" },
        { "managed", "features" },
        { "onednn", "features" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_imported_classifier_learns_other_classes(string backend, string head)
    {
        ImportedNetwork network = Model(head).Read().WithClasses(Classes, seed: 4);

        List<double> losses = Train(Networks.Backend(backend), network, steps: 30);

        Assert.Equal(new Shape(1, Classes), network.Definition.ShapeOf(network.Definition.Outputs[0]));

        // Three kinds of images, told apart by which channel is bright: anything that learns halves the loss of a guess.
        Assert.True(losses[0] > 0.3, $"the first loss is {losses[0]:F3}");
        Assert.True(losses[^1] < Math.Min(losses[0], Math.Log(Classes)) / 2, $"the loss went from {losses[0]:F3} to {losses[^1]:F3}");
    }

    [Fact]
    public void All_weights_but_the_heads_stay_and_labels_go()
    {
        ImportedNetwork network = OnnxFile.Read(OnnxFile.ToBytes(ExportTests.Random(NetworkCatalog.Define("resnet20")) with
        {
            Labels = ["a", "b"],
            Preprocessing = Preprocessing.Cifar,
        }));

        ImportedNetwork changed = network.WithClasses(7, seed: 1);

        Assert.Null(changed.Labels);
        Assert.Equal(Preprocessing.Cifar, changed.Preprocessing);
        Assert.Equal(new Shape(7, 64), changed.Weights["linear.weight"].Shape);
        Assert.All(network.Weights.Where(entry => !entry.Key.StartsWith("linear.", StringComparison.Ordinal)), entry => Assert.Same(entry.Value, changed.Weights[entry.Key]));
        Assert.Equal(changed.Weights["linear.weight"].Span.ToArray(), network.WithClasses(7, seed: 1).Weights["linear.weight"].Span.ToArray());
        Assert.NotEqual(network.Weights["linear.weight"].Span.ToArray(), network.WithClasses(10, seed: 1).Weights["linear.weight"].Span.ToArray());
    }

    [Theory]
    [InlineData("mobilenet_v2_1.0_224", "conv_2d_65", 1280 * 5)]
    [InlineData("squeezenet1.1", "conv25", 512 * 5)]
    public void Published_classifiers_have_a_head(string file, string head, int weights)
    {
        ImportedNetwork network = OnnxFile.Read(TestData.RequirePath($"models/imagenet/{file}.onnx"));

        NetworkDefinition changed = ClassifierHead.Replace(network.Definition, 5, out string name);

        Assert.Equal(head, name);
        Assert.Equal(new Shape(1, 5), changed.ShapeOf(changed.Outputs[0]));
        Assert.Equal(weights, changed.State.Single(parameter => parameter.Name == $"{head}.weight").Shape.ElementCount);
    }

    [Theory]
    [InlineData("mobilenet_v2_1.0_224", "conv_2d_65", 1280)]
    [InlineData("squeezenet1.1", "conv25", 512)]
    public void Published_classifiers_without_their_head_make_features(string file, string linear, int features)
    {
        ImportedNetwork network = OnnxFile.Read(TestData.RequirePath($"models/imagenet/{file}.onnx"));

        ImportedNetwork trunk = network.WithoutClassifier(out string? head);

        Assert.Equal(linear, head);
        Assert.Equal(new Shape(1, features), trunk.Definition.ShapeOf(trunk.Definition.Outputs[0]));
        string[] left = [.. network.Weights.Select(entry => entry.Key).Except(trunk.Weights.Select(entry => entry.Key))];
        Assert.Equal([$"{linear}.bias", $"{linear}.weight"], left.Order(StringComparer.Ordinal));
        Assert.All(trunk.Weights, entry => Assert.Same(network.Weights[entry.Key], entry.Value));
    }

    // The logits are linear in the features: the head applied to them by hand gives what the whole classifier gives.
    [Fact]
    public void A_head_applied_to_the_features_gives_the_classifiers_logits()
    {
        ImportedNetwork network = OnnxFile.Read(TestData.RequirePath("models/imagenet/mobilenet_v2_1.0_224.onnx"));
        Tensor input = NpyFile.Read(TestData.RequirePath("models/imagenet/mobilenet_v2_pizza_input.npy"));
        Tensor expected = NpyFile.Read(TestData.RequirePath("models/imagenet/mobilenet_v2_pizza_logits.npy"));

        ImportedNetwork trunk = network.WithoutClassifier(out string? head);
        float[] features = Networks.Run(Networks.Backend("managed"), trunk.Definition, trunk.Weights, input).Span.ToArray();

        ReadOnlySpan<float> weights = network.Weights[$"{head}.weight"].Span;
        ReadOnlySpan<float> bias = network.Weights[$"{head}.bias"].Span;
        float largest = 0;
        for (int label = 0; label < bias.Length; label++)
        {
            double logit = bias[label];
            for (int i = 0; i < features.Length; i++)
            {
                logit += (double)weights[(label * features.Length) + i] * features[i];
            }

            largest = Math.Max(largest, (float)Math.Abs(logit - expected.Span[label]));
        }

        // Float32 through 53 layers against PyTorch's: as far apart as the whole classifier is held to.
        Assert.True(largest < 1e-3, $"a logit differs by {largest:E2}");
    }

    [Fact]
    public void A_trunk_without_a_head_is_used_whole()
    {
        ImportedNetwork trunk = OnnxFile.Read(
            TestData.RequirePath("models/imagenet/resnet50v2_stage3_features_fp16store.onnx"), new OnnxImportOptions { InputShape = [3, 64, 64] });

        ImportedNetwork features = trunk.WithoutClassifier(out string? head);

        Assert.Null(head);
        Assert.Equal(new Shape(1, 1024), features.Definition.ShapeOf(features.Definition.Outputs[0]));
        Assert.Equal(trunk.Weights.Count, features.Weights.Count);
    }

    [Fact]
    public void A_trunk_of_features_gets_a_linear_layer()
    {
        ImportedNetwork trunk = OnnxFile.Read(
            TestData.RequirePath("models/imagenet/resnet50v2_stage3_features_fp16store.onnx"), new OnnxImportOptions { InputShape = [3, 64, 64] });

        ImportedNetwork changed = trunk.WithClasses(5, seed: 1);

        Assert.Equal("fc", changed.Definition.Outputs[0]);
        Assert.Equal(new Shape(5, 1024), changed.Weights["fc.weight"].Shape);
        Assert.Equal(trunk.Definition.Nodes.Count + 1, changed.Definition.Nodes.Count);
    }

    [Fact]
    public void A_network_without_a_head_says_what_it_ends_with()
    {
        ImportedNetwork network = new TestModel().Input("x", "N", 3, 4, 4).Node("Relu", "y", ["x"]).Output("y").Read();

        var exception = Assert.Throws<ArgumentException>(() => network.WithClasses(2, seed: 1));

        Assert.StartsWith(
            "network: expected a linear layer or a 1×1 convolution before the output, or features [N, F], got [1, 3, 4, 4] of 'y'. Its head cannot be replaced.",
            exception.Message, StringComparison.Ordinal);
    }

    // A stem, and a head as one exporter or another writes it; nine classes.
    private static TestModel Model(string head)
    {
        TestModel model = new TestModel().Input("x", "N", 3, 8, 8).Weights("stem.weight", 8, 3, 3, 3)
            .Node("Conv", "conv", ["x", "stem.weight"], OnnxGraph.Attribute("pads", 1, 1, 1, 1)).Node("Relu", "stem", ["conv"]);
        return head switch
        {
            "linear" => model.Weights("fc.weight", 9, 8).Weights("fc.bias", 9).Node("GlobalAveragePool", "pool", ["stem"]).Node("Flatten", "flat", ["pool"])
                .Node("Gemm", "y", ["flat", "fc.weight", "fc.bias"], OnnxGraph.Attribute("transB", 1L)).Output("y"),
            "matmul, softmax" => model.Weights("w", 8, 9).Weights("b", 9).Node("ReduceMean", "pool", ["stem"], OnnxGraph.Attribute("axes", 2, 3), OnnxGraph.Attribute("keepdims", 0L))
                .Node("MatMul", "product", ["pool", "w"]).Node("Add", "logits", ["product", "b"]).Node("Softmax", "y", ["logits"]).Output("y"),
            "convolution before the pool" => model.Weights("head.weight", 9, 8, 1, 1).Weights("head.bias", 9).Integers("shape", 0, 9)
                .Node("Conv", "maps", ["stem", "head.weight", "head.bias"]).Node("GlobalAveragePool", "pool", ["maps"]).Node("Reshape", "y", ["pool", "shape"]).Output("y"),
            _ => model.Node("GlobalAveragePool", "pool", ["stem"]).Node("Flatten", "y", ["pool"]).Output("y"),
        };
    }

    private static List<double> Train(IBackend backend, ImportedNetwork network, int steps)
    {
        using TrainingPlan plan = backend.CreateTrainingPlan(
            Lowering.ForTraining(network.Definition), network.Weights, BatchSize, new CompileOptions { Precision = Precision.Float32 });
        Optimizer optimizer = new SgdOptions { Momentum = 0.9 }.Create(plan.State, plan.Parallel);
        var loss = new SoftmaxCrossEntropy(Classes);
        var gradient = new Tensor([BatchSize, Classes]);
        var images = new Tensor([BatchSize, 3, 8, 8]);
        int[] labels = [.. Enumerable.Range(0, BatchSize).Select(i => i % Classes)];
        for (int i = 0; i < images.Span.Length; i++)
        {
            (int image, int channel) = (i / 192, i / 64 % 3);
            images.Span[i] = (channel == labels[image] ? 1 : 0) + (((i * 7919 % 101) - 50) / 200f);
        }

        var losses = new List<double>();
        for (int step = 0; step < steps; step++)
        {
            losses.Add(loss.Compute(plan.Forward(new StepContext(Seed: 1, step), images), labels, gradient).Loss);
            plan.Backward(gradient);
            optimizer.Step(learningRate: 0.2);
        }

        return losses;
    }
}
