using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;
using ResNetMl.Vision.Tests.Vision;
using Metrics = ResNetMl.Vision.ImageClassificationTrainer.ImageClassificationMetrics;
using Options = ResNetMl.Vision.ImageClassificationTrainer.Options;
using Tuning = ResNetMl.Vision.FineTuning;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>The image trainer going on from its head, on a tiny backbone and on the real trunk.</summary>
public sealed class FineTuningOptionTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TinyBackbone _backbone = new();

    public void Dispose() => _backbone.Dispose();

    [Fact]
    public void Only_the_blocks_asked_for_move()
    {
        TinyBackbone.Row[] rows = [.. Directory.GetDirectories(SampleData.Flowers).Order(StringComparer.Ordinal).Take(2).SelectMany(kind =>
            Directory.GetFiles(kind, "*.jpg").Order(StringComparer.Ordinal).Take(4).Select(file => new TinyBackbone.Row(File.ReadAllBytes(file), Path.GetFileName(kind), file)))];
        var seen = new List<Metrics>();
        void Small(Options options)
        {
            options.WeightsPath = SampleData.Backbone;
            options.ImageSize = new ImageSize(64, 64);
            options.ValidationSetFraction = null;
            options.Epoch = 3;
        }

        Model alone = Fit(rows, Small);
        Model tuned = Fit(rows, options =>
        {
            Small(options);
            options.FineTuning = Tuning.LastBlocks(1) with { Epochs = 2, BatchSize = 4 };
            options.MetricsCallback = seen.Add;
        });

        string[] moved = [.. alone.Weights.Keys.Where(name => !alone.Weights[name].Span.SequenceEqual(tuned.Weights[name].Span))];
        string[] expected = [.. LayerSelection.LastBlocks(alone.Definition, 1).Names];
        Assert.NotEmpty(moved);
        Assert.All(moved, name => Assert.Contains(expected, node => name.StartsWith($"{node}.", StringComparison.Ordinal)));
        Assert.Contains(moved, name => name.StartsWith("fc", StringComparison.Ordinal));
        Assert.InRange(moved.Length, 3, expected.Length * 2);
        Assert.DoesNotContain(moved, name => name.EndsWith("running_mean", StringComparison.Ordinal));
        Assert.Equal([0, 1], seen.Where(metrics => metrics.Train is { IsFineTuning: true }).Select(metrics => metrics.Train!.Epoch));
        Assert.Contains("the last 1 blocks", tuned.Provenance.Origin, StringComparison.Ordinal);
    }

    [Fact]
    public void The_network_that_is_fine_tuned_and_the_one_that_is_saved_give_the_same_logits()
    {
        Backbone backbone = Backbone.Load(new BackboneRequest("tiny") { WeightsPath = _backbone.Path }, _context, "test", CancellationToken.None);
        var head = SoftmaxHead.Initial(3, backbone.FeatureCount, seed: 4);
        for (int i = 0; i < head.Weight.Length; i++)
        {
            head.Weight[i] *= 300;
        }

        // The last feature is the same in all rows: it counts for nothing in both.
        int features = backbone.FeatureCount;
        var scaling = new FeatureScaling(
            [.. Enumerable.Range(0, features).Select(i => 0.1 * i)], [.. Enumerable.Range(0, features).Select(i => i == features - 1 ? 0 : 0.5 + (0.2 * i))]);
        var network = new HeadedNetwork(backbone, 3);
        var executor = new BackendExecutor(Backends.Managed);
        using PreparedNetwork scaled = executor.Prepare(network.Scaled, network.ScaledWeights(head, scaling), new CompileOptions());
        using PreparedNetwork folded = executor.Prepare(
            network.Definition, network.Weights(backbone.Weights, scaling.Fold(network.HeadOf(network.ScaledWeights(head, scaling)))), new CompileOptions());
        using ScoringPlan scaledPlan = scaled.CreatePlan(2);
        using ScoringPlan foldedPlan = folded.CreatePlan(2);
        var input = new Tensor([2, 1, Examples.Side, Examples.Side]);
        for (int i = 0; i < input.Span.Length; i++)
        {
            input.Span[i] = MathF.Sin(i);
        }

        float[] expected = scaledPlan.Run(input).Span.ToArray();
        float[] got = foldedPlan.Run(input).Span.ToArray();

        Assert.Equal(6, got.Length);
        Assert.NotEqual(expected[0], expected[1], 1e-3);
        Assert.All(expected, (value, i) => Assert.Equal(value, got[i], 1e-4));
    }

    [Fact]
    public void All_that_can_be_asked_for_learns_and_is_never_worse_on_held_out_rows_than_the_head_alone()
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(60);
        void Half(Options options) => (options.ValidationSetFraction, options.Epoch) = (0.4f, 2);

        Model alone = Fit(rows, Half);
        Model tuned = Fit(rows, options =>
        {
            Half(options);
            options.FineTuning = Tuning.WholeNetwork with { Epochs = 6, BatchSize = 8, LearningRate = 0.02, BackboneLearningRateFactor = 0.3 };
            options.Augmentations = [new PadAndCrop(1)];
            options.ClassWeights = ClassWeights.Balanced;
            options.Mixup = 0.2;
            options.LabelSmoothing = 0.05;
            options.Optimizer = new AdamWOptions { WeightDecay = 1e-4 };
        });

        Assert.InRange(tuned.Metrics!.Values["microAccuracy"], alone.Metrics!.Values["microAccuracy"], 1);
        Assert.NotEqual(alone.WeightsSha256(), tuned.WeightsSha256());
    }

    [Fact]
    public void The_head_alone_learns_from_changed_images_on_a_backbone_that_stays()
    {
        Model model = Fit(TinyBackbone.Rows(60), options =>
        {
            options.ValidationSetFraction = null;
            options.FineTuning = Tuning.HeadOnly with { Epochs = 4, BatchSize = 8, AugmentedViews = 2 };
            options.Augmentations = [new PadAndCrop(1)];
        });
        Model backbone = Model.Load(_backbone.Path);

        Assert.Equal(backbone.Weights["hidden.weight"].Span.ToArray(), model.Weights["hidden.weight"].Span.ToArray());
    }

    [Theory]
    [InlineData("Augmentations")]
    [InlineData("Mixup")]
    [InlineData("Optimizer")]
    public void What_only_fine_tuning_can_do_is_refused_without_it(string option)
    {
        string message = Assert.Throws<ArgumentException>(() => Fit(TinyBackbone.Rows(6), options =>
        {
            options.Augmentations = option == "Augmentations" ? [new HorizontalFlip()] : [];
            options.Mixup = option == "Mixup" ? 0.2 : 0;
            options.Optimizer = option == "Optimizer" ? new SgdOptions() : null;
        })).Message;

        Assert.StartsWith($"ImageClassificationTrainer.Options.{option}: expected FineTuning with it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_fine_tuning_leaves_no_temporary_file()
    {
        using var source = new CancellationTokenSource();
        string temporary = Path.Combine(_backbone.Folder, "temporary");
        Directory.CreateDirectory(temporary);
        _context.TempFilePath = temporary;

        Assert.ThrowsAny<OperationCanceledException>(() => Fit(TinyBackbone.Rows(30), options =>
        {
            options.CancellationToken = source.Token;
            options.FineTuning = Tuning.WholeNetwork;
            options.MetricsCallback = metrics =>
            {
                if (metrics.Train is { IsFineTuning: true, Epoch: 1 })
                {
                    source.Cancel();
                }
            };
        }));

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    private Model Fit(TinyBackbone.Row[] rows, Action<Options> change)
    {
        Options options = _backbone.Options();
        change(options);
        using var transformer = _context.MulticlassClassification.Trainers.ImageClassification(options).Fit(TinyBackbone.View(_context, rows));
        return transformer.Model.Model;
    }
}
