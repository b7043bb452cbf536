using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision.Tests.Vision;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>Features that are kept from one fit to the next: used where they are the image's, computed where they would not be.</summary>
public sealed class FeatureCacheTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TinyBackbone _backbone = new();
    private readonly CountingExecutor _executor = new();
    private readonly List<string> _warnings = [];

    public FeatureCacheTests() => _context.Log += (_, message) => _warnings.AddRange(message.Kind == Runtime.ChannelMessageKind.Warning ? [message.RawMessage] : []);

    private string Workspace => Path.Combine(_backbone.Folder, "workspace");

    public void Dispose() => _backbone.Dispose();

    [Fact]
    public void A_second_fit_computes_no_features_and_gives_the_same_model()
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(40);
        string first = Fit(rows);
        Assert.Equal(40, _executor.TakeImages());

        Assert.Equal(first, Fit(rows));

        Assert.Equal(0, _executor.TakeImages());
        Assert.Single(CacheFiles());
        Assert.True(File.Exists(Path.Combine(Workspace, "custom_retrained_model_based_on_ResnetV250.zip")));
    }

    [Fact]
    public void An_added_or_changed_image_costs_only_itself()
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(40);
        Fit(rows);
        _executor.TakeImages();

        Fit(TinyBackbone.Rows(44));
        Assert.Equal(4, _executor.TakeImages());
        TinyBackbone.Row[] changed = [.. rows];
        changed[3] = rows[3] with { Image = TinyBackbone.Rows(4, seed: 77)[3].Image };
        string cached = Fit(changed);

        Assert.Equal(1, _executor.TakeImages());
        Assert.Equal(Fit(changed, reuses: false), cached);
    }

    [Fact]
    public void Another_backbone_or_size_gets_features_of_its_own()
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(40);
        string first = Fit(rows);
        _executor.TakeImages();
        using var other = new TinyBackbone(seed: 4);

        string withOther = Fit(rows, options => options.WeightsPath = other.Path);
        Assert.Equal(40, _executor.TakeImages());
        string brighter = Fit(rows, options => options.Preprocessing = new(
            new Images.ResizeExactly(Examples.Side, Examples.Side), null, Images.ChannelOrder.Grey, [0.4f], [0.25f]));
        Assert.Equal(40, _executor.TakeImages());

        Assert.Equal(3, new[] { first, withOther, brighter }.Distinct().Count());
        Assert.Equal(3, CacheFiles().Length);
        Assert.Equal(first, Fit(rows));
        Assert.Equal(0, _executor.TakeImages());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(200)]
    [InlineData(-1)]
    public void A_damaged_cache_is_told_of_and_computed_again(int place)
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(40);
        string first = Fit(rows);
        string path = CacheFiles().Single();
        byte[] content = File.ReadAllBytes(path);
        content[place < 0 ? content.Length + place : place] ^= 1;
        File.WriteAllBytes(path, content);
        _executor.TakeImages();

        Assert.Equal(first, Fit(rows));

        Assert.Equal(40, _executor.TakeImages());
        Assert.Contains(_warnings, message => message.StartsWith($"'{path}' cannot be used, so its features are computed again", StringComparison.Ordinal));
        Fit(rows);
        Assert.Equal(0, _executor.TakeImages());
    }

    [Fact]
    public void A_cache_cut_short_is_computed_again()
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(40);
        string first = Fit(rows);
        string path = CacheFiles().Single();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]);

        Assert.Equal(first, Fit(rows));
    }

    [Fact]
    public void Fits_at_the_same_time_in_one_workspace_are_all_right()
    {
        TinyBackbone.Row[][] parts = [TinyBackbone.Rows(40), TinyBackbone.Rows(40, seed: 6), TinyBackbone.Rows(40, seed: 7)];
        string[] expected = [.. parts.Select(rows => Fit(rows, reuses: false, workspace: false))];

        Parallel.For(0, 6, i => Assert.Equal(expected[i % 3], Fit(parts[i % 3])));

        Assert.All(parts, (rows, i) => Assert.Equal(expected[i], Fit(rows)));
        Assert.Single(CacheFiles());
        Assert.DoesNotContain(Directory.GetFiles(Workspace), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_reuse_and_workspace_nothing_is_written()
    {
        Fit(TinyBackbone.Rows(30), reuses: false, workspace: false);

        Assert.False(Directory.Exists(Workspace));
    }

    [Fact]
    public void Reuse_without_a_workspace_has_one_folder_for_all_fits()
    {
        Assert.EndsWith(Path.Combine("resnetml", "features"), FeatureCache.DefaultFolder, StringComparison.Ordinal);
        Assert.Equal(FeatureCache.DefaultFolder, FeatureCache.DefaultFolder);
    }

    [Fact]
    public void A_cancelled_fit_keeps_the_features_that_it_has()
    {
        using var source = new CancellationTokenSource();
        TinyBackbone.Row[] rows = TinyBackbone.Rows(40);
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(rows, options =>
        {
            options.CancellationToken = source.Token;
            options.BackboneBatchSize = 8;
            options.MetricsCallback = metrics =>
            {
                if (metrics.Bottleneck?.Index == 16)
                {
                    source.Cancel();
                }
            };
        }));
        Assert.Equal(16, _executor.TakeImages());

        Fit(rows);

        Assert.Equal(24, _executor.TakeImages());
    }

    private string[] CacheFiles() => Directory.GetFiles(Workspace, "trainSetBottleneckFile.csv_*_features.bin");

    /// <summary>Fits, and says which weights came out.</summary>
    private string Fit(TinyBackbone.Row[] rows, Action<ImageClassificationTrainer.Options>? change = null, bool reuses = true, bool workspace = true)
    {
        ImageClassificationTrainer.Options options = _backbone.Options();
        options.WorkspacePath = workspace ? Workspace : null;
        options.ReuseTrainSetBottleneckCachedValues = reuses;
        options.Executor = _executor;
        change?.Invoke(options);
        using var transformer = _context.MulticlassClassification.Trainers.ImageClassification(options).Fit(TinyBackbone.View(_context, rows));
        return transformer.Model.Model.WeightsSha256();
    }

    /// <summary>The managed backend, counting images that are not the zeros a batch is filled up with.</summary>
    private sealed class CountingExecutor : IExecutor
    {
        private readonly BackendExecutor _backend = new(Backends.Managed);
        private int _images;

        public string Name => _backend.Name;

        public string Description => _backend.Description;

        public int TakeImages() => Interlocked.Exchange(ref _images, 0);

        public bool Supports(Precision precision) => _backend.Supports(precision);

        public PreparedNetwork Prepare(NetworkDefinition definition, StateDictionary weights, CompileOptions options) =>
            new Counting(this, _backend.Prepare(definition, weights, options));

        private sealed class Counting(CountingExecutor owner, PreparedNetwork network) : PreparedNetwork
        {
            public override ScoringPlan CreatePlan(int batchSize) => new Plan(owner, network.CreatePlan(batchSize));

            protected override void Dispose(bool disposing) => network.Dispose();
        }

        private sealed class Plan(CountingExecutor owner, ScoringPlan plan) : ScoringPlan
        {
            public override int BatchSize => plan.BatchSize;

            public override IReadOnlyList<Tensor> Outputs => plan.Outputs;

            public override Tensor Run(params ReadOnlySpan<Tensor> inputs)
            {
                int length = (int)inputs[0].Shape.ElementCount / BatchSize;
                for (int row = 0; row < BatchSize; row++)
                {
                    if (inputs[0].Span.Slice(row * length, length).ContainsAnyExcept(0f))
                    {
                        Interlocked.Increment(ref owner._images);
                    }
                }

                return plan.Run(inputs);
            }

            protected override void Dispose(bool disposing) => plan.Dispose();
        }
    }
}
