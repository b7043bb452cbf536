using System.Security.Cryptography;
using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Transforms.Image;
using static ResNetMl.Transforms.Image.ImageResizingEstimator;

namespace ResNetMl.Vision.Tests.ImageTransforms;

// Witnesses: tests/References/skia_sampling.mjs (Skia itself) wrote skia-sampling.json, tests/References/image_resize.py (PIL) image-resize.json.
public sealed class ResizeImagesTests
{
    private static readonly JsonElement Skia = TestImages.Reference("skia-sampling.json");

    private readonly TransformsCatalog _transforms = new MLContext().Transforms;

    public static TheoryData<int> NearestCases => [.. Enumerable.Range(0, Skia.GetProperty("nearest").GetArrayLength())];

    public static TheoryData<int> CubicCases => [.. Enumerable.Range(0, Skia.GetProperty("cubic").GetArrayLength())];

    [Theory, MemberData(nameof(NearestCases))]
    public void Fill_takes_the_pixels_that_Skia_takes(int index)
    {
        JsonElement expected = Skia.GetProperty("nearest")[index];

        MLImage result = TestImages.Map(
            _transforms.ResizeImages("Result", Number(expected, "newWidth"), Number(expected, "newHeight"), "Image", ResizingKind.Fill),
            TestImages.Image(Number(expected, "width"), Number(expected, "height")))!;

        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(TestImages.Rgba(result))));
    }

    [Theory, MemberData(nameof(CubicCases))]
    public void Pad_and_crop_with_every_anchor_give_the_pixels_that_Skia_draws(int index)
    {
        JsonElement expected = Skia.GetProperty("cubic")[index];
        byte[] pixels = expected.GetProperty("pixels").GetBytesFromBase64();

        MLImage result = TestImages.Map(
            _transforms.ResizeImages(
                "Result", Number(expected, "newWidth"), Number(expected, "newHeight"), "Image",
                Enum.Parse<ResizingKind>(expected.GetProperty("kind").GetString()!), Enum.Parse<Anchor>(expected.GetProperty("anchor").GetString()!)),
            TestImages.Image(Number(expected, "width"), Number(expected, "height"), expected.GetProperty("opaque").GetBoolean()))!;

        // Skia sums in single precision and another order: where a sum lies at a half, the rounding differs by one.
        byte[] actual = TestImages.Rgba(result);
        int[] differences = [.. pixels.Zip(actual, (one, other) => Math.Abs(one - other))];
        Assert.Equal(pixels.Length, actual.Length);
        Assert.InRange(differences.Max(), 0, 1);
        Assert.InRange(differences.Count(difference => difference != 0), 0, pixels.Length / 100);
    }

    [Fact]
    public void The_side_that_decides_the_scale_is_filled_to_the_last_pixel()
    {
        // 375 · (224/375) is 223.99998 in single precision; a column at the edge would stay black.
        byte[] white = [.. Enumerable.Repeat(byte.MaxValue, 375 * 375 * 4)];

        MLImage result = TestImages.Map(_transforms.ResizeImages("Result", 224, 224, "Image"), MLImage.CreateFromPixels(375, 375, MLPixelFormat.Bgra32, white))!;

        Assert.DoesNotContain((byte)0, result.Pixels.ToArray());
    }

    [Theory]
    [InlineData(ResizingKind.Fill)]
    [InlineData(ResizingKind.IsoCrop)]
    [InlineData(ResizingKind.IsoPad)]
    public void An_image_of_the_right_size_stays_as_it_is(ResizingKind kind)
    {
        MLImage image = TestImages.Image(20, 10, opaque: false);

        MLImage result = TestImages.Map(_transforms.ResizeImages("Result", 20, 10, "Image", kind), image)!;

        Assert.Equal(image.Pixels.ToArray(), TestImages.Rgba(result));
    }

    [Fact]
    public void Fill_keeps_alpha_and_the_tag()
    {
        MLImage image = TestImages.Image(20, 10, opaque: false);
        image.Tag = "name";

        MLImage result = TestImages.Map(_transforms.ResizeImages("Result", 10, 10, "Image", ResizingKind.Fill), image)!;

        Assert.Equal("name", result.Tag);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => image.Pixels[(((i / 10 * 20) + (i % 10 * 2)) * 4) + 3]), Enumerable.Range(0, 100).Select(i => result.Pixels[(i * 4) + 3]));
    }

    [Theory]
    [InlineData(ResizeFilter.Bilinear)]
    [InlineData(ResizeFilter.Bicubic)]
    [InlineData(ResizeFilter.Nearest)]
    public void With_a_filter_the_pixels_are_those_of_PIL(ResizeFilter filter)
    {
        int compared = 0;
        foreach (JsonElement expected in TestImages.Reference("image-resize.json").GetProperty("cases").EnumerateArray())
        {
            if (Number(expected, "channels") != 3 || !string.Equals(expected.GetProperty("filter").GetString(), filter.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            int width = Number(expected, "width");
            int height = Number(expected, "height");
            MLImage result = TestImages.Map(
                _transforms.ResizeImages("Result", Number(expected, "newWidth"), Number(expected, "newHeight"), filter, "Image", ResizingKind.Fill),
                MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, WithAlpha(Rgb(width, height))))!;

            Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(WithoutAlpha(TestImages.Rgba(result)))));
            Assert.All(Enumerable.Range(0, result.Width * result.Height), i => Assert.Equal(255, result.Pixels[(i * 4) + 3]));
            compared++;
        }

        Assert.Equal(13, compared);
    }

    // 500×375 and 375×500 to shorter side 256 are among PIL's cases; 0.5 is rounded to even: 3×2 to 5·(3/2) = 7.5 → 8, 5×2 to 5·(5/2) = 12.5 → 12.
    [Theory]
    [InlineData(500, 375, 256, 341, 256)]
    [InlineData(375, 500, 256, 256, 341)]
    [InlineData(3, 2, 5, 8, 5)]
    [InlineData(5, 2, 5, 12, 5)]
    [InlineData(7, 7, 9, 9, 9)]
    public void The_shorter_side_is_set_and_the_other_rounded(int width, int height, int shorterSide, int newWidth, int newHeight)
    {
        byte[] rgb = Rgb(width, height);

        MLImage result = TestImages.Map(
            _transforms.ResizeImages("Result", shorterSide, "Image"), MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, WithAlpha(rgb)))!;

        Assert.Equal((newWidth, newHeight), (result.Width, result.Height));
        Assert.Equal(ImageResizer.Resize(new RgbImage(width, height, rgb), newWidth, newHeight).Data, WithoutAlpha(TestImages.Rgba(result)));
    }

    [Theory]
    [InlineData(Anchor.Center, 16)]
    [InlineData(Anchor.Left, 0)]
    [InlineData(Anchor.Right, 33)]
    [InlineData(Anchor.Top, 16)]
    public void A_filtered_crop_is_the_resized_image_cut_at_an_offset_rounded_down(Anchor anchor, int left)
    {
        byte[] rgb = Rgb(100, 60);

        // 100×60 to cover 49×49: 81.67 → 82 wide, 33 too many.
        MLImage result = TestImages.Map(
            _transforms.ResizeImages("Result", 49, 49, ResizeFilter.Bilinear, "Image", cropAnchor: anchor),
            MLImage.CreateFromPixels(100, 60, MLPixelFormat.Rgba32, WithAlpha(rgb)))!;

        byte[] whole = ImageResizer.Resize(new RgbImage(100, 60, rgb), 82, 49).Data;
        byte[] cut = [.. Enumerable.Range(0, 49).SelectMany(row => whole.AsSpan(((row * 82) + left) * 3, 49 * 3).ToArray())];
        Assert.Equal(cut, WithoutAlpha(TestImages.Rgba(result)));
    }

    [Fact]
    public void A_filtered_pad_has_opaque_black_on_both_sides()
    {
        byte[] rgb = Rgb(60, 100);

        // 60×100 into 50×50: 30 wide, 10 free on each side.
        MLImage result = TestImages.Map(
            _transforms.ResizeImages("Result", 50, 50, ResizeFilter.Bicubic, "Image", ResizingKind.IsoPad),
            MLImage.CreateFromPixels(60, 100, MLPixelFormat.Rgba32, WithAlpha(rgb)))!;

        byte[] whole = ImageResizer.Resize(new RgbImage(60, 100, rgb), 30, 50, ResizeFilter.Bicubic).Data;
        byte[] black = new byte[30];
        byte[] padded = [.. Enumerable.Range(0, 50).SelectMany(row => (byte[])[.. black, .. whole.AsSpan(row * 90, 90), .. black])];
        Assert.Equal(padded, WithoutAlpha(TestImages.Rgba(result)));
    }

    [Fact]
    public void A_shorter_side_of_an_extremely_long_image_is_refused_before_memory_is_taken()
    {
        MLImage line = MLImage.CreateFromPixels(100_000, 1, MLPixelFormat.Bgra32, new byte[400_000]);
        line.Tag = "line.png";

        ImageFormatException error = Assert.Throws<ImageFormatException>(() => TestImages.Map(_transforms.ResizeImages("Result", 256, "Image"), line));

        Assert.Equal(
            "line.png: expected proportions that give at most 100,000,000 pixels, got 100000×1, resized 25600000×256. Leave the image out.", error.Message);
    }

    // A line is thinner than a pixel when it is padded: nothing of it is left to draw. One pixel gives its colour to all.
    [Theory]
    [InlineData(1000, 1, ResizingKind.IsoPad, true)]
    [InlineData(1, 1000, ResizingKind.IsoPad, true)]
    [InlineData(1000, 1, ResizingKind.IsoCrop, false)]
    [InlineData(1, 1000, ResizingKind.IsoCrop, false)]
    [InlineData(1000, 1, ResizingKind.Fill, false)]
    [InlineData(1, 1, ResizingKind.IsoCrop, false)]
    [InlineData(1, 1, ResizingKind.IsoPad, false)]
    public void Images_of_extreme_proportions_are_resized_like_others(int width, int height, ResizingKind kind, bool isBlack)
    {
        byte[] white = [.. Enumerable.Repeat(byte.MaxValue, width * height * 4)];

        MLImage result = TestImages.Map(
            _transforms.ResizeImages("Result", 10, 10, "Image", kind), MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, white))!;

        byte[] expected = isBlack ? [.. Enumerable.Range(0, 400).Select(i => i % 4 == 3 ? byte.MaxValue : (byte)0)] : [.. Enumerable.Repeat(byte.MaxValue, 400)];
        Assert.Equal(expected, result.Pixels.ToArray());
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    [InlineData(50_000, 50_000)]
    public void Impossible_sizes_are_refused_where_the_pipeline_is_written(int width, int height)
        => Assert.ThrowsAny<ArgumentException>(() => _transforms.ResizeImages("Result", width, height, "Image"));

    [Fact]
    public void Types_tell_the_size_where_it_is_one()
    {
        IDataView data = new MLContext().Data.LoadFromEnumerable([new TestImages.Row { Image = TestImages.Image(30, 20) }]);

        DataViewSchema schema = _transforms.ResizeImages("One", 7, 5, "Image").Append(_transforms.ResizeImages("Many", 9, "Image"))
            .Append(_transforms.CropImages("Part", 4, 3, "Many")).Fit(data).Transform(data).Schema;

        Assert.Equal(new ImageDataViewType(5, 7), schema["One"].Type);
        Assert.Equal(new ImageDataViewType(), schema["Many"].Type);
        Assert.Equal("Image<3, 4>", schema["Part"].Type.ToString());
    }

    [Theory]
    [InlineData(Anchor.Center, 3, 2)]
    [InlineData(Anchor.Left, 0, 2)]
    [InlineData(Anchor.Right, 7, 2)]
    [InlineData(Anchor.Top, 3, 0)]
    [InlineData(Anchor.Bottom, 3, 5)]
    public void A_crop_keeps_pixels_and_alpha_from_an_offset_rounded_down(Anchor anchor, int left, int top)
    {
        MLImage image = TestImages.Image(20, 12, opaque: false);

        MLImage result = TestImages.Map(_transforms.CropImages("Result", 13, 7, "Image", anchor), image)!;

        byte[] source = image.Pixels.ToArray();
        Assert.Equal(
            Enumerable.Range(0, 7).SelectMany(row => source.AsSpan((((top + row) * 20) + left) * 4, 13 * 4).ToArray()), TestImages.Rgba(result));
    }

    [Fact]
    public void An_image_smaller_than_the_crop_is_an_error_that_names_it()
    {
        ImageFormatException error = Assert.Throws<ImageFormatException>(
            () => TestImages.Map(_transforms.CropImages("Result", 13, 7, "Image"), TestImages.Image(12, 30)));

        Assert.Equal(
            "column 'Image', row 0: expected at least 13×7 pixels, the size of the crop, got 12×30. Resize first, or leave it out.", error.Message);
    }

    [Fact]
    public void Grey_is_the_grey_of_Skia()
    {
        JsonElement expected = Skia.GetProperty("grey");

        MLImage result = TestImages.Map(
            _transforms.ConvertToGrayscale("Result", "Image"), TestImages.Image(Number(expected, "width"), Number(expected, "height")))!;

        // Skia computes on a scale to 1: where a sum lies at a half, the rounding differs by one.
        byte[] pixels = expected.GetProperty("pixels").GetBytesFromBase64();
        int[] differences = [.. pixels.Zip(TestImages.Rgba(result), (one, other) => Math.Abs(one - other))];
        Assert.InRange(differences.Max(), 0, 1);
        Assert.InRange(differences.Count(difference => difference != 0), 0, pixels.Length / 100);
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static byte[] Rgb(int width, int height)
    {
        uint x = (uint)((width * 65536) + height);
        var bytes = new byte[width * height * 3];
        for (int i = 0; i < bytes.Length; i++)
        {
            x = unchecked((x * 1664525) + 1013904223);
            bytes[i] = (byte)(x >> 24);
        }

        return bytes;
    }

    /// <summary>Alpha that must not count: it is dropped, not blended.</summary>
    private static byte[] WithAlpha(byte[] rgb) => [.. Enumerable.Range(0, rgb.Length / 3).SelectMany(i => (byte[])[rgb[i * 3], rgb[(i * 3) + 1], rgb[(i * 3) + 2], (byte)(i * 37)])];

    private static byte[] WithoutAlpha(byte[] rgba) => [.. rgba.Where((_, i) => i % 4 != 3)];
}
