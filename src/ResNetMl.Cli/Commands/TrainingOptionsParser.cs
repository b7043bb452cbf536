using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>The options of <c>train</c> that describe the optimisation, and what they mean for the library.</summary>
internal static class TrainingOptionsParser
{
    private static readonly Option<int> Epochs = Number("--epochs", "Passes over the training images.", 30);
    private static readonly Option<int> BatchSize = Number("--batch-size", "Images in a step.", 128);

    private static readonly Option<string> OptimizerName = Choice("--optimizer", "Optimiser.", "sgd", "adamw");

    private static readonly Option<double?> LearningRate = new("--learning-rate")
    {
        Description = "Highest learning rate; 0.1 for sgd and 0.001 for adamw where not given.",
        HelpName = "RATE",
    };

    private static readonly Option<string> Schedule = Choice(
        "--schedule", "How the learning rate moves.", "one-cycle", "cosine", "step", "constant");

    private static readonly Option<double> WarmUpEpochs = Fraction("--warm-up-epochs", "Epochs over which the rate rises first; one-cycle has its own.", 0);
    private static readonly Option<double> Momentum = Fraction("--momentum", "Momentum of sgd.", 0.9);
    private static readonly Option<bool> Nesterov = new("--nesterov") { Description = "Nesterov's momentum." };
    private static readonly Option<double> WeightDecay = Fraction("--weight-decay", "Weight decay.", 5e-4);
    private static readonly Option<bool> DecayAll = new("--decay-batch-norm")
    {
        Description = "Let weight decay act on batch norm and biases too.",
    };

    private static readonly Option<double> L1 = Fraction("--l1", "L1 penalty.", 0);
    private static readonly Option<double> L2 = Fraction("--l2", "L2 penalty.", 0);
    private static readonly Option<double> LabelSmoothing = Fraction("--label-smoothing", "Share of each label spread over all classes.", 0);
    private static readonly Option<double?> ClipNorm = new("--clip-norm")
    {
        Description = "Longest gradient; longer ones are scaled down.",
        HelpName = "NORM",
    };

    private static readonly Option<string> AugmentationName = Choice(
        "--augmentation", "Random changes of training images: mirror images, a shift by padding 4 and cropping, crops of random size.", "flip-and-shift", "flip", "shift", "crop", "none");

    private static readonly Option<double> ValidationFraction = Fraction(
        "--validation-fraction", "Share of the training images held out to watch the training.", 0.1);

    private static readonly Option<int?> Patience = new("--early-stopping")
    {
        Description = "Stop when the validation accuracy has not risen for N epochs; the best weights are kept.",
        HelpName = "N",
    };

    private static readonly Option<int> CheckpointSeconds = Number("--checkpoint-seconds", "Longest time between two checkpoints.", 60);

    private static readonly Option<int> CheckpointSteps = Number("--checkpoint-steps", "Steps between two checkpoints; 0: by time alone.", 0);

    internal static readonly Option<bool> Strict = new("--strict") { Description = "Stop at an image that cannot be read, instead of leaving it out." };

    internal static void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            Epochs, BatchSize, OptimizerName, LearningRate, Schedule, WarmUpEpochs, Momentum, Nesterov, WeightDecay, DecayAll, L1, L2,
            LabelSmoothing, ClipNorm, AugmentationName, ValidationFraction, Patience, CheckpointSeconds, CheckpointSteps, Strict,
        })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The trainer's options; preprocessing and checkpoint folder are the caller's to set.</summary>
    internal static TrainerOptions Read(CommandContext context, TrainingExecutor executor)
    {
        bool isSgd = context.Get(OptimizerName) == "sgd";
        double rate = context.Get(LearningRate) ?? (isSgd ? 0.1 : 0.001);
        OptimizerOptions optimizer = isSgd
            ? new SgdOptions { Momentum = context.Get(Momentum), Nesterov = context.Get(Nesterov) }
            : new AdamWOptions();
        return new TrainerOptions
        {
            Preprocessing = Preprocessing.Cifar,
            Seed = context.Get(CommonOptions.Seed),
            Backend = executor.Backend,
            Threads = executor.Threads,
            Precision = executor.Precision,
            Epochs = context.Get(Epochs),
            BatchSize = context.Get(BatchSize),
            Optimizer = optimizer with
            {
                WeightDecay = context.Get(WeightDecay),
                DecaysBatchNormAndBiases = context.Get(DecayAll),
                L1Penalty = context.Get(L1),
                L2Penalty = context.Get(L2),
            },
            Schedule = ReadSchedule(context, rate),
            Augmentations = ReadAugmentations(context.Get(AugmentationName)),
            LabelSmoothing = context.Get(LabelSmoothing),
            ClipNorm = context.Get(ClipNorm),
            ValidationFraction = context.Get(ValidationFraction),
            EarlyStopping = context.Get(Patience) is { } patience
                ? new EarlyStoppingOptions { Metric = EarlyStoppingMetric.Accuracy, Patience = patience }
                : null,
            CheckpointInterval = TimeSpan.FromSeconds(context.Get(CheckpointSeconds)),
            CheckpointSteps = context.Get(CheckpointSteps),
            StopsAtBadImage = context.Get(Strict),
        };
    }

    private static LearningRateSchedule ReadSchedule(CommandContext context, double rate)
    {
        int epochs = context.Get(Epochs);
        LearningRateSchedule schedule = context.Get(Schedule) switch
        {
            "one-cycle" => new OneCycleSchedule(rate),
            "cosine" => new CosineSchedule(rate),
            "constant" => new ConstantSchedule(rate),

            // He et al. 2015, section 4.2: divided by 10 at 32k and 48k of 64k steps, that is at a half and three quarters of the way.
            _ => new MultiStepSchedule(rate, [epochs / 2, epochs * 3 / 4], 0.1),
        };
        return schedule with { WarmUpEpochs = context.Get(WarmUpEpochs) };
    }

    private static IReadOnlyList<Augmentation> ReadAugmentations(string name) => name switch
    {
        "flip-and-shift" => Augmentation.Cifar,
        "flip" => [new HorizontalFlip()],
        "shift" => [new PadAndCrop()],
        "crop" => Augmentation.ImageNet,
        _ => [],
    };

    private static Option<int> Number(string name, string description, int otherwise) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        HelpName = "N",
    };

    private static Option<double> Fraction(string name, string description, double otherwise) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        HelpName = "X",
    };

    /// <summary>An option that takes one of a few words; the first is the default.</summary>
    private static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description} One of {string.Join(", ", words)}.",
            DefaultValueFactory = _ => words[0],
            HelpName = "NAME",
        };
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !words.Contains(word))
            {
                result.AddError($"{name} {word}: expected {string.Join(", ", words[..^1])} or {words[^1]}.");
            }
        });
        return option;
    }
}
