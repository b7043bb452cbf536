namespace ResNetMl.Engine;

/// <summary>One rate throughout.</summary>
/// <param name="LearningRate">The rate, &gt; 0.</param>
public sealed record ConstantSchedule(double LearningRate) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(LearningRate), LearningRate, LearningRate > 0, "> 0");
    }

    /// <inheritdoc/>
    protected override double Rate(SchedulePosition position) => LearningRate;
}

/// <summary>The rate is multiplied by a factor every few epochs. torch.optim.lr_scheduler.StepLR.</summary>
/// <param name="LearningRate">The rate of the first epochs, &gt; 0.</param>
/// <param name="EpochsPerDrop">Epochs between two drops, ≥ 1.</param>
/// <param name="Factor">What the rate is multiplied by, in (0, 1].</param>
public sealed record StepSchedule(double LearningRate, int EpochsPerDrop, double Factor = 0.1) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(LearningRate), LearningRate, LearningRate > 0, "> 0");
        RequireRange(nameof(EpochsPerDrop), EpochsPerDrop, EpochsPerDrop >= 1, "≥ 1");
        RequireRange(nameof(Factor), Factor, Factor is > 0 and <= 1, "in (0, 1]");
    }

    /// <inheritdoc/>
    protected override double Rate(SchedulePosition position) => LearningRate * Math.Pow(Factor, position.Epoch / EpochsPerDrop);
}

/// <summary>
/// The rate is multiplied by a factor at given epochs: He et al. 2015 divide by ten after 32k and 48k of 64k steps.
/// torch.optim.lr_scheduler.MultiStepLR.
/// </summary>
public sealed record MultiStepSchedule : LearningRateSchedule
{
    /// <summary>Describes the schedule.</summary>
    /// <param name="learningRate">The rate before the first milestone, &gt; 0.</param>
    /// <param name="milestones">Epochs, from 0, at whose start the rate drops.</param>
    /// <param name="factor">What the rate is multiplied by, in (0, 1].</param>
    public MultiStepSchedule(double learningRate, IReadOnlyList<int> milestones, double factor = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        LearningRate = learningRate;
        Milestones = [.. milestones];
        Factor = factor;
    }

    /// <summary>The rate before the first milestone.</summary>
    public double LearningRate { get; }

    /// <summary>Epochs, from 0, at whose start the rate drops.</summary>
    public IReadOnlyList<int> Milestones { get; }

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(LearningRate), LearningRate, LearningRate > 0, "> 0");
        RequireRange(nameof(Factor), Factor, Factor is > 0 and <= 1, "in (0, 1]");
    }

    /// <inheritdoc/>
    protected override double Rate(SchedulePosition position)
    {
        int passed = 0;
        for (int i = 0; i < Milestones.Count; i++)
        {
            passed += position.Epoch >= Milestones[i] ? 1 : 0;
        }

        return LearningRate * Math.Pow(Factor, passed);
    }
}

/// <summary>
/// Half a cosine from the rate to the final one over all steps after the warm-up. Loshchilov and Hutter 2017
/// (https://arxiv.org/abs/1608.03983) without restarts; torch.optim.lr_scheduler.CosineAnnealingLR with T_max = those steps.
/// </summary>
/// <param name="LearningRate">The highest rate, &gt; 0.</param>
/// <param name="FinalLearningRate">What it approaches, ≥ 0.</param>
public sealed record CosineSchedule(double LearningRate, double FinalLearningRate = 0) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(LearningRate), LearningRate, LearningRate > 0, "> 0");
        RequireRange(nameof(FinalLearningRate), FinalLearningRate, FinalLearningRate >= 0, "≥ 0");
    }

    /// <inheritdoc/>
    protected override double Rate(SchedulePosition position)
    {
        double steps = Math.Max(1, position.TotalSteps - position.WarmUpSteps);
        return Annealing.Cosine(LearningRate, FinalLearningRate, (position.StepsDone - position.WarmUpSteps) / steps);
    }
}

/// <summary>
/// Up by a cosine to the highest rate, then down by a longer one to almost nothing. Smith and Topin 2018
/// (https://arxiv.org/abs/1708.07120); torch.optim.lr_scheduler.OneCycleLR with cycle_momentum=False.
/// </summary>
/// <param name="MaximumLearningRate">The highest rate, &gt; 0.</param>
public sealed record OneCycleSchedule(double MaximumLearningRate) : LearningRateSchedule
{
    /// <summary>Share of the steps that rise, in [0, 1].</summary>
    public double RisingShare { get; init; } = 0.3;

    /// <summary>The first rate is the highest divided by this; &gt; 0.</summary>
    public double StartDivisor { get; init; } = 25;

    /// <summary>The last rate is the first divided by this; &gt; 0.</summary>
    public double EndDivisor { get; init; } = 1e4;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(MaximumLearningRate), MaximumLearningRate, MaximumLearningRate > 0, "> 0");
        RequireRange(nameof(RisingShare), RisingShare, RisingShare is >= 0 and <= 1, "in [0, 1]");
        RequireRange(nameof(StartDivisor), StartDivisor, StartDivisor > 0, "> 0");
        RequireRange(nameof(EndDivisor), EndDivisor, EndDivisor > 0, "> 0");
    }

    /// <inheritdoc/>
    protected override double Rate(SchedulePosition position)
    {
        double first = MaximumLearningRate / StartDivisor;
        double last = first / EndDivisor;
        double steps = position.TotalSteps - position.WarmUpSteps;
        double done = position.StepsDone - position.WarmUpSteps;
        double top = Math.Max(0, (RisingShare * steps) - 1);
        double end = Math.Max(top, steps - 1);
        return done < top
            ? Annealing.Cosine(first, MaximumLearningRate, done / top)
            : end > top ? Annealing.Cosine(MaximumLearningRate, last, Math.Min(1, (done - top) / (end - top))) : MaximumLearningRate;
    }
}

/// <summary>The curve that schedules share.</summary>
internal static class Annealing
{
    /// <summary>From one value (share 0) to another (share 1) along half a cosine.</summary>
    internal static double Cosine(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);
}
