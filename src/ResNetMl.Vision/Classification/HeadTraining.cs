using ResNetMl.Engine;
using ResNetMl.Trainers;
using Dataset = ResNetMl.Vision.ImageClassificationTrainer.ImageClassificationMetrics.Dataset;

namespace ResNetMl.Vision;

/// <summary>Trains a linear head on scaled features: softmax, cross-entropy, plain gradient descent, rows in their order, as ML.NET's trainer does.</summary>
/// <remarks>
/// Unlike there, the best epoch's head is kept: by validation accuracy, ties by validation cross-entropy, the earlier of equal ones. Without validation rows the
/// last is.
/// </remarks>
internal sealed class HeadTraining
{
    public required int Classes { get; init; }

    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Null: <see cref="LearningRate"/> at every step.</summary>
    public required LearningRateScheduler? Scheduler { get; init; }

    public required float LearningRate { get; init; }

    public required ImageClassificationTrainer.EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Whether training rows are reported, and watched where there are no others.</summary>
    public required bool TestsOnTrainingRows { get; init; }

    /// <summary>Share of each target spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>What a row counts, by class; null for 1.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    public Action<ImageClassificationTrainer.TrainMetrics>? Measured { get; init; }

    public CancellationToken Token { get; init; }

    /// <summary>Trains.</summary>
    /// <param name="head">Trained in place until its last epoch.</param>
    /// <param name="training">Scaled rows.</param>
    /// <param name="validation">Scaled rows; null for none.</param>
    public HeadTrainingResult Train(SoftmaxHead head, ScaledRows training, ScaledRows? validation)
    {
        int batches = (training.Count + BatchSize - 1) / BatchSize;
        var history = new List<HeadEpoch>();
        SoftmaxHead? best = null;
        int bestEpoch = -1;
        bool hasStopped = false;
        for (int epoch = 0; epoch < Epochs && !hasStopped; epoch++)
        {
            (ImageClassificationTrainer.TrainMetrics learned, float rate) = RunEpoch(head, training, batches, epoch);
            ImageClassificationTrainer.TrainMetrics? held = validation is null ? null : Measure(head, validation, epoch, rate);
            if (TestsOnTrainingRows)
            {
                Measured?.Invoke(learned);
            }

            if (held is not null)
            {
                Measured?.Invoke(held);
            }

            history.Add(new HeadEpoch(learned, held));
            if (held is not null && (bestEpoch < 0 || IsBetter(held, history[bestEpoch].Validation!)))
            {
                (best, bestEpoch) = (head.Copy(), epoch);
            }

            hasStopped = (held ?? (TestsOnTrainingRows ? learned : null)) is { } watched && EarlyStopping?.ShouldStop(watched) == true;
        }

        return new HeadTrainingResult(best ?? head, history, bestEpoch < 0 ? history.Count - 1 : bestEpoch, hasStopped);
    }

    private static bool IsBetter(ImageClassificationTrainer.TrainMetrics metrics, ImageClassificationTrainer.TrainMetrics best) =>
        metrics.Accuracy > best.Accuracy || (metrics.Accuracy == best.Accuracy && metrics.CrossEntropy < best.CrossEntropy);

    private (ImageClassificationTrainer.TrainMetrics Metrics, float Rate) RunEpoch(SoftmaxHead head, ScaledRows rows, int batches, int epoch)
    {
        var errors = new float[BatchSize * Classes];
        double loss = 0;
        int correct = 0;
        float rate = LearningRate;
        for (int batch = 0; batch < batches; batch++)
        {
            Token.ThrowIfCancellationRequested();
            int first = batch * BatchSize;
            int count = Math.Min(BatchSize, rows.Count - first);
            rate = Scheduler?.GetLearningRate(new TrainState(BatchSize, batches, batch, epoch)) ?? LearningRate;
            double batchLoss = 0;
            double batchWeight = 0;
            for (int row = 0; row < count; row++)
            {
                Span<float> error = errors.AsSpan(row * Classes, Classes);
                head.Score(rows.Row(first + row), error);
                int label = rows.Classes[first + row];
                correct += Data.MulticlassColumns.BestOf(error) == label ? 1 : 0;
                batchLoss += LossOf(error, label);
                batchWeight += WeightOf(label);
                ToError(error, label);
            }

            if (!double.IsFinite(batchLoss) || !float.IsFinite(rate))
            {
                throw new NonFiniteLossException(epoch, batch, batches, batchLoss, rate);
            }

            loss += batchLoss;

            // The weighted mean, as torch.nn.CrossEntropyLoss has it: weights change the shares of rows, not the length of a step.
            Scale(errors.AsSpan(0, count * Classes), (float)(batchWeight > 0 ? count / batchWeight : 0));
            head.Step(rows.Rows(first, count), errors, count, rate);
        }

        return (Metrics(Dataset.Train, epoch, batches, correct, loss, rows.Count, rate), rate);
    }

