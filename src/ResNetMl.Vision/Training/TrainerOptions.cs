using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>All that a training depends on besides network, examples and machine. Immutable; a training leaves nothing in it.</summary>
/// <remarks>
/// Same options, network, examples, executor, threads, CPU features and library versions give the same weights, bit for bit: every random
/// number is a pure function of seed, epoch, step and example.
/// </remarks>
public sealed record TrainerOptions
{
    /// <summary>What every image goes through, in training after decoding, and in the model made.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>What computes: the executor.</summary>
    public required IBackend Backend { get; init; }

    /// <summary>Where all random numbers come from: first weights, order, augmentation, dropout, the validation split.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Passes over the training examples, ≥ 1.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>
    /// Images in a step, ≥ 1; fewer where there are fewer examples. Every step is full: the examples left over at an epoch's end are left
    /// out of that epoch, others in each since the order is new (PyTorch: drop_last=True).
    /// </summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>What moves the weights. He et al. 2015, section 4.2: momentum 0.9, weight decay 1e-4.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions { WeightDecay = 1e-4 };

    /// <summary>How fast: up to 0.1 and down again.</summary>
    public LearningRateSchedule Schedule { get; init; } = new OneCycleSchedule(0.1);

    /// <summary>Random changes of the training images; none at all by default, since a flip makes another sign of some.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>Share of each label's target spread over all classes, in [0, 1).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How much the examples of each label count in the loss; null: each example the same.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>
    /// α ≥ 0 of mixup: rows of a batch are mixed in pairs, with a share drawn from Beta(α, α) at each step; 0 mixes none. Mixed is what enters the
    /// first trained layer: the images, or what the frozen layers before it make of them.
    /// </summary>
    public double Mixup { get; init; }

    /// <summary>
    /// The layers that are trained; null: all. The others are frozen: their weights and running statistics stay bit for bit, and those before the
    /// first trained layer run as in scoring, for each image only once where <see cref="Augmentations"/> and <see cref="FeatureCacheBytes"/> allow it.
    /// </summary>
    public LayerSelection? TrainedLayers { get; init; }

    /// <summary>What the learning rate is multiplied by in some layers; the first entry that has a layer counts, in all others it is 1.</summary>
    public IReadOnlyList<LearningRateFactor> LearningRateFactors { get; init; } = [];

    /// <summary>Whether all batch norms are frozen, in trained layers too: with few examples a batch's own statistics are noise.</summary>
    public bool FreezesBatchNorm { get; init; }

    /// <summary>
    /// Random views of each image that are shown in turn, one an epoch; 0 makes new ones in every epoch. With frozen layers a fixed number
    /// lets them run once for each view.
    /// </summary>
    public int AugmentedViews { get; init; }

    /// <summary>Most memory for what frozen layers made of the images; where more would be needed they run at every step, with the same result.</summary>
    public long FeatureCacheBytes { get; init; } = 2L << 30;

    /// <summary>Largest Euclidean norm of all gradients together; larger ones are scaled down to it. Null: no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Share of each label's examples held out for validation where no validation source is given, in [0, 1); 0 holds none out.</summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>When to stop early; null trains all epochs. Needs validation examples; the best weights are kept.</summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>Whether the model gets the weights of the best epoch on the validation set, not the last; early stopping always does so.</summary>
    public bool KeepsBestWeights { get; init; }

    /// <summary>Threads that compute and that prepare images; 0 is one a core of this machine.</summary>
    public int Threads { get; init; }

    /// <summary>In what numbers the layers compute.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>
    /// Folder of the checkpoint, <see cref="Checkpoints.FileName"/>, made if missing; null writes none. A checkpoint of an earlier training in
    /// it is replaced unless <see cref="Resumes"/>.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Time after which a checkpoint is written within an epoch; one is written at the end of every epoch besides.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Steps after which a checkpoint is written within an epoch; 0 goes by time alone.</summary>
    public int CheckpointSteps { get; init; }

    /// <summary>Whether to go on from the checkpoint in <see cref="CheckpointFolder"/>; where none is, training starts.</summary>
    public bool Resumes { get; init; }

    /// <summary>Whether an unreadable image stops the training; else it is left out and listed.</summary>
    public bool StopsAtBadImage { get; init; }

    /// <summary>Where the model's date comes from.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Refuses numbers out of range.</summary>
    /// <exception cref="ArgumentException">A number is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Epochs >= 1, nameof(Epochs), Epochs, "≥ 1");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "≥ 1");
        Require(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "in [0, 1)");
        Require(Mixup >= 0 && double.IsFinite(Mixup), nameof(Mixup), Mixup, "≥ 0");
        Require(AugmentedViews >= 0, nameof(AugmentedViews), AugmentedViews, "≥ 0");
        Require(FeatureCacheBytes >= 0, nameof(FeatureCacheBytes), FeatureCacheBytes, "≥ 0");
        foreach (LearningRateFactor entry in LearningRateFactors)
        {
            Require(entry.Factor > 0 && double.IsFinite(entry.Factor), nameof(LearningRateFactors), entry.Factor, "> 0; TrainedLayers says which layers stay");
        }

        Require(ClipNorm is null or (> 0 and < double.PositiveInfinity), nameof(ClipNorm), ClipNorm ?? 0, "> 0");
        Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "in [0, 1)");
        Require(Threads >= 0, nameof(Threads), Threads, "≥ 0");
        Require(CheckpointSteps >= 0, nameof(CheckpointSteps), CheckpointSteps, "≥ 0");
        Require(CheckpointInterval >= TimeSpan.Zero, nameof(CheckpointInterval), CheckpointInterval.TotalSeconds, "≥ 0 seconds");
        Require(EarlyStopping is null or { Patience: >= 1 }, "EarlyStopping.Patience", EarlyStopping?.Patience ?? 0, "≥ 1");
        Require(EarlyStopping is null or { MinimumChange: >= 0 }, "EarlyStopping.MinimumChange", EarlyStopping?.MinimumChange ?? 0, "≥ 0");
        Optimizer.Validate();
        Schedule.Validate();
        if (Resumes && CheckpointFolder is null)
        {
            throw new ArgumentException("TrainerOptions.Resumes needs a CheckpointFolder: it says where the training to go on with lies.");
        }
    }

    private static void Require(bool isInRange, string name, double value, string range)
    {
        if (!isInRange)
        {
            throw new ArgumentException(
                $"TrainerOptions.{name} must be {range}, got {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}.");
        }
    }
}
