using System.Text.Json;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

// Witness: tests/References/image_resize.py (PIL) wrote image-resize.json.
public class ImageResizerTests
{
    private static readonly JsonElement[] Cases = [.. ImageReference.Load("image-resize.json").GetProperty("cases").EnumerateArray()];

    [Fact]
    public void All_78_cases_are_bit_for_bit_what_PIL_gives()
    {
        foreach (JsonElement expected in Cases)
        {
            PixelBuffer source = Source(expected);
            int width = expected.GetProperty("newWidth").GetInt32();
            int height = expected.GetProperty("newHeight").GetInt32();
            var filter = Enum.Parse<ResizeFilter>(expected.GetProperty("filter").GetString()!, ignoreCase: true);
            var target = new PixelBuffer(new byte[width * height * source.Channels], width, height, source.Channels);

            new ResizeScratch().Resize(source, new PixelRectangle(0, 0, source.Width, source.Height), target, filter);

            Assert.True(expected.GetProperty("sha256").GetString() == ImageReference.Sha256(target.Span), $"differs: {expected}");
        }

        Assert.Equal(78, Cases.Length);
    }

    [Fact]
    public void A_part_is_resized_as_if_it_had_been_cut_out_first()
    {
        PixelBuffer source = Source(Cases.First(entry => entry.GetProperty("channels").GetInt32() == 3));
        var part = new PixelRectangle(Left: 31, Top: 17, Width: 101, Height: 55);
        var cut = new PixelBuffer(new byte[part.Width * part.Height * 3], part.Width, part.Height, 3);
        for (int row = 0; row < part.Height; row++)
        {
            source.Row(part.Top + row).Slice(part.Left * 3, part.Width * 3).CopyTo(cut.Row(row));
        }

        foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
        {
            var expected = new PixelBuffer(new byte[40 * 30 * 3], 40, 30, 3);
            var actual = new PixelBuffer(new byte[40 * 30 * 3], 40, 30, 3);
            new ResizeScratch().Resize(cut, new PixelRectangle(0, 0, cut.Width, cut.Height), expected, filter);

            new ResizeScratch().Resize(source, part, actual, filter);

            Assert.Equal(expected.Data, actual.Data);
        }
    }

    [Fact]
    public void Scratch_that_is_used_again_for_other_sizes_gives_the_same()
    {
        var scratch = new ResizeScratch();
        foreach (JsonElement expected in Cases.Where(entry => entry.GetProperty("filter").GetString() != "nearest").Reverse())
        {
            PixelBuffer source = Source(expected);
            int width = expected.GetProperty("newWidth").GetInt32();
            int height = expected.GetProperty("newHeight").GetInt32();
            var target = new PixelBuffer(new byte[width * height * source.Channels], width, height, source.Channels);

            scratch.Resize(source, new PixelRectangle(0, 0, source.Width, source.Height), target, Enum.Parse<ResizeFilter>(expected.GetProperty("filter").GetString()!, ignoreCase: true));

            Assert.Equal(expected.GetProperty("sha256").GetString(), ImageReference.Sha256(target.Span));
        }
    }

    /// <summary>The source image of a case, by the rule that the script states.</summary>
    private static PixelBuffer Source(JsonElement entry)
    {
        int width = entry.GetProperty("width").GetInt32();
        int height = entry.GetProperty("height").GetInt32();
        int channels = entry.GetProperty("channels").GetInt32();
        uint x = (uint)((width * 65536) + height);
        var data = new byte[width * height * channels];
        for (int i = 0; i < data.Length; i++)
        {
            x = unchecked((x * 1664525) + 1013904223);
            data[i] = (byte)(x >> 24);
        }

        return new PixelBuffer(data, width, height, channels);
    }
}
