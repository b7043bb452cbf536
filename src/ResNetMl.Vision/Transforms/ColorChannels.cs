using System.Numerics;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Which channels of an image a vector holds, in which order.</summary>
internal static class ColorChannels
{
    private const string MemoryOrderBgra = "BGRA";
    private const string MemoryOrderRgba = "RGBA";

    /// <summary>How many channels are chosen.</summary>
    internal static int Count(ImagePixelExtractingEstimator.ColorBits colors) => BitOperations.PopCount((uint)colors);

    /// <exception cref="ArgumentException">No channel, or an order that does not exist.</exception>
    internal static void Check(ImagePixelExtractingEstimator.ColorBits colors, ImagePixelExtractingEstimator.ColorsOrder order)
    {
        if (colors == 0 || (colors & ImagePixelExtractingEstimator.ColorBits.All) != colors || !Enum.IsDefined(order))
        {
            throw new ArgumentException($"Expected at least one of Alpha, Red, Green and Blue in an order that exists, got {colors} in order {order}.");
        }
    }

    /// <summary>For each chosen channel, in the vector's order, its byte in a pixel: of red and blue in order ABGR, where blue is byte 0, [0, 2].</summary>
    internal static int[] BytesOf(
        ImagePixelExtractingEstimator.ColorBits colors, ImagePixelExtractingEstimator.ColorsOrder order, MLPixelFormat format = MLPixelFormat.Bgra32)
    {
        string memory = format == MLPixelFormat.Rgba32 ? MemoryOrderRgba : MemoryOrderBgra;
        return [.. order.ToString().Where(letter => colors.HasFlag(BitOf(letter))).Select(letter => memory.IndexOf(letter, StringComparison.Ordinal))];
    }

    private static ImagePixelExtractingEstimator.ColorBits BitOf(char letter) => letter switch
    {
        'A' => ImagePixelExtractingEstimator.ColorBits.Alpha,
        'R' => ImagePixelExtractingEstimator.ColorBits.Red,
        'G' => ImagePixelExtractingEstimator.ColorBits.Green,
        _ => ImagePixelExtractingEstimator.ColorBits.Blue,
    };
}
