using ResNetMl.Engine;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Benchmarks.Exporters;

/// <summary>One ONNX file of another program, its input and that program's logits: read, run, written again and trained.</summary>
internal sealed class ExportedModel
{
    private const int Classes = 3;
    private readonly Tensor _images;
    private readonly Tensor _logits;

    /// <exception cref="InterchangeException">Our import refuses the file.</exception>
    internal ExportedModel(string path)
    {
        _images = NpyFile.Read($"{path}.input.npy");
        _logits = NpyFile.Read($"{path}.logits.npy");
        Network = OnnxFile.Read($"{path}.onnx", new OnnxImportOptions { InputShape = new Shape(_images.Shape.AsSpan()[1..]) });
    }

    internal ImportedNetwork Network { get; }

    /// <summary>The largest difference of a logit on a backend, relative to the largest logit.</summary>
    internal double DifferenceOn(IBackend backend)
    {
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(Network.Definition, Network.Weights);
        using CompiledNetwork compiled = backend.Compile(operations, folded, new CompileOptions { Precision = Precision.Float32 });
        using Plan plan = compiled.CreatePlan(Network.HasBatchAxis ? _images.Shape[0] : 1);
        return Difference(images => plan.Run(images));
    }

    /// <summary>The same in ONNX Runtime after our own export.</summary>
    internal double DifferenceAfterExport()
    {
        using OnnxRuntimeModel model = OnnxRuntimeModel.Load(OnnxFile.ToBytes(Network));
        return Difference(model.Run);
    }

    /// <summary>A new head for three classes learns two images by heart: the first and the last loss of a few steps.</summary>
    internal (double First, double Last) FineTune(IBackend backend, int steps)
    {
        ImportedNetwork network = Network.WithClasses(Classes, seed: 1);
        int count = _images.Shape[0];
        using TrainingPlan plan = backend.CreateTrainingPlan(
            Lowering.ForTraining(network.Definition), network.Weights, count, new CompileOptions { Precision = Precision.Float32 });
        Optimizer optimizer = new SgdOptions().Create(plan.State, plan.Parallel);
        var norm = new GradientNorm(plan.State, plan.Parallel);
        var loss = new SoftmaxCrossEntropy(Classes);
        var gradient = new Tensor([count, Classes]);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % Classes)];
        (double first, double last) = (double.NaN, double.NaN);
        for (int step = 0; step <= steps; step++)
        {
            last = loss.Compute(plan.Forward(new StepContext(Seed: 1, step), _images), labels, gradient).Loss;
            first = step == 0 ? last : first;
            plan.Backward(gradient);

            // Random weights without their batch norms have gradients of any size: each step is at most this long.
            optimizer.Step(learningRate: 0.01, GradientNorm.ClipScale(norm.Compute(), maximumNorm: 1));
        }

        return (first, last);
    }

    private double Difference(Func<Tensor, Tensor> run) => Difference(Network.HasBatchAxis ? run(_images) : OneByOne(run));

    /// <summary>A file that was exported with one image, and whose operators mix axis 0, is read as a graph without a batch.</summary>
    private Tensor OneByOne(Func<Tensor, Tensor> run)
    {
        var logits = new Tensor(_logits.Shape);
        int length = (int)(_images.Shape.ElementCount / _images.Shape[0]);
        int classes = _logits.Shape[1];
        for (int i = 0; i < _images.Shape[0]; i++)
        {
            var image = new Tensor(_images.Shape.With(0, 1).Prepend(1), _images.Span.Slice(i * length, length));
            run(image).Span[..classes].CopyTo(logits.Span[(i * classes)..]);
        }

        return logits;
    }

    private double Difference(Tensor actual)
    {
        if (actual.Shape != _logits.Shape)
        {
            throw new InvalidOperationException($"expected logits {_logits.Shape}, got {actual.Shape}.");
        }

        (double largest, double difference) = (0, 0);
        for (int i = 0; i < _logits.Span.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(_logits.Span[i]));
            double own = Math.Abs((double)actual.Span[i] - _logits.Span[i]);
            difference = own <= difference ? difference : own;
        }

        return difference / largest;
    }
}
