using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Transfer;

/// <summary>What a recipe beyond ML.NET's options says; the same for all folds of all sets.</summary>
internal sealed record RecipeOptions
{
    /// <summary>Residual blocks of the trunk that are trained; 0: the head alone.</summary>
    public int Blocks { get; init; } = 2;

    public int Epochs { get; init; } = 12;

    /// <summary>The head's highest rate.</summary>
    public double Rate { get; init; } = 0.001;

    /// <summary>What the trunk's rate is of the head's.</summary>
    public double TrunkFactor { get; init; } = 3;

    /// <summary>Side of the square that the network sees: the middle of the image whose shorter side is 8/7 of it.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Random views of each training image.</summary>
    public int Views { get; init; } = 4;

    /// <summary>Smallest share of an image's area that a random view shows.</summary>
    public double MinArea { get; init; } = 0.4;

    public double LabelSmoothing { get; init; } = 0.1;

    public double Mixup { get; init; }

    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Reads <c>--blocks 2 --epochs 12 --rate 0.001 --trunk-factor 3 --size 224 --views 4 --area 0.4 --smoothing 0.1 --mixup 0 --precision auto</c>.</summary>
    internal static RecipeOptions Read(string[] args)
    {
        var standard = new RecipeOptions();
        return new RecipeOptions
        {
            Blocks = (int)Number("--blocks", standard.Blocks),
            Epochs = (int)Number("--epochs", standard.Epochs),
            Rate = Number("--rate", standard.Rate),
            TrunkFactor = Number("--trunk-factor", standard.TrunkFactor),
            Size = (int)Number("--size", standard.Size),
            Views = (int)Number("--views", standard.Views),
            MinArea = Number("--area", standard.MinArea),
            LabelSmoothing = Number("--smoothing", standard.LabelSmoothing),
            Mixup = Number("--mixup", standard.Mixup),
            Precision = Array.IndexOf(args, "--precision") is >= 0 and var at && at + 1 < args.Length ? Enum.Parse<Precision>(args[at + 1], ignoreCase: true) : Precision.Auto,
        };

        double Number(string name, double otherwise)
        {
            int place = Array.IndexOf(args, name);
            return place >= 0 && place + 1 < args.Length ? double.Parse(args[place + 1], CultureInfo.InvariantCulture) : otherwise;
        }
    }

    /// <summary>The image trainer's options; columns, backbone and folders are the caller's to set.</summary>
    /// <param name="seed">Of the fit.</param>
    internal ImageClassificationTrainer.Options ForTrainer(int seed)
    {
        FineTuning part = Blocks == 0 ? FineTuning.HeadOnly : FineTuning.LastBlocks(Blocks);
        return new ImageClassificationTrainer.Options
        {
            Seed = seed,
            MetricsCallback = _ => { },
            Preprocessing = new Preprocessing(
                new ResizeShorterSide(Size * 8 / 7), new ImageSize(Size, Size), ChannelOrder.Rgb,
                Preprocessing.ImageNet.Mean, Preprocessing.ImageNet.StandardDeviation),
            Augmentations = [new RandomResizedCrop(MinArea, 1), new HorizontalFlip()],
            LabelSmoothing = LabelSmoothing,
            Mixup = Mixup,
            Precision = Precision,

            // Epochs are fixed: a tenth of 32 images a label would choose among them by chance.
            ValidationSetFraction = null,
            EarlyStoppingCriteria = null,
            Epoch = 60,
            FineTuning = part with
            {
                Epochs = Epochs,
                LearningRate = Rate,
                BackboneLearningRateFactor = TrunkFactor,
                Schedule = new CosineSchedule(Rate) { WarmUpEpochs = 1 },
                AugmentedViews = Views,
            },
        };
    }
}
