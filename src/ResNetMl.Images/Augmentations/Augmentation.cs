using System.Text.Json.Serialization;

namespace ResNetMl.Images;

/// <summary>A random change of a training image that keeps its label, as data. A list of them is applied in order to the 8-bit pixels.</summary>
/// <remarks>Random numbers come from (seed, epoch, example) alone, so an augmented image is the same on any thread of any run.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(HorizontalFlip), "horizontalFlip")]
[JsonDerivedType(typeof(PadAndCrop), "padAndCrop")]
[JsonDerivedType(typeof(RandomResizedCrop), "randomResizedCrop")]
[JsonDerivedType(typeof(RandomErasing), "randomErasing")]
public abstract record Augmentation
{
    private protected Augmentation()
    {
    }

    /// <summary>The paper's for CIFAR: 4 pixels of padding, a random crop of the old size, and a flip (He et al. 2015, section 4.2).</summary>
    public static IReadOnlyList<Augmentation> Cifar { get; } = [new PadAndCrop(4), new HorizontalFlip()];

    /// <summary>Random resized crops and flips, as torchvision's ImageNet training.</summary>
    public static IReadOnlyList<Augmentation> ImageNet { get; } = [new RandomResizedCrop(), new HorizontalFlip()];

    /// <summary>Draws from <paramref name="random"/> and changes the image.</summary>
    internal abstract void Apply(AugmentedImage image, ref CounterRandom random);
}

/// <summary>What lies beyond an image's border.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PadMode>))]
public enum PadMode
{
    /// <summary>Black: zero before normalising.</summary>
    [JsonStringEnumMemberName("zero")]
    Zero,

    /// <summary>The image mirrored at its border pixel, which is not repeated: c b | a b c.</summary>
    [JsonStringEnumMemberName("reflect")]
    Reflect,

    /// <summary>The border pixel repeated: a a | a b c.</summary>
    [JsonStringEnumMemberName("edge")]
    Edge,
}

/// <summary>Mirrors left and right.</summary>
public sealed record HorizontalFlip : Augmentation
{
    /// <summary>Flips with a probability.</summary>
    /// <param name="probability">In [0, 1].</param>
    public HorizontalFlip(double probability = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        Probability = probability;
    }

    /// <summary>Share of images that are flipped, in [0, 1].</summary>
    [JsonPropertyName("probability")]
    public double Probability { get; }

    internal override void Apply(AugmentedImage image, ref CounterRandom random)
    {
        if (random.NextDouble() < Probability)
        {
            image.FlipHorizontally();
        }
    }
}

/// <summary>Pads every side and crops the old size at a random place: a random shift of up to the padding, each equally likely.</summary>
public sealed record PadAndCrop : Augmentation
{
    /// <summary>Shifts by up to some pixels.</summary>
    /// <param name="padding">Pixels on each side, at least 0.</param>
    /// <param name="mode">What they hold.</param>
    public PadAndCrop(int padding = 4, PadMode mode = PadMode.Zero)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a pad mode.");
        }

        Padding = padding;
        Mode = mode;
    }

    /// <summary>Pixels added on each side, and so the largest shift.</summary>
    [JsonPropertyName("padding")]
    public int Padding { get; }

    /// <summary>What the added pixels hold.</summary>
    [JsonPropertyName("mode")]
    public PadMode Mode { get; }

    internal override void Apply(AugmentedImage image, ref CounterRandom random)
    {
        int places = (2 * Padding) + 1;
        int down = random.NextInt32(places) - Padding;
        int right = random.NextInt32(places) - Padding;
        image.Shift(down, right, Mode);
    }
}

/// <summary>Cuts out a part of random area and proportions and resizes it to the network's input.</summary>
/// <remarks>
/// Szegedy et al. 2014 (https://arxiv.org/abs/1409.4842), section 6, drawn as torchvision's RandomResizedCrop does: ten attempts at an area
/// and a log-uniform ratio, then the largest middle part within the ratios.
/// </remarks>
public sealed record RandomResizedCrop : Augmentation
{
    private const int Attempts = 10;

