using System.Text.Json;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

// Witness: tests/References/image_decode.py (PIL, and numpy where PIL keeps only the high byte of 16) wrote image-decode.json.
public class ImageDecoderTests
{
    private static readonly JsonElement Reference = ImageReference.Load("image-decode.json");

    public static TheoryData<string> Cases => [.. Reference.GetProperty("cases").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_format_decodes_to_the_pixels_of_the_witness(string name)
    {
        JsonElement expected = Reference.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == name);

        RgbImage image = ImageDecoder.Decode(expected.GetProperty("encoded").GetBytesFromBase64(), name);

        Assert.Equal((expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32()), (image.Width, image.Height));
        Assert.Equal(expected.GetProperty("sha256").GetString(), ImageReference.Sha256(image.Data));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_cut_anywhere_is_refused_or_still_holds_every_pixel(string name)
    {
        JsonElement expected = Reference.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == name);
        byte[] whole = expected.GetProperty("encoded").GetBytesFromBase64();
        int refused = 0;
        for (int length = 0; length < whole.Length; length += whole.Length - length > 40 ? 23 : 1)
        {
            try
            {
                // A GIF may lack its last byte, or later pictures of an animation, and be whole in its first.
                RgbImage image = ImageDecoder.Decode(whole.AsMemory(0, length), name);
                Assert.Equal(expected.GetProperty("sha256").GetString(), ImageReference.Sha256(image.Data));
            }
            catch (ImageFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10, int.MaxValue);
    }

    [Fact]
    public void Bytes_between_the_last_pixel_and_the_end_of_a_jpeg_are_harmless()
    {
        (byte[] whole, string sha256) = Jpeg();
        byte[] padded = [.. whole[..^2], 0, 0, 0, 0, 0, 0, 0, 0, .. whole[^2..], 1, 2, 3];

        Assert.Equal(sha256, ImageReference.Sha256(ImageDecoder.Decode(padded, "padded.jpg").Data));
    }

    [Fact]
    public void Damage_that_libjpeg_only_warns_about_is_refused()
    {
        (byte[] whole, _) = Jpeg();

        // The end marker in the middle of the pixels: libjpeg fills the rest with grey and warns.
        byte[] damaged = [.. whole[..^40], 0xFF, 0xD9, .. whole[^38..]];

        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(damaged, "damaged.jpg"));
        Assert.Equal(
            "damaged.jpg: expected a whole JPEG image, got a damaged one (VipsJpeg: Corrupt JPEG data: premature end of data segment). Replace the file or leave it out.",
            exception.Message);
    }

    [Theory]
    [InlineData("tiff")]
    [InlineData("jpeg")]
    public void Inks_become_the_light_they_leave(string format)
    {
        // Patches: paper, black, cyan, magenta, yellow, cyan + magenta, magenta + yellow, cyan + yellow.
        RgbImage image = ImageDecoder.Decode(Reference.GetProperty("inks").GetProperty(format).GetBytesFromBase64(), format);
        (int R, int G, int B)[] patches = [.. Enumerable.Range(0, 8).Select(patch => PixelAt(image, column: (8 * patch) + 4, row: 4))];

        Assert.Equal((64, 8), (image.Width, image.Height));
        Assert.All([patches[0].R, patches[0].G, patches[0].B], value => Assert.InRange(value, 240, 255));
        Assert.All([patches[1].R, patches[1].G, patches[1].B], value => Assert.InRange(value, 0, 70));
        Assert.True(patches[2].R < patches[2].G && patches[2].R < patches[2].B, $"cyan absorbs red, got {patches[2]}");
        Assert.True(patches[3].G < patches[3].R && patches[3].G < patches[3].B, $"magenta absorbs green, got {patches[3]}");
        Assert.True(patches[4].B < patches[4].R && patches[4].B < patches[4].G, $"yellow absorbs blue, got {patches[4]}");
        Assert.True(patches[5].B > patches[5].R && patches[5].B > patches[5].G, $"cyan and magenta leave blue, got {patches[5]}");
        Assert.True(patches[6].R > patches[6].G && patches[6].R > patches[6].B, $"magenta and yellow leave red, got {patches[6]}");
        Assert.True(patches[7].G > patches[7].R && patches[7].G > patches[7].B, $"cyan and yellow leave green, got {patches[7]}");
    }

    [Fact]
    public void A_header_is_read_without_turning_the_image()
    {
        JsonElement turned = Reference.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == "jpeg-orientation-6");

        ImageHeader header = ImageDecoder.ReadHeader(turned.GetProperty("encoded").GetBytesFromBase64(), "turned.jpg");

        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, Width: 23, Height: 17, Orientation: 6), header);
    }

    [Fact]
    public void Every_16_bit_value_is_divided_by_257_and_rounded()
    {
        for (int value = 0; value <= ushort.MaxValue; value++)
        {
            Assert.Equal((byte)Math.Round(value / 257.0), PixelConversion.ToByte((ushort)value));
        }
    }

    [Fact]
    public async Task Many_threads_decode_at_once_and_each_gets_its_own_pixels_or_its_own_reason()
    {
        (string Name, byte[] Encoded, string Sha256)[] cases =
        [
            .. Reference.GetProperty("cases").EnumerateArray().Select(entry => (
                entry.GetProperty("name").GetString()!, entry.GetProperty("encoded").GetBytesFromBase64(), entry.GetProperty("sha256").GetString()!)),
        ];
        byte[] cutPng = cases.First(entry => entry.Name == "png-rgb").Encoded[..^40];
        byte[] cutJpeg = cases.First(entry => entry.Name == "jpeg-444").Encoded[..^60];
        string pngReason = Reason(cutPng);
        string jpegReason = Reason(cutJpeg);
        Assert.NotEqual(pngReason, jpegReason);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (int round = 0; round < 40; round++)
            {
                (string name, byte[] encoded, string sha256) = cases[(thread + (round * 7)) % cases.Length];
                Assert.Equal(sha256, ImageReference.Sha256(ImageDecoder.Decode(encoded, name).Data));
                Assert.Equal(thread % 2 == 0 ? pngReason : jpegReason, Reason(thread % 2 == 0 ? cutPng : cutJpeg));
            }
        })));
    }

    private static (byte[] Encoded, string Sha256) Jpeg()
    {
        JsonElement entry = Reference.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == "jpeg-444");
        return (entry.GetProperty("encoded").GetBytesFromBase64(), entry.GetProperty("sha256").GetString()!);
    }

    private static string Reason(byte[] encoded) => Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(encoded, "cut")).Reason;

    private static (int R, int G, int B) PixelAt(RgbImage image, int column, int row)
    {
        int at = ((row * image.Width) + column) * RgbImage.Channels;
        return (image.Data[at], image.Data[at + 1], image.Data[at + 2]);
    }
}
