using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>An example of a source with the model's answer, or with the reason why there is none.</summary>
/// <param name="Index">Index in the source.</param>
/// <param name="Path">Its name in the source.</param>
/// <param name="LabelIndex">Its label, an index into the source's labels.</param>
/// <param name="Prediction">The answer; null for an image that cannot be read.</param>
/// <param name="BadImage">Why the image cannot be read; null where there is an answer.</param>
public sealed record ScoredExample(int Index, string Path, int LabelIndex, Prediction? Prediction, BadImage? BadImage);

/// <summary>How far a scoring is.</summary>
/// <param name="Done">Examples done.</param>
/// <param name="Total">Of so many.</param>
/// <param name="Bad">Of those done, unreadable ones.</param>
/// <param name="ImagesPerSecond">Since the start, decoding included.</param>
/// <param name="Remaining">Estimate for the rest.</param>
public readonly record struct ScoringProgress(int Done, int Total, int Bad, double ImagesPerSecond, TimeSpan Remaining);
