using ResNetMl.Trainers;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>Learning rates by step, computed by hand from the published formulas.</summary>
public sealed class LearningRateSchedulerTests
{
    [Theory]
    [InlineData(0, 0, 0.01)]
    [InlineData(1, 4, 0.01)]
    [InlineData(2, 0, 0.0094)]
    [InlineData(4, 0, 0.008836)]
    public void Exponential_decay_takes_six_percent_off_every_two_epochs(int epoch, int batch, double expected) =>
        Assert.Equal(expected, new ExponentialLRDecay().GetLearningRate(new TrainState(10, 5, batch, epoch)), 1e-8);

    [Fact]
    public void Exponential_decay_without_stairs_goes_down_at_each_step() =>
        Assert.Equal(0.01 * Math.Pow(0.94, 0.1), new ExponentialLRDecay(staircase: false).GetLearningRate(new TrainState(10, 5, 1, 0)), 1e-8);

    [Theory]
    [InlineData(false, 0, 0.01)]
    [InlineData(false, 5, 0.00505)]
    [InlineData(false, 25, 0.0001)]
    [InlineData(true, 15, 0.002575)]
    public void Polynomial_decay_goes_down_over_two_epochs_and_cycles_over_four(bool cycle, int step, double expected) =>
        Assert.Equal(expected, new PolynomialLRDecay(cycle: cycle).GetLearningRate(new TrainState(10, 5, step % 5, step / 5)), 1e-8);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(91, 0.01)]
    [InlineData(136, 0.001)]
    [InlineData(182, 0.00001)]
    public void The_papers_schedule_is_linear_in_the_batch_and_falls_at_its_epochs(int epoch, double expected) =>
        Assert.Equal(expected, new LsrDecay().GetLearningRate(new TrainState(128, 5, 0, epoch)), 1e-8);
}
