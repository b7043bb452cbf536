using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Trains networks on labelled images. Holds no state between trainings.</summary>
/// <param name="options">All that a training depends on besides network, examples and machine.</param>
/// <param name="callbacks">What to tell while it runs; null tells nothing.</param>
public sealed class Trainer(TrainerOptions options, TrainingCallbacks? callbacks = null)
{
    private readonly TrainingCallbacks _callbacks = callbacks ?? new TrainingCallbacks();

    /// <summary>What the trainings of this trainer depend on.</summary>
    public TrainerOptions Options { get; } = options;

    /// <summary>Trains a network.</summary>
    /// <param name="definition">A classifier with one class a label of the examples, for images as the preprocessing gives them.</param>
    /// <param name="training">The examples; its labels become the model's.</param>
    /// <param name="validation">Examples to measure on after each epoch; null holds out <see cref="TrainerOptions.ValidationFraction"/>.</param>
    /// <param name="initialWeights">Where to start; null draws them from the seed.</param>
    /// <param name="token">Ends the training at the next step, without an exception: what was learned is kept.</param>
    /// <returns>The model, the learning curve and what there is to know about them.</returns>
    /// <exception cref="ArgumentException">Options, network and examples do not fit each other.</exception>
    /// <exception cref="DatasetException">There is nothing to learn from: no readable image, one label only, unknown labels.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite; the checkpoint of before is kept.</exception>
    /// <exception cref="CheckpointMismatchException">The checkpoint to resume is of another training.</exception>
    /// <exception cref="ModelFormatException">The checkpoint to resume is damaged or too new.</exception>
    /// <exception cref="OperationCanceledException">The token ended it before the first step: nothing was learned.</exception>
    public TrainingResult Train(
        NetworkDefinition definition,
        IExampleSource training,
        IExampleSource? validation = null,
        StateDictionary? initialWeights = null,
        CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(training);
        Options.Validate();
        training.RequireTwoLabels();
        ModelChecks.CheckParts(definition, Options.Preprocessing, training.Labels);

        IExampleSource trainingPart = training;
        IExampleSource? validationPart = validation?.WithLabels(training.Labels);
        if (validation is null && Options.ValidationFraction > 0)
        {
            (trainingPart, validationPart) = training.Split(Options.ValidationFraction, Options.Seed);
        }

        if (validationPart is { Count: 0 })
        {
            validationPart = null;
        }

        if (validationPart is null && (Options.EarlyStopping is not null || Options.KeepsBestWeights))
        {
            throw new ArgumentException(
                "Early stopping and keeping the best weights compare epochs on validation examples, got none. " +
                "Give a validation source or a larger TrainerOptions.ValidationFraction.");
        }

        var loading = new LoadingOptions
        {
            Threads = Options.Threads,
            Strict = Options.StopsAtBadImage,
            KeepUncropped = Options.Augmentations.Any(augmentation => augmentation is RandomResizedCrop),
        };
        IProgress<LoadingProgress>? progress = _callbacks.Loading is { } tell ? new Teller<LoadingProgress>(tell) : null;
        DecodedExamples trainingExamples = DecodedExamples.Load(trainingPart, Options.Preprocessing, loading, progress, token);
        RequireTwoLabels(training, trainingExamples);
        DecodedExamples? validationExamples = validationPart is null
            ? null
            : DecodedExamples.Load(validationPart, Options.Preprocessing, loading with { KeepUncropped = false }, progress, token);

        IBackend backend = Options.Backend;
        var run = new CheckpointRun(
            RunDescription.Options(Options),
            RunDescription.Inputs(definition, initialWeights, trainingExamples, trainingPart, validationExamples, validationPart),
            RunDescription.Environment(backend, new CompileOptions { Threads = Options.Threads, Precision = Options.Precision }));
        using var loop = new TrainingLoop(
            definition, initialWeights ?? InitialState.Create(definition, unchecked((long)Options.Seed)), trainingExamples, validationExamples, Options, _callbacks, run);
        return loop.Run(training.Name, token);
    }

    /// <summary>Refuses to train where what can be read is of one label: the file names promised more than the files hold.</summary>
    private static void RequireTwoLabels(IExampleSource source, DecodedExamples examples)
    {
        int[] labels = [.. Enumerable.Range(0, examples.Count).Select(examples.GetLabelIndex).Distinct()];
        if (labels.Length < 2)
        {
            int bad = examples.BadImages.Count;
            throw new DatasetException(
                $"{source.Name}: expected images of at least two labels that can be read, got only '{examples.Labels[labels[0]]}'; " +
                $"{bad} {(bad == 1 ? "image" : "images")} cannot be read. The first: {examples.BadImages[0]}");
        }
    }

    /// <summary>Tells at once and on the thread that reports, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Teller<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
