using System.Globalization;

namespace ResNetMl.Engine;

/// <summary>Training stopped because its loss became NaN or infinite: no later step could bring the weights back.</summary>
public sealed class NonFiniteLossException : ArithmeticException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="epoch">Epoch of the step, from 0.</param>
    /// <param name="step">Step in the epoch, from 0.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch.</param>
    /// <param name="loss">What the loss was.</param>
    /// <param name="learningRate">Learning rate of the step.</param>
    public NonFiniteLossException(int epoch, int step, int stepsPerEpoch, double loss, double learningRate)
        : base(Describe(epoch, step, stepsPerEpoch, loss, learningRate))
    {
        Epoch = epoch;
        Step = step;
    }

    /// <summary>Epoch of the step, from 0.</summary>
    public int Epoch { get; }

    /// <summary>Step in the epoch, from 0.</summary>
    public int Step { get; }

    // People count from 1.
    private static string Describe(int epoch, int step, int stepsPerEpoch, double loss, double learningRate) => string.Create(
        CultureInfo.InvariantCulture,
        $"The loss became {(double.IsNaN(loss) ? "NaN" : "infinite")} in epoch {epoch + 1}, step {step + 1} of {stepsPerEpoch}, " +
        $"at learning rate {learningRate:G4}. Expected a finite number. Try a learning rate ten times smaller, " +
        $"a warm-up of a few epochs, or gradient clipping; check that the images are normalised.");
}
