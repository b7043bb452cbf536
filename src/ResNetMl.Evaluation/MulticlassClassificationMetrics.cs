using System.Text.Json.Serialization;
using ResNetMl.Evaluation;

namespace ResNetMl.Data;

/// <summary>How well a classifier of mutually exclusive classes did on labelled examples.</summary>
/// <remarks>
/// <para>Names and meanings are ML.NET's; beyond it: class names, F1, support, and the examples left out.</para>
/// <para>Equal scores rank the lower class index first. An example whose label no class of the model stands for ("unseen in training")
/// counts as wrong in <see cref="MicroAccuracy"/> and <see cref="TopKAccuracyForAllK"/>, adds −ln(1e-15) to <see cref="LogLoss"/>, and
/// is in no per-class number, as in ML.NET.</para>
/// <para><c>JsonSerializer</c> writes and reads it: camelCase, rows of the matrix actual, bit for bit the same numbers after reading.
/// A number that JSON cannot write (NaN, −∞) is written as null and computed again on reading.</para>
/// </remarks>
[JsonConverter(typeof(MetricsJsonConverter))]
public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(
        ConfusionMatrix confusionMatrix,
        double[] perClassLogLoss,
        double logLoss,
        double[]? topKAccuracies,
        long unseenLabelCount,
        LeftOutExamples leftOut)
    {
        double[] support = confusionMatrix.ActualCounts;
        double[] predicted = confusionMatrix.PredictedCounts;
        PerClassMetrics[] perClass = new PerClassMetrics[support.Length];
        double seen = 0, correct = 0, recallSum = 0, f1Sum = 0, weightedF1Sum = 0;
        int presentClasses = 0;

        for (int index = 0; index < perClass.Length; index++)
        {
            double truePositives = confusionMatrix.Counts[index][index];
            double involved = support[index] + predicted[index];
            double f1 = involved > 0 ? 2 * truePositives / involved : 0;

            perClass[index] = new PerClassMetrics(
                confusionMatrix.ClassNames[index],
                (long)support[index],
                (long)predicted[index],
                confusionMatrix.PerClassPrecision[index],
                confusionMatrix.PerClassRecall[index],
                f1,
                perClassLogLoss[index]);

            seen += support[index];
            correct += truePositives;
            if (support[index] > 0)
            {
                presentClasses++;
                recallSum += confusionMatrix.PerClassRecall[index];
                f1Sum += f1;
                weightedF1Sum += support[index] * f1;
            }
        }

        double examples = seen + unseenLabelCount;
        double entropy = Entropy(support, examples);

        ConfusionMatrix = confusionMatrix;
        PerClass = Array.AsReadOnly(perClass);
        PerClassLogLoss = Array.AsReadOnly(perClassLogLoss);
        ExampleCount = (long)examples;
        UnseenLabelCount = unseenLabelCount;
        LeftOut = leftOut;
        MicroAccuracy = examples > 0 ? correct / examples : 0;
        MacroAccuracy = presentClasses > 0 ? recallSum / presentClasses : 0;
        MacroF1 = presentClasses > 0 ? f1Sum / presentClasses : 0;
        WeightedF1 = seen > 0 ? weightedF1Sum / seen : 0;
        LogLoss = logLoss;
        LogLossReduction = (entropy - logLoss) / entropy;
        TopKAccuracyForAllK = topKAccuracies is null ? null : Array.AsReadOnly(topKAccuracies);
    }

    /// <summary>Share of all examples whose label has the highest score: top-1 accuracy.</summary>
    /// <value>In [0, 1]; higher is better; 0 without examples.</value>
    public double MicroAccuracy { get; }

    /// <summary>Mean of the classes' recalls, so that a rare class weighs as much as a frequent one. Classes without examples take no
    /// part.</summary>
    /// <value>In [0, 1]; higher is better; 0 without examples.</value>
    public double MacroAccuracy { get; }

    /// <summary>Mean of −ln p(true class), in nats, with p clamped to [1e-15, 1].</summary>
    /// <value>In [0, 34.54]; lower is better; 0 without examples.</value>
    public double LogLoss { get; }

    /// <summary>How much lower the log-loss is than that of always giving the class shares of these examples: (H − log-loss) / H, where H
    /// is
    /// the entropy of those shares.</summary>
    /// <value>In (−∞, 1]; higher is better, 0 is no better than the shares. With one class H is 0: −∞, or NaN when the log-loss is 0
    /// too.</value>
    public double LogLossReduction { get; }

    /// <summary>For each class, the mean of −ln p(true class) over its examples, in nats.</summary>
    /// <value>In [0, 34.54]; lower is better; 0 for a class without examples. (ML.NET's documentation gives a one-versus-rest formula;
    /// its code
    /// computes this.)</value>
    public IReadOnlyList<double> PerClassLogLoss { get; }

    /// <summary>The K of <see cref="TopKAccuracy"/>; 0 when it was not asked for.</summary>
    public int TopKPredictionCount => TopKAccuracyForAllK?.Count ?? 0;

    /// <summary>Share of examples whose label is among the <see cref="TopKPredictionCount"/> highest scores.</summary>
    /// <value>In [0, 1]; higher is better; 0 when <see cref="TopKPredictionCount"/> is 0.</value>
    public double TopKAccuracy => TopKAccuracyForAllK is { Count: > 0 } all ? all[^1] : 0;

    /// <summary>Top-k accuracy for k = 1 … <see cref="TopKPredictionCount"/>; the first is <see cref="MicroAccuracy"/>. From k = number
    /// of classes
    /// on it stays at the share of examples whose label the model knows.</summary>
    /// <value>Each in [0, 1], not falling; higher is better. Null when <see cref="TopKPredictionCount"/> is 0.</value>
    public IReadOnlyList<double>? TopKAccuracyForAllK { get; }

    /// <summary>Counts of every pair of classes: rows actual, columns predicted.</summary>
    public ConfusionMatrix ConfusionMatrix { get; }

    /// <summary>Name of each class, in the order of the scores.</summary>
    public IReadOnlyList<string> ClassNames => ConfusionMatrix.ClassNames;

    /// <summary>Precision, recall, F1, support and log-loss of each class, in the order of the scores.</summary>
    public IReadOnlyList<PerClassMetrics> PerClass { get; }

    /// <summary>Mean of the classes' F1. Classes without examples take no part, as in <see cref="MacroAccuracy"/>.</summary>
    /// <value>In [0, 1]; higher is better; 0 without examples.</value>
    public double MacroF1 { get; }

    /// <summary>Mean of the classes' F1, each weighing as many times as it has examples.</summary>
    /// <value>In [0, 1]; higher is better; 0 without examples.</value>
    public double WeightedF1 { get; }

    /// <summary>Number of examples measured: those in <see cref="ConfusionMatrix"/> and the <see cref="UnseenLabelCount"/>; not the
    /// <see cref="LeftOut"/>.</summary>
    public long ExampleCount { get; }

    /// <summary>Number of measured examples whose label no class of the model stands for.</summary>
    public long UnseenLabelCount { get; }

    /// <summary>Examples that take no part in any of these numbers, by reason.</summary>
    public LeftOutExamples LeftOut { get; }

    // As in ML.NET, unseen labels have no term of their own but are part of the whole.
    private static double Entropy(double[] support, double examples)
    {
        double entropy = 0;
        foreach (double count in support)
        {
            if (count > 0)
            {
                entropy -= count / examples * Math.Log(count / examples);
            }
        }

        return entropy;
    }
}
