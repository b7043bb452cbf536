namespace ResNetMl.Images;

/// <summary>What a preprocessing must satisfy, whether built in code or read from JSON.</summary>
internal static class PreprocessingChecks
{
    /// <summary>Longest side that may be asked for: an image of that square would be 100 times the default pixel limit.</summary>
    private const int MaxSide = 100_000;

    internal static void Check(
        ResizeRule? resize,
        ImageSize? crop,
        ChannelOrder channelOrder,
        IReadOnlyList<float> mean,
        IReadOnlyList<float> standardDeviation,
        ResizeFilter filter)
    {
        switch (resize)
        {
            case ResizeShorterSide shorter:
                CheckSide("resize.shorterSide", shorter.Length);
                break;
            case ResizeExactly exact:
                CheckSide("resize.height", exact.Height);
                CheckSide("resize.width", exact.Width);
                break;
        }

        if (crop is not null)
        {
            CheckSide("crop.height", crop.Height);
            CheckSide("crop.width", crop.Width);
            CheckCropFits(resize, crop);
        }

        if (!Enum.IsDefined(channelOrder))
        {
            throw new ArgumentException($"channelOrder: expected RGB, BGR or Grey, got {channelOrder}.");
        }

        if (!Enum.IsDefined(filter))
        {
            throw new ArgumentException($"filter: expected bilinear, bicubic or nearest, got {filter}.");
        }

        int channels = channelOrder == ChannelOrder.Grey ? 1 : RgbImage.Channels;
        CheckPerChannel("mean", mean, channels);
        CheckPerChannel("standardDeviation", standardDeviation, channels);
        if (standardDeviation.Any(value => value <= 0))
        {
            throw new ArgumentException($"standardDeviation: expected positive numbers, got [{string.Join(", ", standardDeviation)}].");
        }
    }

    private static void CheckSide(string part, int length)
    {
        if (length is < 1 or > MaxSide)
        {
            throw new ArgumentException($"{part}: expected 1 to {MaxSide:N0} pixels, got {length:N0}.");
        }
    }

    private static void CheckCropFits(ResizeRule? resize, ImageSize crop)
    {
        (int height, int width) = resize switch
        {
            ResizeShorterSide shorter => (shorter.Length, shorter.Length),
            ResizeExactly exact => (exact.Height, exact.Width),
            _ => (MaxSide, MaxSide),
        };
        if (crop.Height > height || crop.Width > width)
        {
            throw new ArgumentException($"crop: expected at most {width}×{height}, the size that resizing guarantees, got {crop}.");
        }
    }

    private static void CheckPerChannel(string part, IReadOnlyList<float> values, int channels)
    {
        if (values.Count != channels || values.Any(value => !float.IsFinite(value)))
        {
            throw new ArgumentException($"{part}: expected {channels} finite number(s), one a channel, got [{string.Join(", ", values)}].");
        }
    }
}
