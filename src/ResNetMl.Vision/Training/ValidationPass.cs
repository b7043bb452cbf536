using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Scores all examples of a set with the weights of the moment: running statistics, batch norm folded, no dropout, no augmentation.</summary>
/// <param name="source">The examples as the learned part reads them, in order, the last batch padded.</param>
/// <param name="definition">The learned part.</param>
/// <param name="backend">What computes.</param>
/// <param name="compile">Threads and precision.</param>
internal sealed class ValidationPass(BatchSource source, NetworkDefinition definition, IBackend backend, CompileOptions compile)
{
    /// <summary>Batches in the set.</summary>
    internal int Batches => source.StepsPerEpoch;

    /// <summary>Mean cross-entropy and accuracy over the set.</summary>
    /// <param name="weights">The network's state.</param>
    /// <param name="progress">Told after each batch: batches and images done, loss and accuracy so far.</param>
    /// <param name="token">Ends the pass with an <see cref="OperationCanceledException"/>.</param>
    internal (double Loss, double Accuracy) Run(StateDictionary weights, Action<int, int, double, double> progress, CancellationToken token)
    {
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(definition, weights);
        using CompiledNetwork network = backend.Compile(operations, folded, compile);
        using Plan plan = network.CreatePlan(source.BatchSize);
        int classes = definition.ShapeOf(definition.Outputs[0])[1];
        double lossSum = 0;
        int correct = 0;
        int images = 0;
        int batches = 0;
        source.Start(epoch: 0, step: 0);
        while (source.Next(token))
        {
            ReadOnlySpan<float> logits = plan.Run(source.Inputs).Span;
            for (int n = 0; n < source.Count; n++)
            {
                (double loss, bool isRight) = Score(logits.Slice(n * classes, classes), source.Labels[n]);
                lossSum += loss;
                correct += isRight ? 1 : 0;
            }

            images += source.Count;
            progress(++batches, images, lossSum / images, (double)correct / images);
        }

        return (lossSum / images, (double)correct / images);
    }

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
