using System.Security.Cryptography;
using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.ImageTransforms;

public sealed class MLImageTests
{
    // Witness: tests/References/image_decode.py (PIL) wrote image-decode.json; hashes are of [H, W, RGB].
    public static TheoryData<string> Cases
        => [.. TestImages.Reference("image-decode.json").GetProperty("cases").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Cases))]
    public void Every_format_decodes_to_the_colours_of_the_witness(string name)
    {
        JsonElement expected = TestImages.Reference("image-decode.json").GetProperty("cases").EnumerateArray()
            .First(entry => entry.GetProperty("name").GetString() == name);

        using MLImage image = MLImage.CreateFromBytes(expected.GetProperty("encoded").GetBytesFromBase64(), name);

        byte[] rgb = image.GetBGRPixels;
        for (int i = 0; i < rgb.Length; i += 3)
        {
            (rgb[i], rgb[i + 2]) = (rgb[i + 2], rgb[i]);
        }

        Assert.Equal((expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32()), (image.Width, image.Height));
        Assert.Equal((MLPixelFormat.Bgra32, 32), (image.PixelFormat, image.BitsPerPixel));
        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(rgb)));
    }

    // The script's alpha is row · column mod 256, of 23×17 pixels.
    [Theory]
    [InlineData("png-rgba")]
    [InlineData("png-grey-alpha")]
    [InlineData("webp-lossless-alpha")]
    [InlineData("tiff-rgba")]
    public void Transparency_is_decoded_beside_the_colours(string name)
    {
        JsonElement expected = TestImages.Reference("image-decode.json").GetProperty("cases").EnumerateArray()
            .First(entry => entry.GetProperty("name").GetString() == name);

        using MLImage image = MLImage.CreateFromBytes(expected.GetProperty("encoded").GetBytesFromBase64(), name);

        Assert.Equal(
            Enumerable.Range(0, 17).SelectMany(row => Enumerable.Range(0, 23).Select(column => (byte)(row * column))),
            image.Pixels.ToArray().Where((_, i) => i % 4 == 3));
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".PNG")]
    public void What_is_saved_without_loss_is_read_back_with_its_transparency(string extension)
    {
        using var folder = new TestImages.Folder();
        using MLImage image = TestImages.Image(23, 17, opaque: false);

        image.Save(folder["a" + extension]);
        using MLImage read = MLImage.CreateFromFile(folder["a" + extension]);

        Assert.Equal((23, 17), (read.Width, read.Height));
        Assert.Equal(image.Pixels.ToArray(), TestImages.Rgba(read));
    }

    [Fact]
    public void A_saved_jpeg_is_close_and_opaque()
    {
        using var folder = new TestImages.Folder();
        byte[] smooth = [.. Enumerable.Range(0, 32 * 32).SelectMany(i => new byte[] { (byte)(i % 32 * 8), (byte)(i / 32 * 8), 100, 77 })];
        using MLImage image = MLImage.CreateFromPixels(32, 32, MLPixelFormat.Bgra32, smooth);

        image.Save(folder["a.jpeg"]);
        using MLImage read = MLImage.CreateFromFile(folder["a.jpeg"]);

        byte[] pixels = read.Pixels.ToArray();
        for (int i = 0; i < smooth.Length; i++)
        {
            // Quality 100 rounds coefficients and the change of colour space: a few steps of 256.
            Assert.InRange(pixels[i] - (i % 4 == 3 ? 255 : smooth[i]), -4, 4);
        }
    }

    [Fact]
    public void Saving_under_another_ending_says_which_there_are()
    {
        using MLImage image = TestImages.Image(2, 2);

        ArgumentException error = Assert.Throws<ArgumentException>(() => image.Save("picture.gif"));

        Assert.Equal(
            "Expected a path that ends in .jpg, .jpeg, .png or .webp, got 'picture.gif': images are not written as '.gif'. (Parameter 'imagePath')",
            error.Message);
        Assert.False(File.Exists("picture.gif"));
    }

    [Fact]
    public void Pixels_are_kept_as_given_in_either_order()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6, 7, 8];

        using MLImage bgra = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Bgra32, bytes);
        using MLImage rgba = MLImage.CreateFromPixels(1, 2, MLPixelFormat.Rgba32, bytes);

        Assert.Equal(bytes, bgra.Pixels.ToArray());
        Assert.Equal(bytes, rgba.Pixels.ToArray());
        Assert.Equal([1, 2, 3, 5, 6, 7], bgra.GetBGRPixels);
        Assert.Equal([3, 2, 1, 7, 6, 5], rgba.GetBGRPixels);
    }

    [Theory]
    [InlineData(0, 2, MLPixelFormat.Bgra32, "Expected an image of at least one pixel, got 0×2. (Parameter 'width')")]
    [InlineData(2, -1, MLPixelFormat.Bgra32, "Expected an image of at least one pixel, got 2×-1. (Parameter 'height')")]
    [InlineData(1, 1, MLPixelFormat.Bgra32, "Expected 4 bytes for 1×1 pixels of 4, got 8. (Parameter 'imagePixelData')")]
    [InlineData(46341, 46341, MLPixelFormat.Bgra32, "Expected 8,589,953,124 bytes for 46341×46341 pixels of 4, got 8. (Parameter 'imagePixelData')")]
    [InlineData(2, 1, MLPixelFormat.Unknown, "Expected pixels as Bgra32 or Rgba32, got Unknown. (Parameter 'pixelFormat')")]
    public void Impossible_pixels_are_refused(int width, int height, MLPixelFormat format, string message)
        => Assert.Equal(message, Assert.Throws<ArgumentException>(() => MLImage.CreateFromPixels(width, height, format, new byte[8])).Message);

    [Fact]
    public void A_disposed_image_says_so_from_every_member()
    {
        MLImage image = TestImages.Image(2, 2);
        image.Dispose();
        image.Dispose();

        Action[] members =
        [
            () => _ = image.Pixels.Length, () => _ = image.GetBGRPixels, () => _ = image.Width, () => _ = image.Height, () => _ = image.Tag,
            () => image.Tag = "x", () => _ = image.PixelFormat, () => _ = image.BitsPerPixel, () => image.Save("a.png"),
        ];

        Assert.All(members, member => Assert.Equal(
            "The image is disposed. Use it before disposing it, or keep another one.", Assert.Throws<InvalidOperationException>(member).Message));
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands_and_left_open()
    {
        using var folder = new TestImages.Folder();
        folder.Png("a.png", TestImages.Image(5, 3));
        using var stream = new MemoryStream([9, 9, .. File.ReadAllBytes(folder["a.png"])]);
        stream.Position = 2;

        using MLImage image = MLImage.CreateFromStream(stream);

        Assert.Equal((5, 3), (image.Width, image.Height));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void A_stream_of_something_else_is_an_error()
    {
        using var stream = new MemoryStream("no image at all"u8.ToArray());

        ImageFormatException error = Assert.Throws<ImageFormatException>(() => MLImage.CreateFromStream(stream));

        Assert.Equal(
            "image stream: expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got text that starts \"no image at all\". Replace the file or leave it out.",
            error.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => MLImage.CreateFromFile("nowhere/a.png"));

        Assert.Equal("Image 'nowhere/a.png' was not found.", error.Message);
        Assert.Equal("nowhere/a.png", error.FileName);
    }
}
