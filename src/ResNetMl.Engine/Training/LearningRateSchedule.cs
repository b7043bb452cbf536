namespace ResNetMl.Engine;

/// <summary>The learning rate as a pure function of the position in the training: nothing is remembered from step to step.</summary>
/// <remarks>
/// Derive a record and override <see cref="Rate"/> for a schedule of your own; its properties are what a checkpoint compares when a
/// training is resumed.
/// </remarks>
public abstract record LearningRateSchedule
{
    /// <summary>Epochs, or part of one, over which the rate first rises linearly from <see cref="WarmUpStart"/> of its value; ≥ 0.</summary>
    public double WarmUpEpochs { get; init; }

    /// <summary>Share of the rate with which the warm-up begins, in [0, 1]. torch.optim.lr_scheduler.LinearLR's start_factor.</summary>
    public double WarmUpStart { get; init; } = 0.1;

    /// <summary>The learning rate of the step at a position, warm-up included.</summary>
    /// <param name="position">Steps done before it.</param>
    public double At(SchedulePosition position)
    {
        long warmUpSteps = (long)Math.Round(WarmUpEpochs * position.StepsPerEpoch, MidpointRounding.AwayFromZero);
        position = position with { WarmUpSteps = warmUpSteps };
        if (position.StepsDone >= warmUpSteps)
        {
            return Rate(position);
        }

        var end = new SchedulePosition(
            (int)(warmUpSteps / position.StepsPerEpoch),
            (int)(warmUpSteps % position.StepsPerEpoch),
            position.StepsPerEpoch,
            position.Epochs) { WarmUpSteps = warmUpSteps };
        double share = WarmUpStart + ((1 - WarmUpStart) * position.StepsDone / warmUpSteps);
        return share * Rate(end);
    }

    /// <summary>The learning rate after the warm-up.</summary>
    /// <param name="position">A position whose <see cref="SchedulePosition.StepsDone"/> is at least its
    /// <see cref="SchedulePosition.WarmUpSteps"/>.</param>
    protected abstract double Rate(SchedulePosition position);

    /// <summary>Checks the numbers; a schedule of your own adds its own checks.</summary>
    /// <exception cref="ArgumentException">A number is out of range; the message names it.</exception>
    public virtual void Validate()
    {
        RequireRange(nameof(WarmUpEpochs), WarmUpEpochs, WarmUpEpochs >= 0, "≥ 0");
        RequireRange(nameof(WarmUpStart), WarmUpStart, WarmUpStart is >= 0 and <= 1, "in [0, 1]");
    }

    /// <summary>Refuses a number out of range.</summary>
    /// <param name="name">The property.</param>
    /// <param name="value">What it is.</param>
    /// <param name="isInRange">Whether that is allowed; a number that is not finite never is.</param>
    /// <param name="range">What is allowed, in words.</param>
    protected void RequireRange(string name, double value, bool isInRange, string range)
    {
        if (!isInRange || !double.IsFinite(value))
        {
            throw new ArgumentException($"{GetType().Name}.{name} must be {range}, got {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}.");
        }
    }
}
