using System.Runtime.InteropServices;

namespace ResNetMl.Images;

/// <summary>Decoded samples of 1 to 4 channels and 8 or 16 bits to 8-bit RGB or BGRA; alpha is dropped or kept, never blended.</summary>
internal static class PixelConversion
{
    /// <summary>Converts whole rows without padding.</summary>
    /// <param name="source">[pixels, bands], each sample 1 or 2 bytes in the machine's order.</param>
    /// <param name="bands">1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.</param>
    /// <param name="bytesPerSample">1 or 2.</param>
    /// <param name="rgb">[pixels, 3].</param>
    internal static void ToRgb(ReadOnlySpan<byte> source, int bands, int bytesPerSample, Span<byte> rgb)
    {
        if (bytesPerSample == 2)
        {
            ToRgb(MemoryMarshal.Cast<byte, ushort>(source), bands, rgb);
            return;
        }

        if (bands == 3)
        {
            source.CopyTo(rgb);
            return;
        }

        bool colour = bands == 4;
        for (int from = 0, to = 0; to < rgb.Length; from += bands, to += 3)
        {
            rgb[to] = source[from];
            rgb[to + 1] = source[colour ? from + 1 : from];
            rgb[to + 2] = source[colour ? from + 2 : from];
        }
    }

    /// <summary>Converts whole rows without padding; where the source has no alpha, it is 255.</summary>
    /// <param name="source">[pixels, bands], each sample 1 or 2 bytes in the machine's order.</param>
    /// <param name="bands">1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.</param>
    /// <param name="bytesPerSample">1 or 2.</param>
    /// <param name="bgra">[pixels, 4].</param>
    internal static void ToBgra(ReadOnlySpan<byte> source, int bands, int bytesPerSample, Span<byte> bgra)
    {
        ReadOnlySpan<ushort> wide = MemoryMarshal.Cast<byte, ushort>(bytesPerSample == 2 ? source : []);
        bool colour = bands >= 3;
        bool alpha = bands is 2 or 4;
        for (int from = 0, to = 0; to < bgra.Length; from += bands, to += 4)
        {
            int blue = colour ? from + 2 : from;
            int green = colour ? from + 1 : from;
            int last = from + bands - 1;
            if (bytesPerSample == 2)
            {
                bgra[to] = ToByte(wide[blue]);
                bgra[to + 1] = ToByte(wide[green]);
                bgra[to + 2] = ToByte(wide[from]);
                bgra[to + 3] = alpha ? ToByte(wide[last]) : byte.MaxValue;
            }
            else
            {
                bgra[to] = source[blue];
                bgra[to + 1] = source[green];
                bgra[to + 2] = source[from];
                bgra[to + 3] = alpha ? source[last] : byte.MaxValue;
            }
        }
    }

    /// <summary>v/257 rounded to the nearest: 65535 becomes 255, and an 8-bit value stored as v·257 comes back exactly.</summary>
    internal static byte ToByte(ushort value) => (byte)((value + 128) / 257);

    private static void ToRgb(ReadOnlySpan<ushort> source, int bands, Span<byte> rgb)
    {
        bool colour = bands >= 3;
        for (int from = 0, to = 0; to < rgb.Length; from += bands, to += 3)
        {
            rgb[to] = ToByte(source[from]);
            rgb[to + 1] = ToByte(source[colour ? from + 1 : from]);
            rgb[to + 2] = ToByte(source[colour ? from + 2 : from]);
        }
    }
}
