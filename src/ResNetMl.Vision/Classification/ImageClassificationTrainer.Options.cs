using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Trainers;

namespace ResNetMl.Vision;

public sealed partial class ImageClassificationTrainer
{
    /// <summary>What a training depends on besides its rows. A fit works on a copy and leaves nothing in it.</summary>
    /// <remarks>Names, defaults and meanings are ML.NET's down to <see cref="LearningRateScheduler"/>; what follows goes beyond it.</remarks>
    public sealed class Options : TrainerInputBaseWithLabel
    {
        internal const float DefaultLearningRate = 0.01f;

        private readonly ExponentialLRDecay _defaultScheduler = new();

        /// <summary>Options with the defaults.</summary>
        public Options() => LearningRateScheduler = _defaultScheduler;

        /// <summary>Rows in a step of the head's training, ≥ 1; 10. Fewer rows than that are one batch.</summary>
        public int BatchSize = 10;

        /// <summary>The most passes over the training rows, ≥ 1; 200.</summary>
        public int Epoch = 200;

        /// <summary>
        /// How fast the head learns; 0.01. It is the rate used: the first rate of the schedule that is there by default, and the rate of every step where
        /// <see cref="LearningRateScheduler"/> is null. A scheduler of your own has its own rates. (ML.NET ignores it unless the scheduler is null.)
        /// </summary>
        public float LearningRate = DefaultLearningRate;

        /// <summary>When to stop early; null trains all epochs.</summary>
        public EarlyStopping? EarlyStoppingCriteria = new();

        /// <summary>Whose features are learned from.</summary>
        public Architecture Arch = Architecture.ResnetV250;

        /// <summary>Name of the column of probabilities.</summary>
        public string ScoreColumnName = "Score";

        /// <summary>Name of the column of predicted labels.</summary>
        public string PredictedLabelColumnName = "PredictedLabel";

        /// <summary>Where a <see cref="WorkspacePath"/> is given, the fitted model is saved there under this and the architecture's name, as <c>.zip</c>.</summary>
        public string FinalModelPrefix = "custom_retrained_model_based_on_";

        /// <summary>Told of each image whose features are there and of each epoch, on the thread that fits; null sends the lines to <see cref="MLContext.Log"/>.</summary>
        public Action<ImageClassificationMetrics>? MetricsCallback;

        /// <summary>
        /// Folder of the feature caches and the fitted model, made if missing. Null: nothing is kept, or with reuse asked for, the caches lie in the user's cache
        /// folder (<c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>; below it <c>resnetml/features</c>). (ML.NET takes a new folder each time, so that reuse never hits.)
        /// </summary>
        public string? WorkspacePath;

        /// <summary>Whether the callback is told of the training rows after each epoch, and early stopping may watch them where there are no others.</summary>
        public bool TestOnTrainSet = true;

        /// <summary>
        /// Whether features of training images are taken from the cache. Each is found by its image's bytes, the backbone's weights, preprocessing, size and
        /// executor, so that a changed image or option never gets another's; what is missing is computed and added.
        /// </summary>
        public bool ReuseTrainSetBottleneckCachedValues;

        /// <summary>The same for validation images of their own view.</summary>
        public bool ReuseValidationSetBottleneckCachedValues;

        /// <summary>Rows to validate on; null holds out a <see cref="ValidationSetFraction"/>. <see cref="Fit(IDataView, IDataView)"/>'s argument goes before it.</summary>
        public IDataView? ValidationSet;

        /// <summary>Share of the training rows held out, in [0, 1), of each class alike, where no validation rows are given; null holds none out.</summary>
        public float? ValidationSetFraction = 0.1f;

        /// <summary>What the cache of training features is called in its folder; the file's name goes on with what the features depend on.</summary>
        public string TrainSetBottleneckCachedValuesFileName = "trainSetBottleneckFile.csv";

        /// <summary>What the cache of validation features is called in its folder.</summary>
        public string ValidationSetBottleneckCachedValuesFileName = "validationSetBottleneckFile.csv";

        /// <summary>The rate of each step; exponential decay from <see cref="LearningRate"/> unless replaced. Null: that rate throughout.</summary>
        public LearningRateScheduler? LearningRateScheduler;

        /// <summary>A file to take the backbone from instead of looking for published weights: ONNX, PyTorch, safetensors, or a model of this product.</summary>
        /// <remarks>
        /// A classifier is cut before its last linear layer; a file without one is used whole. Images are prepared as the file says; where it does not, as
        /// the <see cref="Arch"/>'s published weights expect it (residual networks: ImageNet's mean and deviation; MobileNetV2 and Inception: x/127.5 − 1).
        /// </remarks>
        public string? WeightsPath;

        /// <summary>Where weights are looked for; null for the default places.</summary>
        public WeightsStore? WeightsStore;

        /// <summary>Where all random numbers come from; null takes the context's, and where that has none, another each time.</summary>
        public int? Seed;

        /// <summary>Ends the fit with an <see cref="OperationCanceledException"/>; nothing half-written stays.</summary>
        public CancellationToken CancellationToken;

        /// <summary>What computes features and scores; null for the fastest of this machine.</summary>
        public IExecutor? Executor;

        /// <summary>In what numbers the backbone computes.</summary>
        public Precision Precision = Precision.Auto;

        /// <summary>Rows and columns that images are squashed to; null for the architecture's, or those of a model of this product.</summary>
        public ImageSize? ImageSize;

        /// <summary>All that images go through before the backbone; null for the published one.</summary>
        public Preprocessing? Preprocessing;

        /// <summary>Images that the backbone computes together, ≥ 1; 16.</summary>
        public int BackboneBatchSize = 16;

        /// <summary>Share of each label's target spread over all classes, in [0, 1).</summary>
        public double LabelSmoothing;

        /// <summary>How much the rows of each label count; null: each row the same. Given weights are in the order of the label's keys.</summary>
        public ClassWeights? ClassWeights;

        /// <summary>What is trained on the images after the head; null: nothing, as in ML.NET.</summary>
        public FineTuning? FineTuning;

        /// <summary>Random changes of the training images; needs <see cref="FineTuning"/>.</summary>
        public IReadOnlyList<Augmentation> Augmentations = [];

        /// <summary>α of mixup (<see cref="TrainerOptions.Mixup"/>), ≥ 0; needs <see cref="FineTuning"/>.</summary>
        public double Mixup;

        /// <summary>What moves the weights in fine-tuning; null: gradient descent with momentum 0.9 and weight decay 1e-4. Needs <see cref="FineTuning"/>.</summary>
        public OptimizerOptions? Optimizer;

        /// <summary>What a program changed it to, or the default schedule from the rate it gave.</summary>
        internal LearningRateScheduler? EffectiveScheduler() => ReferenceEquals(LearningRateScheduler, _defaultScheduler) && LearningRate != DefaultLearningRate
            ? new ExponentialLRDecay(LearningRate, _defaultScheduler.NumEpochsPerDecay, _defaultScheduler.DecayRate, _defaultScheduler.Staircase)
            : LearningRateScheduler?.Copy();

        /// <summary>Whether the rate is given twice, and this one is not the one used.</summary>
        internal bool HasUnusedLearningRate =>
            LearningRate != DefaultLearningRate && LearningRateScheduler is not null && !ReferenceEquals(LearningRateScheduler, _defaultScheduler);

        /// <summary>A copy that a fit may rely on.</summary>
        internal Options Copy() => (Options)MemberwiseClone();
    }
}
