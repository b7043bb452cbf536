using System.Runtime.InteropServices;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

public class BatchLoaderTests
{
    private static readonly Preprocessing Small = new(new ResizeExactly(8, 8), null, ChannelOrder.Rgb, [0.5f, 0.4f, 0.3f], [0.2f, 0.3f, 0.4f]);

    [Fact]
    public void Batches_are_the_same_on_any_number_of_threads_in_memory_or_decoded_again()
    {
        BatchLoaderOptions options = BatchLoaderOptions.Training(batchSize: 16, Augmentation.Cifar, seed: 11);
        List<string> expected = Record(Load(new MemorySource(100, 8, 8)), options with { Threads = 1 }, steps: 30);

        Assert.Equal(expected, Record(Load(new MemorySource(100, 8, 8)), options with { Threads = 4 }, steps: 30));
        Assert.Equal(expected, Record(Load(new MemorySource(100, 8, 8), new LoadingOptions { MemoryBudgetBytes = 0, Threads = 3 }), options with { Threads = 3 }, steps: 30));
        Assert.Equal(expected, Record(Load(new MemorySource(100, 8, 8), new LoadingOptions { MemoryBudgetBytes = 5000 }), options, steps: 30));
        Assert.NotEqual(expected, Record(Load(new MemorySource(100, 8, 8)), options with { Seed = 12 }, steps: 30));
        Assert.Equal(expected.Count, expected.Distinct().Count());
    }

    [Fact]
    public void A_loader_started_in_the_middle_gives_what_one_started_at_the_beginning_gives_there()
    {
        DecodedExamples examples = Load(new MemorySource(50, 8, 8));
        BatchLoaderOptions options = BatchLoaderOptions.Training(batchSize: 8, Augmentation.Cifar, seed: 3);
        List<string> whole = Record(examples, options, steps: 6 * 5);

        using var loader = new BatchLoader(examples, options);
        loader.Start(epoch: 2, step: 4);
        List<string> fromMiddle = Record(loader, steps: 8);
        loader.Start(epoch: 1);
        List<string> fromStartAgain = Record(loader, steps: 6);

        Assert.Equal(whole[16..24], fromMiddle);
        Assert.Equal(whole[6..12], fromStartAgain);
    }

