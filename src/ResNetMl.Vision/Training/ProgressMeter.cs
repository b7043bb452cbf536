using System.Diagnostics;

namespace ResNetMl.Vision;

/// <summary>Says when progress is to be told, and how long the rest will take.</summary>
internal sealed class ProgressMeter(TrainingCallbacks callbacks, int epochs, int stepsPerEpoch)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _lastReport;
    private long _stepsDone;

    /// <summary>Tells where a phase of an epoch is, unless that was told a moment ago.</summary>
    /// <param name="phase">What is being done.</param>
    /// <param name="position">Where the training is.</param>
    /// <param name="done">Steps or batches of the phase done.</param>
    /// <param name="total">Of so many.</param>
    /// <param name="loss">Mean of the phase so far.</param>
    /// <param name="accuracy">Of the phase so far.</param>
    /// <param name="imagesPerSecond">Of the phase so far.</param>
    internal void Report(
        TrainingPhase phase, TrainingPosition position, int done, int total, double loss, double accuracy, double imagesPerSecond)
    {
        _stepsDone += phase == TrainingPhase.Training ? 1 : 0;
        if (callbacks.Progress is null || (done < total && _lastReport != 0 && Stopwatch.GetElapsedTime(_lastReport) < _interval))
        {
            return;
        }

        _lastReport = Stopwatch.GetTimestamp();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);

        // Validation takes its share of the time so far; that share is part of the time a step takes.
        int stepsOfEpoch = phase == TrainingPhase.Training ? done : stepsPerEpoch;
        long left = ((long)(epochs - position.Epoch) * stepsPerEpoch) - stepsOfEpoch;
        TimeSpan remaining = _stepsDone == 0 ? TimeSpan.Zero : elapsed * ((double)Math.Max(0, left) / _stepsDone);
        callbacks.Progress(new TrainingProgress(
            phase, position.Epoch + 1, epochs, done, total, loss, accuracy, position.LearningRate, imagesPerSecond, elapsed, remaining));
    }
}
