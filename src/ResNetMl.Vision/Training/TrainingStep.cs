using ResNetMl.Engine;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>One update of the weights: mixup, forward, loss, backward, clip, optimiser. Allocates nothing once it is made.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly SoftmaxCrossEntropy _loss;
    private readonly GradientNorm? _norm;
    private readonly Mixup? _mixup;
    private readonly Tensor _logitsGradient;
    private readonly TrainerOptions _options;

    /// <summary>Makes the plan and the optimiser.</summary>
    /// <param name="learned">What is trained.</param>
    /// <param name="initialWeights">First weights.</param>
    /// <param name="batchSize">Rows in a step.</param>
    /// <param name="labelCounts">Training examples of each label.</param>
    /// <param name="options">The training's.</param>
    internal TrainingStep(LearnedPart learned, StateDictionary initialWeights, int batchSize, IReadOnlyList<int> labelCounts, TrainerOptions options)
    {
        _options = options;
        int classes = ModelChecks.Classes(learned.Whole);
        Plan = options.Backend.CreateTrainingPlan(
            learned.Operations,
            initialWeights,
            batchSize,
            new CompileOptions { Threads = options.Threads, Precision = options.Precision });
        _loss = new SoftmaxCrossEntropy(classes, options.LabelSmoothing, options.ClassWeights?.For(labelCounts));
        _logitsGradient = new Tensor([batchSize, classes]);
        _norm = options.ClipNorm is null ? null : new GradientNorm(Plan.State, Plan.Parallel);
        _mixup = options.Mixup > 0
            ? new Mixup(
                options.Mixup,
                options.Seed,
                learned.Definition.Inputs.Select(input => input.Shape.With(0, batchSize)))
            : null;
        Optimizer = options.Optimizer.Create(Plan.State, Plan.Parallel, learned.FactorOf);
    }

    internal TrainingPlan Plan { get; }

    internal Optimizer Optimizer { get; }

    /// <summary>Updates the weights once.</summary>
    /// <param name="position">Where in the training.</param>
    /// <param name="inputs">What the learned part reads, batch first.</param>
    /// <param name="labels">A class index for each row.</param>
    /// <returns>The loss before the update, and the learning rate used.</returns>
    /// <exception cref="NonFiniteLossException">The loss is no number; the weights are as before the step.</exception>
    internal (LossResult Loss, double LearningRate) Run(SchedulePosition position, Tensor[] inputs, ReadOnlySpan<int> labels)
    {
        double learningRate = _options.Schedule.At(position);
        double share = _mixup?.Mix(inputs, labels, position.StepsDone) ?? 1;
        Tensor logits = Plan.Forward(new StepContext(_options.Seed, position.StepsDone), _mixup?.Inputs ?? inputs);
        LossResult loss = _mixup is null
            ? _loss.Compute(logits, labels, _logitsGradient)
            : _loss.Compute(logits, labels, _mixup.OtherLabels, share, _logitsGradient);
        if (!double.IsFinite(loss.Loss))
        {
            throw new NonFiniteLossException(position.Epoch, position.Step, position.StepsPerEpoch, loss.Loss, learningRate);
        }

        Plan.Backward(_logitsGradient);
        float scale = _norm is null ? 1 : GradientNorm.ClipScale(_norm.Compute(), _options.ClipNorm!.Value);
        Optimizer.Step(learningRate, scale);
        return (loss, learningRate);
    }

    /// <summary>Whether every weight is a number; an update can spoil them after its loss was still one.</summary>
    internal bool HasFiniteWeights()
    {
        foreach (float value in Plan.State.Values.Span)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => Plan.Dispose();
}
