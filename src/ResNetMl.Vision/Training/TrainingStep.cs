using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>One update of the weights: forward, loss, backward, clip, optimiser. Allocates nothing once it is made.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly SoftmaxCrossEntropy _loss;
    private readonly GradientNorm? _norm;
    private readonly Tensor _logitsGradient;
    private readonly TrainerOptions _options;

    internal TrainingStep(
        NetworkDefinition definition, StateDictionary initialWeights, int batchSize, TrainerOptions options, IBackend backend)
    {
        _options = options;
        int classes = ModelChecks.Classes(definition);
        Plan = backend.CreateTrainingPlan(
            Lowering.ForTraining(definition),
            initialWeights,
            batchSize,
            new CompileOptions { Threads = options.Threads, Precision = options.Precision });
        _loss = new SoftmaxCrossEntropy(classes, options.LabelSmoothing);
        _logitsGradient = new Tensor([batchSize, classes]);
        _norm = options.ClipNorm is null ? null : new GradientNorm(Plan.State, Plan.Parallel);
        Optimizer = options.Optimizer.Create(Plan.State, Plan.Parallel);
    }

    internal TrainingPlan Plan { get; }

    internal Optimizer Optimizer { get; }

    /// <summary>Updates the weights once.</summary>
    /// <param name="position">Where in the training.</param>
    /// <param name="images">[batch, C, H, W].</param>
    /// <param name="labels">A class index for each image.</param>
    /// <returns>The loss before the update, and the learning rate used.</returns>
    /// <exception cref="NonFiniteLossException">The loss is no number; the weights are as before the step.</exception>
    internal (LossResult Loss, double LearningRate) Run(SchedulePosition position, Tensor images, ReadOnlySpan<int> labels)
    {
        double learningRate = _options.Schedule.At(position);
        Tensor logits = Plan.Forward(new StepContext(_options.Seed, position.StepsDone), images);
        LossResult loss = _loss.Compute(logits, labels, _logitsGradient);
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
