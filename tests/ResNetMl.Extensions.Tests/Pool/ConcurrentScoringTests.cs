using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using ResNetMl.Engine;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Extensions.Tests.Pool;

/// <summary>Sixty-four threads on one pool: a published ResNet-20 on CIFAR-10's test images, with every executor of this machine.</summary>
public sealed class ConcurrentScoringTests : IDisposable
{
    private const int Callers = 64;
    private const int ImageCount = 128;

    private readonly Application _application = new();

    public static TheoryData<string> ExecutorNames => new("onednn", "managed", "onnxruntime");

    public void Dispose() => _application.Dispose();

    [Theory, MemberData(nameof(ExecutorNames))]
    public void Combined_calls_get_the_labels_of_one_thread_and_its_scores_within_a_hundred_thousandth(string executor)
    {
        Picture[] images = Use(executor, combines: true);
        Answer[] expected = [.. images.Select(image => _application.Pool.Predict(image))];

        Answer[] answers = PredictOnManyThreads(images);

        Assert.Equal(expected.Select(answer => answer.PredictedLabel), answers.Select(answer => answer.PredictedLabel));
        Assert.All(answers, (answer, i) => Assert.All(answer.Score, (score, k) => Assert.Equal(expected[i].Score[k], score, 1e-5f)));
    }

    [Theory, MemberData(nameof(ExecutorNames))]
    public void With_combining_off_many_threads_get_bit_for_bit_what_one_gets(string executor)
    {
        Picture[] images = Use(executor, combines: false);
        Answer[] expected = [.. images.Select(image => _application.Pool.Predict(image))];

        Answer[] answers = PredictOnManyThreads(images);

        Assert.All(answers, (answer, i) => Assert.Equal(expected[i].Score, answer.Score));
    }

    [Fact]
    public void Broken_images_among_many_do_not_touch_the_others()
    {
        Picture[] images = Use("managed", combines: true);
        Answer[] expected = [.. images.Select(image => _application.Pool.Predict(image))];
        for (int i = 0; i < images.Length; i += 3)
        {
            images[i] = new Picture { ImageSource = images[i].ImageSource[..(images[i].ImageSource.Length / 2)] };
        }

        var failures = new Exception?[images.Length];
        var answers = new Answer?[images.Length];
        RunOnManyThreads(images.Length, i =>
        {
            try
            {
                answers[i] = _application.Pool.Predict(images[i]);
            }
            catch (Images.ImageFormatException exception)
            {
                failures[i] = exception;
            }
        });

        Assert.All(answers, (answer, i) => Assert.Equal(i % 3 == 0, answer is null && failures[i] is not null));
        Assert.All(answers, (answer, i) => Assert.All(answer?.Score ?? [], (score, k) => Assert.Equal(expected[i].Score[k], score, 1e-5f)));
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_predictions()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"), watchForChanges: false);
        Picture image = GreyModel.Grey(77);
        Predict(2_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        Predict(6_000);

        // 6,000 results of one prediction each would be over a megabyte.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 500_000);

        void Predict(int count)
        {
            RunOnManyThreads(count, _ => _application.Pool.Predict(image));
            _application.Measurements.Clear();
        }
    }

    private static void RunOnManyThreads(int count, Action<int> run)
    {
        int next = -1;
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    run(i);
                }
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(failures);
    }

    private Answer[] PredictOnManyThreads(Picture[] images)
    {
        var answers = new Answer[images.Length];
        RunOnManyThreads(images.Length, i => answers[i] = _application.Pool.Predict(images[i]));
        return answers;
    }

    /// <summary>Loads the network under an executor, and reads images that are spread over all classes.</summary>
    private Picture[] Use(string name, bool combines)
    {
        string weights = TestData.RequirePath("models/cifar-resnet/resnet20-12fca82f.th");
        string archive = TestData.RequirePath("cifar10/cifar10_test_png.zip");
        IExecutor? executor = name switch
        {
            "onednn" => Backends.OneDnn is { } oneDnn ? new BackendExecutor(oneDnn) : null,
            "onnxruntime" => OnnxRuntimeExecutor.Instance,
            _ => new BackendExecutor(Backends.Managed),
        };
        if (executor is null)
        {
            Assert.Skip($"Needs {name}: {Backends.OneDnnUnavailableReason ?? OnnxRuntimeExecutor.UnavailableReason}");
        }

        ModelReader.Read(weights).Save(_application.PathOf("resnet20.zip"));
        _application.Services.Configure<MLOptions>(options => options.MLContext.SetScoringOptions(
            new ScoringOptions { Executor = executor, Predictor = new PredictorOptions { CombinesConcurrentCalls = combines } }));
        _application.Builder.FromFile(_application.PathOf("resnet20.zip"), watchForChanges: false);
        using ZipArchive zip = ZipFile.OpenRead(archive);
        ZipArchiveEntry[] entries = [.. zip.Entries.Where(entry => entry.Name.EndsWith(".png", StringComparison.Ordinal))];
        return [.. Enumerable.Range(0, ImageCount).Select(i => Read(entries[i * (entries.Length / ImageCount)]))];
    }

    private static Picture Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new Picture { ImageSource = bytes.ToArray() };
    }
}