    /// <summary>Cuts parts within bounds.</summary>
    /// <param name="minArea">Smallest share of the image's area, in (0, 1].</param>
    /// <param name="maxArea">Largest share of the image's area, in [minArea, 1].</param>
    /// <param name="minRatio">Smallest width/height, positive.</param>
    /// <param name="maxRatio">Largest width/height, at least minRatio.</param>
    public RandomResizedCrop(double minArea = 0.08, double maxArea = 1, double minRatio = 3.0 / 4, double maxRatio = 4.0 / 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minArea);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxArea, minArea);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxArea, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minRatio);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRatio, minRatio);
        MinArea = minArea;
        MaxArea = maxArea;
        MinRatio = minRatio;
        MaxRatio = maxRatio;
    }

    /// <summary>Smallest share of the image's area, in (0, 1].</summary>
    [JsonPropertyName("minArea")]
    public double MinArea { get; }

    /// <summary>Largest share of the image's area.</summary>
    [JsonPropertyName("maxArea")]
    public double MaxArea { get; }

    /// <summary>Smallest width/height.</summary>
    [JsonPropertyName("minRatio")]
    public double MinRatio { get; }

    /// <summary>Largest width/height.</summary>
    [JsonPropertyName("maxRatio")]
    public double MaxRatio { get; }

    internal override void Apply(AugmentedImage image, ref CounterRandom random) =>
        image.CropAndResize(Choose(image.Width, image.Height, ref random));

    /// <summary>The part to cut out of an image of a given size.</summary>
    internal PixelRectangle Choose(int imageWidth, int imageHeight, ref CounterRandom random)
    {
        double area = (double)imageWidth * imageHeight;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double wanted = area * random.NextDouble(MinArea, MaxArea);
            double ratio = Math.Exp(random.NextDouble(Math.Log(MinRatio), Math.Log(MaxRatio)));
            int width = (int)Math.Round(Math.Sqrt(wanted * ratio));
            int height = (int)Math.Round(Math.Sqrt(wanted / ratio));
            if (width >= 1 && width <= imageWidth && height >= 1 && height <= imageHeight)
            {
                int top = random.NextInt32(imageHeight - height + 1);
                int left = random.NextInt32(imageWidth - width + 1);
                return new PixelRectangle(left, top, width, height);
            }
        }

        double imageRatio = (double)imageWidth / imageHeight;
        int middleWidth = imageRatio > MaxRatio ? Math.Max(1, (int)Math.Round(imageHeight * MaxRatio)) : imageWidth;
        int middleHeight = imageRatio < MinRatio ? Math.Max(1, (int)Math.Round(imageWidth / MinRatio)) : imageHeight;
        return new PixelRectangle((imageWidth - middleWidth) / 2, (imageHeight - middleHeight) / 2, middleWidth, middleHeight);
    }
}

/// <summary>Blackens a random rectangle: Zhong et al. 2017 (https://arxiv.org/abs/1708.04896), with a constant instead of noise.</summary>
public sealed record RandomErasing : Augmentation
{
    /// <summary>Erases with a probability.</summary>
    /// <param name="probability">In [0, 1].</param>
    /// <param name="minArea">Smallest share of the image's area, in (0, 1].</param>
    /// <param name="maxArea">Largest share of the image's area, in [minArea, 1].</param>
    public RandomErasing(double probability = 0.5, double minArea = 0.02, double maxArea = 0.33)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        Probability = probability;
        Part = new RandomResizedCrop(minArea, maxArea, 0.3, 1 / 0.3);
    }

    /// <summary>Share of images that lose a rectangle, in [0, 1].</summary>
    [JsonPropertyName("probability")]
    public double Probability { get; }

    /// <summary>Smallest share of the image's area.</summary>
    [JsonPropertyName("minArea")]
    public double MinArea => Part.MinArea;

    /// <summary>Largest share of the image's area.</summary>
    [JsonPropertyName("maxArea")]
    public double MaxArea => Part.MaxArea;

    private RandomResizedCrop Part { get; }

    internal override void Apply(AugmentedImage image, ref CounterRandom random)
    {
        if (random.NextDouble() < Probability)
        {
            image.Blacken(Part.Choose(image.Width, image.Height, ref random));
        }
    }
}
