namespace ResNetMl.Images;

/// <summary>How pixels are weighted when an image is resized.</summary>
public enum ResizeFilter
{
    /// <summary>Triangle of one source pixel each way, widened when shrinking so that nothing is skipped (antialiased).</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −0.5, two source pixels each way, widened when shrinking (antialiased).</summary>
    Bicubic,

    /// <summary>The pixel under the new pixel's centre; no antialiasing.</summary>
    Nearest,
}
