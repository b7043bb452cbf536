namespace ResNetMl.Images;

/// <summary>The encodings that <see cref="ImageDecoder"/> reads, told apart by their first bytes, never by a file's name.</summary>
public enum ImageFormat
{
    /// <summary>JPEG (ITU-T T.81) in JFIF, EXIF or Adobe dress.</summary>
    Jpeg,

    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>WebP, lossy or lossless; of an animation, the first picture.</summary>
    WebP,

    /// <summary>GIF; of an animation, the first picture.</summary>
    Gif,

    /// <summary>TIFF; of several pages, the first.</summary>
    Tiff,

    /// <summary>Windows bitmap, uncompressed.</summary>
    Bmp,
}

/// <summary>What an image's header says, read without decoding its pixels.</summary>
/// <param name="Format">The encoding.</param>
/// <param name="Width">Pixels in a row as stored, before any EXIF turn.</param>
/// <param name="Height">Rows as stored, before any EXIF turn.</param>
/// <param name="Orientation">EXIF orientation, 1 (upright) to 8; 5 to 8 exchange width and height when applied.</param>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, int Orientation);