    [Fact]
    public void Each_epoch_holds_every_example_once_in_another_order()
    {
        DecodedExamples examples = Load(new MemorySource(97, 4, 4));
        using var loader = new BatchLoader(examples, new BatchLoaderOptions { BatchSize = 10, Shuffle = true, Seed = 1 });
        loader.Start(epochs: 3);
        List<int>[] epochs = [[], [], []];
        while (loader.Next(TestContext.Current.CancellationToken) is { } batch)
        {
            epochs[batch.Epoch].AddRange(batch.Positions);
        }

        Assert.Equal(10, loader.StepsPerEpoch);
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 97), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
        Assert.NotEqual(Enumerable.Range(0, 97), epochs[0]);
    }

    [Theory]
    [InlineData(LastBatch.Smaller, 4, 3, 3)]
    [InlineData(LastBatch.Padded, 4, 10, 3)]
    [InlineData(LastBatch.Drop, 3, 10, 10)]
    public void The_remainder_of_an_epoch_is_a_smaller_batch_padded_or_dropped(LastBatch lastBatch, int steps, int lastRows, int lastCount)
    {
        DecodedExamples examples = Load(new MemorySource(33, 4, 4, labels: 3));
        using var loader = new BatchLoader(examples, BatchLoaderOptions.Evaluation(batchSize: 10, lastBatch));
        loader.Start(epochs: 1);
        List<int> labels = [];
        List<int> positions = [];
        int seen = 0;
        while (loader.Next(TestContext.Current.CancellationToken) is { } batch)
        {
            seen++;
            labels.AddRange(batch.Labels);
            positions.AddRange(batch.Positions);
            if (seen == steps)
            {
                Assert.Equal([lastRows, 3, 8, 8], batch.Images.Shape);
                Assert.Equal(lastRows, batch.Labels.Length);
                Assert.Equal(lastCount, batch.Count);
                Assert.Equal(-1, batch.Images.Span[(lastCount * 3 * 64)..].IndexOfAnyExcept(0f));
            }
        }

        Assert.Equal(steps, loader.StepsPerEpoch);
        Assert.Equal(steps, seen);
        Assert.Equal(lastBatch == LastBatch.Drop ? 30 : 33, loader.ExamplesPerEpoch);
        Assert.Equal(Enumerable.Range(0, loader.ExamplesPerEpoch), positions);
        Assert.Equal(
            Enumerable.Range(0, loader.ExamplesPerEpoch).Select(i => i % 3).Concat(Enumerable.Repeat(-1, (lastBatch == LastBatch.Padded) ? 7 : 0)), labels);
        Assert.Null(loader.Next(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Without_augmentation_a_row_is_what_preprocessing_alone_gives()
    {
        var source = new MemorySource(20, 13, 9);
        DecodedExamples examples = Load(source);
        using var loader = new BatchLoader(examples, new BatchLoaderOptions { BatchSize = 20, Shuffle = true, Seed = 5 });
        loader.Start();

        Batch batch = loader.Next(TestContext.Current.CancellationToken)!;

        for (int row = 0; row < batch.Count; row++)
        {
            float[] expected = Small.Apply(source.Get(batch.Positions[row]).Decode()).Span.ToArray();
            Assert.Equal(expected, batch.Images.Span.Slice(row * 192, 192).ToArray());
            Assert.Equal(batch.Positions[row] % 2, batch.Labels[row]);
        }
    }

    [Fact]
    public void Leaving_out_a_bad_image_changes_no_other_images_augmentation()
    {
        var whole = new MemorySource(30, 8, 8);
        var damaged = new MemorySource(30, 8, 8);
        damaged.Bad.UnionWith([3, 17]);
        BatchLoaderOptions options = new() { BatchSize = 1, Augmentations = Augmentation.Cifar, Seed = 9 };

        List<string> fromWhole = Record(Load(whole), options, steps: 30);
        DecodedExamples examples = Load(damaged);
        List<string> fromDamaged = Record(examples, options, steps: 28);

        Assert.Equal([new BadImage("memory#3", "bad on purpose."), new BadImage("memory#17", "bad on purpose.")], examples.BadImages);
        Assert.Equal(28, examples.Count);
        Assert.Equal(4, examples.GetSourceIndex(3));
        Assert.Equal(fromWhole.Where((_, index) => index is not (3 or 17)).Select(WithoutPlace), fromDamaged.Select(WithoutPlace));

        static string WithoutPlace(string batch) => batch[batch.IndexOf(' ', StringComparison.Ordinal)..];
    }

    [Fact]
    public void Random_crops_read_uncropped_pixels_and_evaluation_of_them_crops_the_middle()
    {
        var cropping = new Preprocessing(new ResizeShorterSide(16), new ImageSize(8, 8), ChannelOrder.Grey, [0f], [1f]);
        var source = new MemorySource(10, 40, 24);
        DecodedExamples cropped = DecodedExamples.Load(source, cropping, cancellationToken: TestContext.Current.CancellationToken);
        DecodedExamples uncropped = DecodedExamples.Load(
            source, cropping, new LoadingOptions { KeepUncropped = true }, cancellationToken: TestContext.Current.CancellationToken);
        BatchLoaderOptions training = BatchLoaderOptions.Training(5, Augmentation.ImageNet, seed: 1);

        Assert.Equal(10 * 64, cropped.BytesInMemory);
        Assert.Equal(10 * 16 * 27, uncropped.BytesInMemory);
        Assert.Equal(Record(cropped, BatchLoaderOptions.Evaluation(10), 1), Record(uncropped, BatchLoaderOptions.Evaluation(10), 1));
        Assert.Equal(4, Record(uncropped, training, 4).Distinct().Count());
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new BatchLoader(cropped, training));
        Assert.Equal(
            "RandomResizedCrop needs images before the crop, got examples loaded without LoadingOptions.KeepUncropped. Load them with it. (Parameter 'options')", exception.Message);
    }

    [Fact]
    public void A_first_pass_reads_each_image_once_and_memory_serves_every_epoch()
    {
        var source = new MemorySource(64, 8, 8);
        DecodedExamples examples = Load(source);

        Record(examples, BatchLoaderOptions.Training(16, [], seed: 0), steps: 20);

        Assert.Equal(64, source.Reads);
        Assert.True(examples.AllInMemory);
        Assert.Equal(64 * 192, examples.BytesInMemory);
    }

    [Fact]
    public void A_first_pass_tells_how_far_it_is_and_stops_when_asked()
    {
        var source = new MemorySource(300, 2, 2);
        source.Bad.Add(0);
        List<LoadingProgress> reports = [];
        using var cancellation = new CancellationTokenSource();

        DecodedExamples.Load(source, Small, null, new Reporter(reports.Add), TestContext.Current.CancellationToken);
        Assert.Throws<OperationCanceledException>(
            () => DecodedExamples.Load(source, Small, null, new Reporter(_ => cancellation.Cancel()), cancellation.Token));

        Assert.Equal(100, reports.Count);
        Assert.Contains(new LoadingProgress(Done: 300, Total: 300, Bad: 1), reports);
    }

    [Fact]
    public void Images_of_several_sizes_need_a_preprocessing_with_a_size()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.bmp", TemporaryFolder.Bmp(4, 4, 1, 1, 1));
        folder.Write("a/2.bmp", TemporaryFolder.Bmp(5, 4, 1, 1, 1));
        folder.Write("b/1.bmp", TemporaryFolder.Bmp(4, 4, 1, 1, 1));
        var asIs = new Preprocessing(null, null, ChannelOrder.Rgb, [0, 0, 0], [1, 1, 1]);
        using IExampleSource source = ExampleSource.Open(folder.Path);

        DecodedExamples examples = DecodedExamples.Load(source, asIs, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(new ImageSize(4, 4), examples.OutputSize);
        Assert.Equal(
            "expected 4×4 pixels like the first image, because this preprocessing neither resizes nor crops, got 5×4. Use a preprocessing with a size, or leave it out.",
            Assert.Single(examples.BadImages).Reason);
    }

    [Fact]
    public void An_image_that_becomes_unreadable_later_stops_the_epoch_with_its_reason()
    {
        var source = new MemorySource(40, 8, 8);
        DecodedExamples examples = Load(source, new LoadingOptions { MemoryBudgetBytes = 0 });
        source.Bad.Add(25);
        using var loader = new BatchLoader(examples, BatchLoaderOptions.Evaluation(10));
        loader.Start(epochs: 1);

        ImageFormatException exception = Assert.Throws<ImageFormatException>(() =>
        {
            while (loader.Next(TestContext.Current.CancellationToken) is not null)
            {
            }
        });

        Assert.Equal("memory#25: bad on purpose.", exception.Message);
    }

    [Fact]
    public void A_wait_for_a_batch_ends_when_it_is_cancelled()
    {
        DecodedExamples examples = Load(new MemorySource(10, 8, 8), new LoadingOptions { MemoryBudgetBytes = 0 });
        using var loader = new BatchLoader(examples, BatchLoaderOptions.Evaluation(10));
        using var cancellation = new CancellationTokenSource();
        loader.Start();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => loader.Next(cancellation.Token));
        Assert.NotNull(loader.Next(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_batch_larger_than_the_examples_is_refused_where_remainders_are_dropped()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => new BatchLoader(Load(new MemorySource(10, 8, 8)), BatchLoaderOptions.Training(11, [], seed: 0)));

        Assert.Equal(
            "The batch size (11) is larger than the number of examples (10) and remainders are dropped. Use a smaller batch or LastBatch.Smaller. (Parameter 'options')",
            exception.Message);
    }

    private static DecodedExamples Load(IExampleSource source, LoadingOptions? options = null) =>
        DecodedExamples.Load(source, Small, options, cancellationToken: TestContext.Current.CancellationToken);

    private static List<string> Record(DecodedExamples examples, BatchLoaderOptions options, int steps)
    {
        using var loader = new BatchLoader(examples, options);
        loader.Start();
        return Record(loader, steps);
    }

    /// <summary>Everything about some batches: place, labels, positions, and a hash of the numbers.</summary>
    private static List<string> Record(BatchLoader loader, int steps)
    {
        List<string> batches = [];
        for (int i = 0; i < steps; i++)
        {
            Batch batch = loader.Next(TestContext.Current.CancellationToken)!;
            string numbers = ImageReference.Sha256(MemoryMarshal.AsBytes(batch.Images.Span));
            batches.Add($"{batch.Epoch}/{batch.Step} [{string.Join(' ', batch.Labels.ToArray())}] {numbers}");
        }

        return batches;
    }

    private sealed class Reporter(Action<LoadingProgress> report) : IProgress<LoadingProgress>
    {
        public void Report(LoadingProgress value)
        {
            lock (this)
            {
                report(value);
            }
        }
    }
}
