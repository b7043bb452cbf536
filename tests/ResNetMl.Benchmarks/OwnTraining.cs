using System.Diagnostics;
using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Benchmarks;

/// <summary>SGD steps of a network on one fixed batch with one of our backends: the same work as peers/torch_training.py.</summary>
internal sealed class OwnTraining : IDisposable
{
    private readonly TrainingPlan _plan;
    private readonly Optimizer _optimizer;
    private readonly SoftmaxCrossEntropy _loss;
    private readonly Tensor _images;
    private readonly Tensor _logitsGradient;
    private readonly int[] _labels;
    private long _step;

    internal OwnTraining(IBackend backend, string network, Shape inputShape, int batchSize, int threads)
    {
        const int Classes = 10;
        NetworkDefinition definition = NetworkCatalog.Define(network, Classes, inputShape);
        _plan = backend.CreateTrainingPlan(
            Lowering.ForTraining(definition),
            InitialState.Create(definition, seed: 1),
            batchSize,
            new CompileOptions { Threads = threads, Precision = Precision.Float32 });
        _optimizer = new SgdOptions { Momentum = 0.9, WeightDecay = 1e-4 }.Create(_plan.State, _plan.Parallel);
        _loss = new SoftmaxCrossEntropy(Classes);
        _logitsGradient = new Tensor([batchSize, Classes]);
        _images = new Tensor(inputShape.Prepend(batchSize));
        var random = new Random(1);
        foreach (ref float pixel in _images.Span)
        {
            pixel = (float)((random.NextDouble() * 2) - 1);
        }

        _labels = [.. Enumerable.Range(0, batchSize).Select(_ => random.Next(Classes))];
        TrainingMultiplyAdds = 3 * definition.MultiplyAdds * batchSize;
    }

    /// <summary>Multiply-adds of one step: forward, gradient of the data and gradient of the weights cost as much each.</summary>
    internal long TrainingMultiplyAdds { get; }

    /// <summary>Seconds that a number of steps took.</summary>
    internal double Run(int steps)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
        {
            Step(_images, _labels);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>One step on a batch of the plan's size.</summary>
    internal void Step(Tensor images, ReadOnlySpan<int> labels)
    {
        Tensor logits = _plan.Forward(new StepContext(Seed: 1, _step++), images);
        _loss.Compute(logits, labels, _logitsGradient);
        _plan.Backward(_logitsGradient);
        _optimizer.Step(learningRate: 0.01);
    }

    public void Dispose() => _plan.Dispose();
}
