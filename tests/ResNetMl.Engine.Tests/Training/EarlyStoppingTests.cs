namespace ResNetMl.Engine.Tests.Training;

public sealed class EarlyStoppingTests
{
    [Fact]
    public void Training_stops_after_the_patience_and_remembers_the_best_epoch()
    {
        var options = new EarlyStoppingOptions { Metric = EarlyStoppingMetric.Accuracy, Patience = 3, MinimumChange = 0.01 };

        // 0.705 is better than 0.70 by less than the minimum change; NaN is never better.
        (EarlyStoppingState state, int epochs) = Run(options, [0.5, 0.70, 0.705, double.NaN, 0.6, 0.9]);

        Assert.Equal((5, 1, 0.70), (epochs, state.BestEpoch, state.BestValue));
    }

    [Fact]
    public void A_lower_loss_is_better()
    {
        var options = new EarlyStoppingOptions { Metric = EarlyStoppingMetric.Loss, Patience = 2 };

        (EarlyStoppingState state, int epochs) = Run(options, [2.0, 1.0, 1.0, 0.9, 1.1, 1.2, 0.1]);

        Assert.Equal((6, 3, 0.9), (epochs, state.BestEpoch, state.BestValue));
    }

    [Fact]
    public void A_first_accuracy_of_zero_is_the_best_so_far()
    {
        EarlyStoppingState state = EarlyStoppingState.Initial.After(new EarlyStoppingOptions(), epoch: 0, value: 0);

        Assert.Equal(0, state.BestEpoch);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_reported_with_step_and_advice()
    {
        var exception = new NonFiniteLossException(epoch: 2, step: 4, stepsPerEpoch: 16, double.NaN, learningRate: 0.4);

        Assert.Equal(
            "The loss became NaN in epoch 3, step 5 of 16, at learning rate 0.4. Expected a finite number. Try a learning rate ten times " +
            "smaller, a warm-up of a few epochs, or gradient clipping; check that the images are normalised.",
            exception.Message);
    }

    private static (EarlyStoppingState State, int Epochs) Run(EarlyStoppingOptions options, double[] values)
    {
        EarlyStoppingState state = EarlyStoppingState.Initial;
        for (int epoch = 0; epoch < values.Length; epoch++)
        {
            state = state.After(options, epoch, values[epoch]);
            if (state.ShouldStop(options))
            {
                return (state, epoch + 1);
            }
        }

        return (state, values.Length);
    }
}
