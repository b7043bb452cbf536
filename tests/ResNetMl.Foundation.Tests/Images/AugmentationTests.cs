using System.Text.Json;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

public class AugmentationTests
{
    [Fact]
    public void Augmentations_are_data_and_come_back_from_json_equal()
    {
        IReadOnlyList<Augmentation> written = [new HorizontalFlip(0.25), new PadAndCrop(3, PadMode.Reflect), new RandomResizedCrop(0.2, 0.9, 0.5, 2), new RandomErasing(0.1)];

        string json = JsonSerializer.Serialize(written);
        IReadOnlyList<Augmentation>? read = JsonSerializer.Deserialize<IReadOnlyList<Augmentation>>(json);

        Assert.Equal(
            """[{"kind":"horizontalFlip","probability":0.25},{"kind":"padAndCrop","padding":3,"mode":"reflect"},""" +
            """{"kind":"randomResizedCrop","minArea":0.2,"maxArea":0.9,"minRatio":0.5,"maxRatio":2},""" +
            """{"kind":"randomErasing","probability":0.1,"minArea":0.02,"maxArea":0.33}]""",
            json);
        Assert.Equal(written, read);
    }

    [Fact]
    public void A_flip_exchanges_left_and_right()
    {
        AugmentedImage image = Load(width: 3, height: 2, channels: 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]);

        image.FlipHorizontally();

