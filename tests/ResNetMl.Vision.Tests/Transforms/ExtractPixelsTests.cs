using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Transforms.Image;
using static ResNetMl.Transforms.Image.ImagePixelExtractingEstimator;

namespace ResNetMl.Vision.Tests.ImageTransforms;

public sealed class ExtractPixelsTests
{
    private readonly MLContext _context = new();

    // The witness is the order's own name: its letters in turn, those not chosen left out. Red of pixel p is 10 p + 1, green + 2, blue + 3, alpha + 4.
    [Fact]
    public void Every_order_and_choice_of_channels_planar_and_interleaved_as_floats_and_bytes()
    {
        int cases = 0;
        foreach (ColorsOrder order in Enum.GetValues<ColorsOrder>())
        {
            for (int bits = 1; bits <= (int)ColorBits.All; bits++)
            {
                var colors = (ColorBits)bits;
                int[] channels = [.. $"{order}".Where(letter => colors.HasFlag(letter switch
                {
                    'R' => ColorBits.Red,
                    'G' => ColorBits.Green,
                    'B' => ColorBits.Blue,
                    _ => ColorBits.Alpha,
                })).Select(letter => 1 + "RGBA".IndexOf(letter, StringComparison.Ordinal))];
                float[] planar = [.. channels.SelectMany(channel => Enumerable.Range(0, 6).Select(pixel => (10f * pixel) + channel))];
                float[] interleaved = [.. Enumerable.Range(0, 6).SelectMany(pixel => channels.Select(channel => (10f * pixel) + channel))];
                foreach (MLPixelFormat format in (MLPixelFormat[])[MLPixelFormat.Bgra32, MLPixelFormat.Rgba32])
                {
                    IDataView data = Data(Numbered(format));
                    (float[] floats, byte[] bytes) = Extract(data, colors, order, interleave: false);
                    Assert.Equal(planar, floats);
                    Assert.Equal(planar.Select(value => (byte)value), bytes);
                    (floats, bytes) = Extract(data, colors, order, interleave: true);
                    Assert.Equal(interleaved, floats);
                    Assert.Equal(interleaved.Select(value => (byte)value), bytes);
                    cases++;
                }
            }
        }

        Assert.Equal(6 * 15 * 2, cases);
    }

    [Fact]
    public void Types_tell_planes_or_pixels_first()
    {
        IDataView data = Data(Numbered(MLPixelFormat.Bgra32));

        DataViewSchema schema = _context.Transforms.ExtractPixels("Planar", "Image")
            .Append(_context.Transforms.ExtractPixels("Interleaved", "Image", ColorBits.All, interleavePixelColors: true, outputAsFloatArray: false))
            .Fit(data).Transform(data).Schema;

        Assert.Equal("Vector<Single, 3, 2, 3>", schema["Planar"].Type.ToString());
        Assert.Equal("Vector<Byte, 2, 3, 4>", schema["Interleaved"].Type.ToString());
    }

    [Fact]
    public void The_offset_is_subtracted_before_the_scale_multiplies()
    {
        float[] values = One(_context.Transforms.ExtractPixels("Pixels", "Image", ColorBits.Red, offsetImage: 117, scaleImage: 0.5f));

        Assert.Equal([-58f, -53f, -48f, -43f, -38f, -33f], values);
    }

