using ResNetMl.Engine;

namespace ResNetMl.Vision;

/// <summary>Everything about a training under way that is not a tensor: saved as JSON, restored to the last bit.</summary>
/// <remarks>
/// Random state is the seed alone, which is among the options: all random numbers are functions of it and of the place. Changed in place, so
/// that a step allocates nothing.
/// </remarks>
internal sealed class TrainingPosition
{
    /// <summary>Epochs completed.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps of the current epoch completed.</summary>
    public int Step { get; set; }

    /// <summary>Updates the optimiser made.</summary>
    public long OptimizerSteps { get; set; }

    /// <summary>Sum of the losses of this epoch's steps, each times its images.</summary>
    public double LossSum { get; set; }

    /// <summary>Images of this epoch answered right.</summary>
    public long Correct { get; set; }

    /// <summary>Images of this epoch's steps.</summary>
    public long Images { get; set; }

    /// <summary>Seconds spent in this epoch's steps, waiting for images included.</summary>
    public double Seconds { get; set; }

    /// <summary>Learning rate of the last step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Epochs completed, one after another.</summary>
    public List<EpochRecord> History { get; set; } = [];

    /// <summary>Which epoch was the best, and how long ago.</summary>
    public EarlyStoppingState EarlyStopping { get; set; } = EarlyStoppingState.Initial;

    /// <summary>Whether early stopping has ended the training.</summary>
    public bool HasStopped { get; set; }

    /// <summary>Counts one more step.</summary>
    internal void CompleteStep(LossResult loss, double learningRate)
    {
        Step++;
        OptimizerSteps++;
        LossSum += loss.Loss * loss.Count;
        Correct += loss.Correct;
        Images += loss.Count;
        LearningRate = learningRate;
    }

    /// <summary>Goes to the start of the next epoch.</summary>
    internal void CompleteEpoch(EpochRecord record)
    {
        History.Add(record);
        Epoch++;
        Step = 0;
        LossSum = 0;
        Correct = 0;
        Images = 0;
        Seconds = 0;
    }
}
