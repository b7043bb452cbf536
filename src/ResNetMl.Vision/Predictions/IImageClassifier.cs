using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>What gives labels to images: a model made ready (<see cref="Predictor"/>), or a saved pipeline (<see cref="SavedPipeline"/>).</summary>
public interface IImageClassifier : IDisposable
{
    /// <summary>Class names, in the order of the probabilities.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Scores an image file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageFormatException">The file cannot be read or is no whole image.</exception>
    Prediction PredictFile(string path);

    /// <summary>Scores all examples of a source in their order; memory does not grow with their number.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="progress">Told now and then, on the calling thread.</param>
    /// <param name="token">Ends the scoring.</param>
    /// <returns>One entry an example; an unreadable image has its reason instead of a prediction.</returns>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    IEnumerable<ScoredExample> Score(IExampleSource source, Action<ScoringProgress>? progress = null, CancellationToken token = default);
}