    // The witness is the preprocessing that PyTorch's values are held against.
    [Fact]
    public void Means_and_deviations_of_the_channels_give_the_bits_of_the_preprocessing()
    {
        byte[] rgba = TestImages.Generated(9, 5, opaque: true);
        byte[] rgb = [.. rgba.Where((_, i) => i % 4 != 3)];
        IDataView data = Data(MLImage.CreateFromPixels(9, 5, MLPixelFormat.Rgba32, rgba));
        var preprocessing = new Preprocessing(null, null, ChannelOrder.Rgb, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

        float[] values = Unsized(_context.Transforms.ResizeImages("Image", 9, 5)
            .Append(_context.Transforms.ExtractPixels("Pixels", preprocessing.Mean, preprocessing.StandardDeviation, "Image")), data);

        Assert.Equal(preprocessing.Apply(new RgbImage(9, 5, rgb)).Span.ToArray(), values);
    }

    [Fact]
    public void Means_follow_the_channels_in_the_order_they_are_extracted()
    {
        float[] values = One(_context.Transforms.ExtractPixels("Pixels", [1f, 0f], [1f, 0.5f], "Image", ColorBits.Red | ColorBits.Blue, ColorsOrder.ABGR));

        // Blue of pixel 0 is 3, red 1.
        Assert.Equal((3 / 255f) - 1f, values[0]);
        Assert.Equal(1 / 255f / 0.5f, values[6]);
    }

    [Fact]
    public void Impossible_settings_are_refused_where_the_pipeline_is_written()
    {
        string[] messages =
        [
            .. new Func<object>[]
            {
                () => _context.Transforms.ExtractPixels("Pixels", "Image", scaleImage: 0),
                () => _context.Transforms.ExtractPixels("Pixels", "Image", offsetImage: float.NaN),
                () => _context.Transforms.ExtractPixels("Pixels", "Image", colorsToExtract: 0),
                () => _context.Transforms.ExtractPixels("Pixels", [0.5f], [0.5f], "Image"),
                () => _context.Transforms.ExtractPixels("Pixels", [0f, 0f, 0f], [1f, 0f, 1f], "Image"),
            }.Select(make => Assert.Throws<ArgumentException>(make).Message),
        ];

        Assert.Equal(
            [
                "Expected a finite offset and a finite scale other than 0, got 0 and 0.",
                "Expected a finite offset and a finite scale other than 0, got NaN and 1.",
                "Expected at least one of Alpha, Red, Green and Blue in an order that exists, got 0 in order ARGB.",
                "Expected 3 finite means and 3 positive standard deviations, one for each channel extracted, got [0.5] and [0.5].",
                "Expected 3 finite means and 3 positive standard deviations, one for each channel extracted, got [0, 0, 0] and [1, 0, 1].",
            ],
            messages);
    }

    [Fact]
    public void Images_whose_sizes_differ_must_be_resized_first_before_and_with_data()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new TestImages.Row { Image = TestImages.Image(3, 2) }]);

        ArgumentException error = Assert.Throws<ArgumentException>(() => _context.Transforms.ExtractPixels("Pixels", "Image").Fit(data));

        Assert.Equal(
            "Column 'Image': expected images of one size, got Image. Resize or crop them first, or give their [ImageType] a height and width.",
            error.Message);
    }

    [Fact]
    public void A_column_that_holds_no_images_is_named_with_what_it_holds()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new Vectors { Values = [1, 2, 3, 4, 5, 6] }]);
        IEstimator<ITransformer> estimator = _context.Transforms.ExtractPixels("Pixels", "Values");

        string withData = Assert.Throws<ArgumentException>(() => estimator.Fit(data)).Message;
        string before = Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(SchemaShape.Create(data.Schema))).Message;
        string missing = Assert.Throws<ArgumentException>(() => _context.Transforms.ExtractPixels("Pixels", "Pictures").Fit(data)).Message;

        const string next = "Load them with LoadImages, or give a member of type MLImage the attribute [ImageType].";
        Assert.Equal($"Column 'Values': expected images, got Vector<Single, 6>. {next}", withData);
        Assert.Equal($"Column 'Values': expected images, got 'Values' (Vector of Single). {next}", before);
        Assert.StartsWith("ImagePixelExtractingTransformer needs column 'Pictures'; there", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_become_vectors_and_vectors_the_same_images_again()
    {
        foreach (ColorsOrder order in Enum.GetValues<ColorsOrder>())
        {
            foreach (bool interleave in (bool[])[false, true])
            {
                MLImage image = TestImages.Image(3, 2, opaque: false);
                IDataView data = Data(image);

                IDataView result = _context.Transforms
                    .ExtractPixels("Pixels", "Image", ColorBits.All, order, interleave, offsetImage: 100, scaleImage: 0.25f)
                    .Append(_context.Transforms.ConvertToImage(
                        2, 3, "Again", "Pixels", ColorBits.All, order, interleave, scaleImage: 4, offsetImage: -100))
                    .Fit(data).Transform(data);

                MLImage again = result.GetColumn<MLImage>("Again").Single();
                Assert.Equal(image.Pixels.ToArray(), TestImages.Rgba(again));
                Assert.Equal("VectorToImageConvertingTransformer", again.Tag);
            }
        }
    }

    [Fact]
    public void Channels_that_vectors_lack_have_the_defaults_given_whether_values_are_scaled_or_not()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new Vectors { Values = [1, 2, 3, 4, 5, 6] }]);

        MLImage plain = Convert(data, scale: 1);
        MLImage scaled = Convert(data, scale: 2);

        Assert.Equal([9, 8, 1, 7, 9, 8, 2, 7], plain.Pixels[..8].ToArray());
        Assert.Equal([9, 8, 2, 7, 9, 8, 4, 7], scaled.Pixels[..8].ToArray());

        MLImage Convert(IDataView data, float scale) => _context.Transforms
            .ConvertToImage(2, 3, "Made", "Values", ColorBits.Red, scaleImage: scale, defaultAlpha: 7, defaultGreen: 8, defaultBlue: 9)
            .Fit(data).Transform(data).GetColumn<MLImage>("Made").Single();
    }

    [Fact]
    public void Values_beyond_a_byte_are_held_at_its_ends_and_do_not_wrap()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new Vectors { Values = [-5, 300, 3.5f, 4.5f, 255.4f, float.NaN] }]);

        MLImage image = _context.Transforms.ConvertToImage(2, 3, "Made", "Values", ColorBits.Red).Fit(data).Transform(data).GetColumn<MLImage>("Made").Single();

        // 3.5 and 4.5 are rounded to even.
        Assert.Equal([0, 255, 4, 4, 255, 0], Enumerable.Range(0, 6).Select(pixel => image.Pixels[(pixel * 4) + 2]));
    }

    [Fact]
    public void A_vector_of_another_length_is_named_with_what_would_fit()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new Vectors { Values = [1, 2, 3, 4, 5, 6] }]);

        ArgumentException error = Assert.Throws<ArgumentException>(() => _context.Transforms.ConvertToImage(2, 3, "Made", "Values").Fit(data));

        Assert.Equal(
            "Column 'Values': expected vectors of 18 elements (2×3×3) of Single, Double or Byte, got Vector<Single, 6>. " +
            "Give the vectors' length by [VectorType], and the channels they hold.",
            error.Message);
    }

    private static MLImage Numbered(MLPixelFormat format)
    {
        int[] channels = format == MLPixelFormat.Rgba32 ? [1, 2, 3, 4] : [3, 2, 1, 4];
        return MLImage.CreateFromPixels(3, 2, format, [.. Enumerable.Range(0, 6).SelectMany(pixel => channels.Select(channel => (byte)((10 * pixel) + channel)))]);
    }

    private IDataView Data(MLImage image) => image.Width == 3
        ? _context.Data.LoadFromEnumerable([new Sized { Image = image }])
        : _context.Data.LoadFromEnumerable([new TestImages.Row { Image = image }]);

    private (float[] Floats, byte[] Bytes) Extract(IDataView data, ColorBits colors, ColorsOrder order, bool interleave)
    {
        IDataView result = _context.Transforms.ExtractPixels("Pixels", "Image", colors, order, interleave)
            .Append(_context.Transforms.ExtractPixels("Bytes", "Image", colors, order, interleave, outputAsFloatArray: false))
            .Fit(data).Transform(data);
        return (result.GetColumn<float[]>("Pixels").Single(), result.GetColumn<byte[]>("Bytes").Single());
    }

    private float[] One(IEstimator<ITransformer> estimator) => Unsized(estimator, Data(Numbered(MLPixelFormat.Bgra32)));

    private static float[] Unsized(IEstimator<ITransformer> estimator, IDataView data)
        => estimator.Fit(data).Transform(data).GetColumn<float[]>("Pixels").Single();

    private sealed class Sized
    {
        [ImageType(2, 3)]
        public MLImage? Image { get; set; }
    }

    private sealed class Vectors
    {
        [VectorType(6)]
        public float[] Values { get; set; } = [];
    }
}
