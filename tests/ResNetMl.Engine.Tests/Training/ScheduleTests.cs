using System.Text.Json;

namespace ResNetMl.Engine.Tests.Training;

public sealed class ScheduleTests
{
    private static readonly JsonElement _reference = TrainingReference.Section("schedules");
    private static readonly int _epochs = _reference.GetProperty("epochs").GetInt32();
    private static readonly int _stepsPerEpoch = _reference.GetProperty("stepsPerEpoch").GetInt32();
    private static readonly double _warmUpEpochs = _reference.GetProperty("warmUpSteps").GetDouble() / _stepsPerEpoch;

    public static TheoryData<string, LearningRateSchedule> ByStep => new()
    {
        { "cosine", new CosineSchedule(0.2, 0.003) },
        { "cosine-warm-up", new CosineSchedule(0.2) { WarmUpEpochs = _warmUpEpochs } },
        { "one-cycle", new OneCycleSchedule(0.2) },
        { "one-cycle-other", new OneCycleSchedule(0.2) { RisingShare = 0.15, StartDivisor = 10, EndDivisor = 50 } },
        { "constant-warm-up", new ConstantSchedule(0.2) { WarmUpEpochs = _warmUpEpochs, WarmUpStart = 0.25 } },
    };

    public static TheoryData<string, LearningRateSchedule> ByEpoch => new()
    {
        { "step-by-epoch", new StepSchedule(0.2, EpochsPerDrop: 2, Factor: 0.3) },
        { "multi-step-by-epoch", new MultiStepSchedule(0.2, [1, 4]) },
    };

    // PyTorch computes each rate from the one before, which adds a few roundings of float64.
    [Theory, MemberData(nameof(ByStep))]
    public void Every_step_has_PyTorchs_rate(string name, LearningRateSchedule schedule)
    {
        double[] expected = _reference.Doubles(name);
        Assert.Equal(_epochs * _stepsPerEpoch, expected.Length);
        for (int step = 0; step < expected.Length; step++)
        {
            double rate = schedule.At(new SchedulePosition(step / _stepsPerEpoch, step % _stepsPerEpoch, _stepsPerEpoch, _epochs));
            Assert.Equal(expected[step], rate, 1e-12);
        }
    }

    [Theory, MemberData(nameof(ByEpoch))]
    public void Every_step_of_an_epoch_has_PyTorchs_rate_of_the_epoch(string name, LearningRateSchedule schedule)
    {
        double[] expected = _reference.Doubles(name);
        for (int epoch = 0; epoch < _epochs; epoch++)
        {
            for (int step = 0; step < _stepsPerEpoch; step++)
            {
                Assert.Equal(expected[epoch], schedule.At(new SchedulePosition(epoch, step, _stepsPerEpoch, _epochs)), 1e-12);
            }
        }
    }

    [Fact]
    public void A_training_of_one_step_has_a_rate_above_zero_in_every_schedule()
    {
        LearningRateSchedule[] schedules =
        [
            new ConstantSchedule(0.1), new StepSchedule(0.1, 1), new MultiStepSchedule(0.1, [1]), new CosineSchedule(0.1), new OneCycleSchedule(0.1),
            new OneCycleSchedule(0.1) { WarmUpEpochs = 3 }, new CosineSchedule(0.1) { WarmUpEpochs = 3 },
        ];

        Assert.All(schedules, schedule => Assert.InRange(schedule.At(new SchedulePosition(0, 0, 1, 1)), 1e-6, 0.1));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_by_name()
    {
        static string Message(LearningRateSchedule schedule) => Assert.Throws<ArgumentException>(schedule.Validate).Message;

        Assert.Equal("ConstantSchedule.LearningRate must be > 0, got 0.", Message(new ConstantSchedule(0)));
        Assert.Equal("StepSchedule.EpochsPerDrop must be ≥ 1, got 0.", Message(new StepSchedule(0.1, 0)));
        Assert.Equal("CosineSchedule.FinalLearningRate must be ≥ 0, got -1.", Message(new CosineSchedule(0.1, -1)));
        Assert.Equal("OneCycleSchedule.MaximumLearningRate must be > 0, got NaN.", Message(new OneCycleSchedule(double.NaN)));
        Assert.Equal("MultiStepSchedule.Factor must be in (0, 1], got 2.", Message(new MultiStepSchedule(0.1, [3], 2)));
        Assert.Equal("ConstantSchedule.WarmUpEpochs must be ≥ 0, got -1.", Message(new ConstantSchedule(0.1) { WarmUpEpochs = -1 }));
    }
}
