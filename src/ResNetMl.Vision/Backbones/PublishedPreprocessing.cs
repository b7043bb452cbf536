using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>How images are prepared for the published weights of an architecture, at the size that ML.NET's trainer gives it.</summary>
/// <remarks>
/// Images are squashed to the size, as ML.NET does, with antialiasing, which it lacks. Residual networks want ImageNet's mean and deviation; MobileNetV2 and
/// Inception were trained on x/127.5 − 1, which is (x/255 − 0.5)/0.5.
/// </remarks>
internal static class PublishedPreprocessing
{
    private static readonly ImageSize Large = new(299, 299);
    private static readonly ImageSize Small = new(224, 224);

    internal static Preprocessing Of(string architecture, ImageSize? size) => architecture switch
    {
        nameof(ImageClassificationTrainer.Architecture.MobilenetV2) => FromMinusOneToOne(size ?? Small),
        nameof(ImageClassificationTrainer.Architecture.InceptionV3) => FromMinusOneToOne(size ?? Large),
        _ => Resized(Preprocessing.ImageNet, size ?? Large),
    };

    /// <summary>The same colours and numbers at another size.</summary>
    internal static Preprocessing Resized(Preprocessing preprocessing, ImageSize size) => new(
        new ResizeExactly(size.Height, size.Width), null, preprocessing.ChannelOrder, preprocessing.Mean, preprocessing.StandardDeviation,
        preprocessing.Filter);

    private static Preprocessing FromMinusOneToOne(ImageSize size) =>
        new(new ResizeExactly(size.Height, size.Width), null, ChannelOrder.Rgb, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);
}
