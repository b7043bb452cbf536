using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

/// <summary>Run while no other test runs: the counter is the process's.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

[Collection(nameof(Alone))]
public class BatchLoaderAllocationTests
{
    [Fact]
    public void A_step_over_pixels_in_memory_allocates_nothing_after_the_first_ones()
    {
        var preprocessing = new Preprocessing(new ResizeShorterSide(12), new ImageSize(8, 8), ChannelOrder.Rgb, [0.5f, 0.4f, 0.3f], [0.2f, 0.3f, 0.4f]);
        DecodedExamples examples = DecodedExamples.Load(
            new MemorySource(256, 16, 12), preprocessing, new LoadingOptions { KeepUncropped = true }, cancellationToken: TestContext.Current.CancellationToken);
        IReadOnlyList<Augmentation> augmentations = [new RandomResizedCrop(), .. Augmentation.Cifar, new RandomErasing()];
        using var loader = new BatchLoader(examples, BatchLoaderOptions.Training(32, augmentations, seed: 1));
        loader.Start();
        CancellationToken token = TestContext.Current.CancellationToken;
        for (int step = 0; step < 200; step++)
        {
            loader.Next(token);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int step = 0; step < 100; step++)
        {
            loader.Next(token);
        }

        // The test runner's own timer may allocate a little; one array or closure a step would be 100 times 24 bytes or more.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2_000);
    }
}