        Assert.Equal([7, 8, 9, 4, 5, 6, 1, 2, 3, 16, 17, 18, 13, 14, 15, 10, 11, 12], image.Pixels.Span.ToArray());
    }

    [Theory]
    [InlineData(0, 0, PadMode.Zero, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(1, 1, PadMode.Zero, new byte[] { 5, 6, 0, 8, 9, 0, 0, 0, 0 })]
    [InlineData(-1, -2, PadMode.Zero, new byte[] { 0, 0, 0, 0, 0, 1, 0, 0, 4 })]
    [InlineData(0, 3, PadMode.Zero, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(1, 1, PadMode.Edge, new byte[] { 5, 6, 6, 8, 9, 9, 8, 9, 9 })]
    [InlineData(-2, -1, PadMode.Edge, new byte[] { 1, 1, 2, 1, 1, 2, 1, 1, 2 })]
    [InlineData(1, -1, PadMode.Reflect, new byte[] { 5, 4, 5, 8, 7, 8, 5, 4, 5 })]
    [InlineData(0, -3, PadMode.Reflect, new byte[] { 2, 3, 2, 5, 6, 5, 8, 9, 8 })]
    public void A_shift_pads_what_comes_in_from_outside(int down, int right, PadMode mode, byte[] expected)
    {
        AugmentedImage grey = Load(3, 3, channels: 1, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        AugmentedImage colour = Load(3, 3, channels: 3, [.. Enumerable.Range(1, 9).SelectMany(v => new[] { (byte)v, (byte)(v + 100), (byte)(v + 200) })]);

        grey.Shift(down, right, mode);
        colour.Shift(down, right, mode);

        Assert.Equal(expected, grey.Pixels.Span.ToArray());
        Assert.Equal(expected.SelectMany(v => v == 0 ? new byte[3] : [v, (byte)(v + 100), (byte)(v + 200)]), colour.Pixels.Span.ToArray());
    }

    [Fact]
    public void Pad_and_crop_shifts_by_every_amount_equally_often()
    {
        Dictionary<(int, int), int> counts = [];
        var augmentation = new PadAndCrop(1);
        for (int index = 0; index < 9_000; index++)
        {
            // One bright pixel in the middle of 5×5 shows the shift.
            var pixels = new byte[25];
            pixels[12] = 255;
            AugmentedImage image = Load(5, 5, channels: 1, pixels);
            CounterRandom random = CounterRandom.For(seed: 5, epoch: 0, index);

            augmentation.Apply(image, ref random);

            int bright = image.Pixels.Span.IndexOf((byte)255);
            (int, int) shift = ((bright / 5) - 2, (bright % 5) - 2);
            counts[shift] = counts.GetValueOrDefault(shift) + 1;
        }

        // 1,000 expected of each of nine shifts; five standard deviations are 150.
        Assert.Equal(9, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void A_flip_happens_with_its_probability()
    {
        int flipped = 0;
        var augmentation = new HorizontalFlip(0.3);
        for (int index = 0; index < 10_000; index++)
        {
            AugmentedImage image = Load(2, 1, channels: 1, [1, 2]);
            CounterRandom random = CounterRandom.For(seed: 5, epoch: 0, index);
            augmentation.Apply(image, ref random);
            flipped += image.Pixels.Span[0] == 2 ? 1 : 0;
        }

        // Five standard deviations of a binomial count are 230.
        Assert.InRange(flipped, 3000 - 230, 3000 + 230);
    }

    [Fact]
    public void Random_crops_keep_to_their_areas_and_ratios_and_lie_inside()
    {
        var augmentation = new RandomResizedCrop(0.2, 0.8, 0.75, 4.0 / 3);
        double areas = 0;
        const int Draws = 5_000;
        for (int index = 0; index < Draws; index++)
        {
            CounterRandom random = CounterRandom.For(seed: 5, epoch: 0, index);
            PixelRectangle part = augmentation.Choose(400, 300, ref random);

            Assert.InRange(part.Left, 0, 400 - part.Width);
            Assert.InRange(part.Top, 0, 300 - part.Height);

            // Sides are rounded to whole pixels: of sides over 100, at most 1 % of area or ratio.
            Assert.InRange(part.Width * part.Height / 120_000.0, 0.2 * 0.99, 0.8 * 1.01);
            Assert.InRange((double)part.Width / part.Height, 0.75 * 0.99, 4.0 / 3 * 1.01);
            areas += part.Width * part.Height / 120_000.0;
        }

        // Uniform in [0.2, 0.8], a little less because large flat parts do not fit a 4:3 image.
        Assert.InRange(areas / Draws, 0.46, 0.51);
    }

    [Theory]
    [InlineData(100, 10, 43, 0, 13, 10)] // too wide: height kept, width 10 · 4/3
    [InlineData(10, 100, 0, 43, 10, 13)] // too tall: width kept, height 10 / (3/4)
    public void A_crop_that_cannot_fit_falls_back_to_the_middle(int width, int height, int left, int top, int partWidth, int partHeight)
    {
        // The whole area of a 10:1 image at a ratio near 1 never fits.
        var augmentation = new RandomResizedCrop(1, 1);
        CounterRandom random = CounterRandom.For(seed: 1, epoch: 0, index: 0);

        Assert.Equal(new PixelRectangle(left, top, partWidth, partHeight), augmentation.Choose(width, height, ref random));
    }

    [Fact]
    public void A_random_crop_is_resized_to_the_output()
    {
        var image = new AugmentedImage(new ImageSize(7, 9), ResizeFilter.Bilinear);
        var pixels = new PixelBuffer(new byte[40 * 30 * 3], 40, 30, 3);
        pixels.Span.Fill(77);
        image.Load(pixels);
        CounterRandom random = CounterRandom.For(seed: 1, epoch: 0, index: 0);

        new RandomResizedCrop().Apply(image, ref random);

        Assert.Equal((9, 7), (image.Width, image.Height));
        Assert.Equal(-1, image.Pixels.Span.IndexOfAnyExcept((byte)77));
    }

    [Fact]
    public void Erasing_blackens_one_rectangle_of_the_asked_area()
    {
        int erased = 0;
        var augmentation = new RandomErasing(0.5, 0.1, 0.2);
        for (int index = 0; index < 2_000; index++)
        {
            byte[] white = new byte[40 * 40];
            white.AsSpan().Fill(255);
            AugmentedImage image = Load(40, 40, channels: 1, white);
            CounterRandom random = CounterRandom.For(seed: 2, epoch: 0, index);

            augmentation.Apply(image, ref random);

            int black = image.Pixels.Span.Count((byte)0);
            erased += black > 0 ? 1 : 0;
            Assert.True(black == 0 || black is >= 130 and <= 350, $"{black} pixels of 1600 are black");
        }

        // Five standard deviations of a binomial count are 112.
        Assert.InRange(erased, 1000 - 112, 1000 + 112);
    }

    private static AugmentedImage Load(int width, int height, int channels, byte[] pixels)
    {
        var image = new AugmentedImage(new ImageSize(height, width), ResizeFilter.Bilinear);
        image.Load(new PixelBuffer(pixels, width, height, channels));
        return image;
    }
}