    private ImageClassificationTrainer.TrainMetrics Measure(SoftmaxHead head, ScaledRows rows, int epoch, float rate)
    {
        var probabilities = new float[Classes];
        double loss = 0;
        int correct = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            head.Score(rows.Row(row), probabilities);
            correct += Data.MulticlassColumns.BestOf(probabilities) == rows.Classes[row] ? 1 : 0;
            loss -= Math.Log(Math.Max(probabilities[rows.Classes[row]], float.Epsilon));
        }

        return Metrics(Dataset.Validation, epoch, (rows.Count + BatchSize - 1) / BatchSize, correct, loss, rows.Count, rate);
    }

    private ImageClassificationTrainer.TrainMetrics Metrics(Dataset dataset, int epoch, int batches, int correct, double loss, int count, float rate) => new()
    {
        DatasetUsed = dataset,
        BatchProcessedCount = batches,
        BatchesPerEpoch = batches,
        Epoch = epoch,
        TotalEpochs = Epochs,
        Accuracy = (float)correct / count,
        CrossEntropy = (float)(loss / count),
        LearningRate = rate,
    };

    /// <summary>Cross-entropy with the label itself, smoothed or not: what is reported is comparable.</summary>
    private static double LossOf(ReadOnlySpan<float> probabilities, int label) => -Math.Log(Math.Max(probabilities[label], float.Epsilon));

    /// <summary>The gradient of a row's loss by its logits: probability − target, times what the row counts, as torch.nn.CrossEntropyLoss has it.</summary>
    private void ToError(Span<float> probabilities, int label)
    {
        double spread = LabelSmoothing / Classes;
        double own = (1 - LabelSmoothing) * WeightOf(label);
        double all = own + (spread * (ClassWeights?.Sum() ?? Classes));
        for (int k = 0; k < probabilities.Length; k++)
        {
            double target = (spread * WeightOf(k)) + (k == label ? own : 0);
            probabilities[k] = (float)((probabilities[k] * all) - target);
        }
    }

    private double WeightOf(int label) => ClassWeights?[label] ?? 1;

    private static void Scale(Span<float> values, float factor)
    {
        if (factor != 1)
        {
            foreach (ref float value in values)
            {
                value *= factor;
            }
        }
    }
}

/// <summary>Rows of scaled features.</summary>
/// <param name="Values">Row after row.</param>
/// <param name="FeatureCount">Values of a row.</param>
/// <param name="Classes">For each row its class.</param>
internal sealed record ScaledRows(float[] Values, int FeatureCount, IReadOnlyList<int> Classes)
{
    public int Count => Classes.Count;

    public ReadOnlySpan<float> Row(int row) => Rows(row, 1);

    public ReadOnlySpan<float> Rows(int first, int count) => Values.AsSpan(first * FeatureCount, count * FeatureCount);
}

/// <summary>An epoch as it was measured.</summary>
internal sealed record HeadEpoch(ImageClassificationTrainer.TrainMetrics Training, ImageClassificationTrainer.TrainMetrics? Validation);

/// <summary>What a head's training leaves.</summary>
/// <param name="Head">The kept head, of scaled features.</param>
/// <param name="History">Every epoch.</param>
/// <param name="BestEpoch">Whose head it is, from 0.</param>
/// <param name="HasStopped">Whether early stopping ended it.</param>
internal sealed record HeadTrainingResult(SoftmaxHead Head, IReadOnlyList<HeadEpoch> History, int BestEpoch, bool HasStopped);
