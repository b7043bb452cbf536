namespace ResNetMl.Transforms.Image;

/// <summary>Where an image of kept proportions comes to lie on a canvas; beyond its edges where it is cropped.</summary>
/// <param name="Left">Canvas column of its first column.</param>
/// <param name="Top">Canvas row of its first row.</param>
/// <param name="Width">Its width on the canvas.</param>
/// <param name="Height">Its height on the canvas.</param>
internal readonly record struct Placement(int Left, int Top, int Width, int Height)
{
    /// <summary>As ML.NET places it: sides and starts cut to whole pixels towards zero.</summary>
    /// <remarks>
    /// One difference: in whole numbers. ML.NET computes in single precision, where 375 · (224/375) is 223.99998, and cuts that: a black line
    /// remains at the edge.
    /// </remarks>
    internal static Placement For(
        int sourceWidth, int sourceHeight, int width, int height, ImageResizingEstimator.ResizingKind kind, ImageResizingEstimator.Anchor anchor)
    {
        // The sides of the image at the width's scale are width and sourceHeight · width / sourceWidth; what is free of the height is a
        // fraction of sourceWidth. At the height's scale, the other way round.
        long freeHeight = ((long)height * sourceWidth) - ((long)sourceHeight * width);
        bool widthDecides = (kind == ImageResizingEstimator.ResizingKind.IsoCrop) == (freeHeight < 0);
        if (widthDecides)
        {
            int top = Start(freeHeight, sourceWidth, kind, anchor, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom);
            return new Placement(0, top, width, (int)((long)sourceHeight * width / sourceWidth));
        }

        int left = Start(-freeHeight, sourceHeight, kind, anchor, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right);
        return new Placement(left, 0, (int)((long)sourceWidth * height / sourceHeight), height);
    }

    /// <param name="free">What is free along the side, negative where the image stands out, as a fraction of <paramref name="of"/>.</param>
    /// <param name="of">The fraction's denominator.</param>
    /// <param name="kind">Padding ignores the anchor.</param>
    /// <param name="anchor">What is kept.</param>
    /// <param name="first">The anchor that keeps the beginning.</param>
    /// <param name="last">The anchor that keeps the end.</param>
    private static int Start(
        long free,
        int of,
        ImageResizingEstimator.ResizingKind kind,
        ImageResizingEstimator.Anchor anchor,
        ImageResizingEstimator.Anchor first,
        ImageResizingEstimator.Anchor last)
        => kind == ImageResizingEstimator.ResizingKind.IsoCrop && anchor == first ? 0
            : kind == ImageResizingEstimator.ResizingKind.IsoCrop && anchor == last ? (int)(free / of)
            : (int)(free / (2L * of));
}
