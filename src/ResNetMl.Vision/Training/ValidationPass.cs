using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Scores all examples of a set with the weights of the moment: running statistics, batch norm folded, no dropout, no augmentation.</summary>
internal sealed class ValidationPass : IDisposable
{
    private readonly BatchLoader _loader;
    private readonly NetworkDefinition _definition;
    private readonly IBackend _backend;
    private readonly CompileOptions _compile;
    private readonly int _batchSize;

    internal ValidationPass(DecodedExamples examples, NetworkDefinition definition, IBackend backend, CompileOptions compile, int batchSize)
    {
        _batchSize = Math.Min(batchSize, examples.Count);
        _loader = new BatchLoader(examples, BatchLoaderOptions.Evaluation(_batchSize, LastBatch.Padded));
        _definition = definition;
        _backend = backend;
        _compile = compile;
    }

    /// <summary>Batches in the set.</summary>
    internal int Batches => _loader.StepsPerEpoch;

    /// <summary>Mean cross-entropy and accuracy over the set.</summary>
    /// <param name="weights">The network's state.</param>
    /// <param name="progress">Told after each batch: batches and images done, loss and accuracy so far.</param>
    /// <param name="token">Ends the pass with an <see cref="OperationCanceledException"/>.</param>
    internal (double Loss, double Accuracy) Run(StateDictionary weights, Action<int, int, double, double> progress, CancellationToken token)
    {
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(_definition, weights);
        using CompiledNetwork network = _backend.Compile(operations, folded, _compile);
        using Plan plan = network.CreatePlan(_batchSize);
        int classes = ModelChecks.Classes(_definition);
        double lossSum = 0;
        int correct = 0;
        int images = 0;
        _loader.Start(epochs: 1);
        while (_loader.Next(token) is { } batch)
        {
            ReadOnlySpan<float> logits = plan.Run(batch.Images).Span;
            for (int n = 0; n < batch.Count; n++)
            {
                (double loss, bool isRight) = Score(logits.Slice(n * classes, classes), batch.Labels[n]);
                lossSum += loss;
                correct += isRight ? 1 : 0;
            }

            images += batch.Count;
            progress(batch.Step + 1, images, lossSum / images, (double)correct / images);
        }

        return (lossSum / images, (double)correct / images);
    }

    public void Dispose() => _loader.Dispose();

    /// <summary>−log softmax(logits)[label] in double, and whether the label has the highest logit (the first of equal ones).</summary>
    private static (double Loss, bool IsRight) Score(ReadOnlySpan<float> logits, int label)
    {
        int best = 0;
        for (int k = 1; k < logits.Length; k++)
        {
            best = logits[k] > logits[best] ? k : best;
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - logits[best]);
        }

        return (Math.Log(sum) - ((double)logits[label] - logits[best]), best == label);
    }
}
