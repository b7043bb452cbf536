using ResNetMl.Images;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Which network makes features of which images, beyond what ML.NET's selector says.</summary>
public sealed class DnnImageFeaturizerOptions
{
    /// <summary>The column of features to make.</summary>
    public string OutputColumnName = "Features";

    /// <summary>
    /// The column of images: encoded (vectors of Byte), decoded (<see cref="Data.MLImage"/>), or pixels as <c>ExtractPixels</c> makes them without further
    /// arguments (vectors of Single [3, height, width], red, green, blue, 0 to 255); null for the output's name.
    /// </summary>
    public string? InputColumnName;

    /// <summary>The name under which weights are looked for: a value of the image classification trainer's architectures, or of the catalogue.</summary>
    public string Architecture = "ResnetV250";

    /// <summary>A file to use instead of looking: ONNX or a saved model, cut before its classifier; one without is used whole. Null to look.</summary>
    public string? WeightsPath;

    /// <summary>A folder to look for weights in, instead of that of RESNETML_WEIGHTS; null for that.</summary>
    public string? WeightsFolder;

    /// <summary>What images go through; null for the file's or the architecture's own. Of pixels, only mean and deviation are used.</summary>
    public Preprocessing? Preprocessing;

    /// <summary>What images are squashed to where the file does not say; null for 224×224.</summary>
    public ImageSize? ImageSize;

    /// <summary>What computes; null for the context's, which is the fastest of this machine unless told otherwise.</summary>
    public Vision.IExecutor? Executor;

    internal DnnImageFeaturizerOptions Copy() => (DnnImageFeaturizerOptions)MemberwiseClone();
}
