using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Draws an image onto an opaque black canvas with Mitchell's and Netravali's cubic, as Skia draws with high quality.</summary>
/// <remarks>
/// <para>Mitchell and Netravali 1988, "Reconstruction filters in computer graphics", B = C = 1/3: sixteen source pixels around each new
/// pixel's centre, edges repeated. The filter is not widened when shrinking, so fine detail aliases.</para>
/// <para>What is transparent shows the canvas: colours are multiplied by alpha first, rounded to 8 bits, as Skia keeps them.</para>
/// </remarks>
internal static class CubicSampling
{
    private const int Taps = 4;

    internal static MLImage Draw(MLImage image, int width, int height, Placement placement)
    {
        byte[]? multiplied = Multiplied(image.Pixels);
        ReadOnlySpan<byte> source = multiplied ?? image.Pixels;
        var target = new byte[width * height * 4];
        for (int i = 3; i < target.Length; i += 4)
        {
            target[i] = byte.MaxValue;
        }

        int left = Math.Max(placement.Left, 0);
        int right = Math.Min(placement.Left + placement.Width, width);
        int top = Math.Max(placement.Top, 0);
        int bottom = Math.Min(placement.Top + placement.Height, height);
        (int[] columns, float[] columnWeights) = Weigh(image.Width, placement.Width, left - placement.Left, right - left);
        (int[] rows, float[] rowWeights) = Weigh(image.Height, placement.Height, top - placement.Top, bottom - top);
        int stride = image.Width * 4;
        for (int row = top; row < bottom; row++)
        {
            int rowTap = (row - top) * Taps;
            for (int column = left; column < right; column++)
            {
                int columnTap = (column - left) * Taps;
                Vector128<float> sum = Vector128<float>.Zero;
                for (int y = 0; y < Taps; y++)
                {
                    int from = rows[rowTap + y] * stride;
                    for (int x = 0; x < Taps; x++)
                    {
                        sum += Pixel(source, from + (columns[columnTap + x] * 4)) * (rowWeights[rowTap + y] * columnWeights[columnTap + x]);
                    }
                }

                Write(sum, target.AsSpan(((row * width) + column) * 4, 3));
            }
        }

        return MLImage.CreateFromPixels(width, height, image.PixelFormat, target);
    }

    /// <summary>The four bytes of a pixel.</summary>
    private static Vector128<float> Pixel(ReadOnlySpan<byte> source, int at) => Vector128.ConvertToSingle(
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(MemoryMarshal.Read<uint>(source[at..])).AsByte())).AsInt32());

    /// <summary>Rounds to 8 bits; a colour cannot be more than its alpha.</summary>
    private static void Write(Vector128<float> sum, Span<byte> target)
    {
        float alpha = Math.Clamp(sum[3], 0, byte.MaxValue);
        for (int channel = 0; channel < target.Length; channel++)
        {
            target[channel] = (byte)(Math.Clamp(sum[channel], 0, alpha) + 0.5f);
        }
    }

    /// <summary>For each new pixel the four source pixels around its centre, and their weights.</summary>
    /// <param name="from">Source pixels along the axis.</param>
    /// <param name="to">Length of the whole image on the canvas.</param>
    /// <param name="first">The first of them that is drawn.</param>
    /// <param name="count">How many are drawn.</param>
    private static (int[] Positions, float[] Weights) Weigh(int from, int to, int first, int count)
    {
        var positions = new int[Math.Max(count, 0) * Taps];
        var weights = new float[positions.Length];
        for (int i = 0; i < count; i++)
        {
            double centre = (first + i + 0.5) * from / to;
            double before = Math.Floor(centre - 0.5);
            for (int tap = 0; tap < Taps; tap++)
            {
                double position = before + tap - 1;
                positions[(i * Taps) + tap] = (int)Math.Clamp(position, 0, from - 1);
                weights[(i * Taps) + tap] = (float)Mitchell(Math.Abs(centre - 0.5 - position));
            }
        }

        return (positions, weights);
    }

    /// <summary>Equation 8 of the paper with B = C = 1/3.</summary>
    private static double Mitchell(double x) => x < 1 ? ((((7 * x) - 12) * x * x) + (16.0 / 3)) / 6
        : x < 2 ? ((((((-7.0 / 3 * x) + 12) * x) - 20) * x) + (32.0 / 3)) / 6
        : 0;

    /// <summary>Pixels with colours multiplied by alpha; null where all is opaque.</summary>
    private static byte[]? Multiplied(ReadOnlySpan<byte> pixels)
    {
        byte[]? multiplied = null;
        for (int i = 0; i < pixels.Length; i += 4)
        {
            int alpha = pixels[i + 3];
            if (alpha == byte.MaxValue)
            {
                continue;
            }

            multiplied ??= pixels.ToArray();
            for (int channel = 0; channel < 3; channel++)
            {
                multiplied[i + channel] = (byte)(((pixels[i + channel] * alpha) + 127) / 255);
            }
        }

        return multiplied;
    }
}
