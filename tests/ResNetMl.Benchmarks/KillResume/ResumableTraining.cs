using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Vision;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Benchmarks.KillResume;

/// <summary>The training that is killed: a small residual network with everything that has state or draws random numbers.</summary>
internal static class ResumableTraining
{
    /// <summary>Lines on stdout begin so, then comes the fingerprint of the result.</summary>
    internal const string ResultPrefix = "result ";

    /// <summary>Says on stdout that the first step is about to begin: what is killed before is no training.</summary>
    internal const string StartedLine = "training";

    internal static int Run(IBackend backend, string folder, int threads, int checkpointSteps)
    {
        var options = new TrainerOptions
        {
            Preprocessing = new Preprocessing(
                new ResizeExactly(NoisyPatches.Side, NoisyPatches.Side), null, ChannelOrder.Rgb, [0.4f, 0.4f, 0.4f], [0.25f, 0.25f, 0.25f]),
            Backend = backend,
            Threads = threads,
            Epochs = 5,
            BatchSize = 32,
            Optimizer = new SgdOptions { Nesterov = true, WeightDecay = 1e-3, DecaysBatchNormAndBiases = false },
            Schedule = new OneCycleSchedule(0.1),
            Augmentations = [new PadAndCrop(2), new HorizontalFlip(), new RandomErasing(0.2)],
            LabelSmoothing = 0.1,
            ClipNorm = 5,
            EarlyStopping = new EarlyStoppingOptions { Metric = EarlyStoppingMetric.Loss, Patience = 100 },
            CheckpointFolder = folder,
            CheckpointInterval = TimeSpan.FromMilliseconds(20),
            CheckpointSteps = checkpointSteps,
            Resumes = true,
        };
        Console.WriteLine(StartedLine);
        TrainingResult result = new Trainer(options).Train(Network(), new NoisyPatches(1000));
        Console.WriteLine($"{ResultPrefix}{Fingerprint(result)}");
        foreach (string warning in result.Warnings)
        {
            Console.Error.WriteLine(warning);
        }

        return result.Warnings.Count == 0 ? 0 : 1;
    }

    /// <summary>Stem, a residual block, a second one at half the resolution with a projection, dropout, classifier.</summary>
    private static NetworkDefinition Network() => NetworkDefinition.FromLayer(
        "resumable",
        [3, NoisyPatches.Side, NoisyPatches.Side],
        Sequence(
            Conv3x3(3, 8).Named("conv1"), BatchNorm(8).Named("bn1"), Relu(),
            Blocks.Residual(Blocks.BasicBranch(8, 8, 1), Identity()).Named("layer1"),
            Blocks.Residual(
                Blocks.BasicBranch(8, 16, 2), Sequence(Conv1x1(8, 16, 2).Named("0"), BatchNorm(16).Named("1")).Named("downsample")).Named("layer2"),
            GlobalAveragePool(), Flatten(), Dropout(0.2f), Linear(16, 3).Named("fc")));

    /// <summary>Weights and learning curve, to the last bit; times left out.</summary>
    private static string Fingerprint(TrainingResult result) => string.Join(
        ' ',
        result.History.Select(record => string.Create(
                CultureInfo.InvariantCulture,
                $"{record.TrainingLoss:R}/{record.TrainingAccuracy:R}/{record.ValidationLoss:R}/{record.ValidationAccuracy:R}"))
            .Append($"best {result.BestEpoch}, {result.Steps} steps, weights {result.Model.WeightsSha256()}"));
}
