using System.Text.RegularExpressions;

namespace ResNetMl.Images;

/// <summary>libjpeg's warnings (jerror.h) that are about a file's dress and leave its pixels whole; cameras and editors cause them.</summary>
internal static partial class JpegWarning
{
    /// <summary>Whether a line of libvips' error text is such a warning.</summary>
    internal static bool IsHarmless(string line) => Harmless().IsMatch(line);

    // Bytes between the last pixel and the end marker (0xd9), a newer JFIF number, an Adobe colour code or scan parameters that are not used.
    [GeneratedRegex(
        @"^VipsJpeg: (Corrupt JPEG data: \d+ extraneous bytes before marker 0xd9|Warning: unknown JFIF revision number .*|" +
        @"Unknown Adobe color transform code \d+|Invalid SOS parameters for sequential JPEG)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Harmless();
}
