namespace ResNetMl.Engine;

/// <summary>Where in a training a step is: all that a learning rate depends on.</summary>
/// <param name="Epoch">Passes over the data completed, from 0.</param>
/// <param name="Step">Steps of this epoch completed, from 0.</param>
/// <param name="StepsPerEpoch">Steps in an epoch, ≥ 1.</param>
/// <param name="Epochs">Epochs that the training is planned to take, ≥ 1.</param>
public readonly record struct SchedulePosition(int Epoch, int Step, int StepsPerEpoch, int Epochs)
{
    /// <summary>Steps completed in all epochs.</summary>
    public long StepsDone => ((long)Epoch * StepsPerEpoch) + Step;

    /// <summary>Steps of the whole training.</summary>
    public long TotalSteps => (long)Epochs * StepsPerEpoch;

    /// <summary>Steps that the warm-up takes; 0 without one. A shape that spans the training starts after them.</summary>
    public long WarmUpSteps { get; init; }
}
