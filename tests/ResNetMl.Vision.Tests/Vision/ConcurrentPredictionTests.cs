using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>Many threads, one predictor: what is computed together, what is not, and what it costs.</summary>
public sealed class ConcurrentPredictionTests
{
    private const int Side = Examples.Side;

    [Fact]
    public async Task A_call_that_finds_the_network_idle_is_computed_at_once_and_alone()
    {
        var executor = new GatedExecutor();
        using Predictor predictor = Model().CreatePredictor(executor);

        Task<Prediction> call = Task.Run(() => predictor.Predict(Grey(10)), TestContext.Current.CancellationToken);
        executor.LetRun(1);
        await call;

        Assert.Equal([1], executor.BatchSizes);
    }

    [Fact]
    public async Task Calls_that_come_while_the_network_computes_form_the_next_batches_without_padding()
    {
        var executor = new GatedExecutor();
        using Predictor predictor = Model().CreatePredictor(executor, new PredictorOptions { CombinedBatchSize = 8 });

        Task<Prediction>[] calls = await StartAsync(executor, predictor, count: 14);
        executor.LetRun(10);
        await Task.WhenAll(calls);

        // One was running; of the 13 that waited, 8 (the bound), then 4, then 1.
        Assert.Equal([1, 8, 4, 1], executor.BatchSizes);
        AssertOwnAnswers(calls);
    }

    [Fact]
    public async Task With_combining_off_each_call_is_computed_alone()
    {
        var executor = new GatedExecutor();
        using Predictor predictor = Model().CreatePredictor(executor, new PredictorOptions { CombinesConcurrentCalls = false });

        Task<Prediction>[] calls = await StartAsync(executor, predictor, count: 9);
        executor.LetRun(9);
        await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Repeat(1, 9), executor.BatchSizes);
        AssertOwnAnswers(calls);
    }

    [Fact]
    public async Task Sixty_four_threads_take_no_more_plans_and_threads_than_there_are_batch_sizes()
    {
        var executor = new GatedExecutor();
        executor.LetRun(int.MaxValue / 2);
        using Predictor predictor = Model().CreatePredictor(executor, new PredictorOptions { CombinedBatchSize = 16 });

        await Task.WhenAll(Enumerable.Range(0, 64).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 50; i++)
                {
                    AssertOwnAnswer((byte)(thread + i), predictor.Predict(Grey((byte)(thread + i))));
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(64 * 50, executor.BatchSizes.Sum());
        Assert.InRange(executor.Plans, 1, 5); // 1, 2, 4, 8, 16
        Assert.Single(executor.ComputingThreads);
    }

    [Fact]
    public async Task A_batch_of_one_caller_takes_its_turn_and_is_not_mixed_with_other_calls()
    {
        var executor = new GatedExecutor();
        using Predictor predictor = Model().CreatePredictor(executor);

        Task<Prediction>[] first = await StartAsync(executor, predictor, count: 3);
        Task<IReadOnlyList<Prediction>> together =
            Task.Run(() => predictor.Predict([Grey(1), Grey(2), Grey(3)]), TestContext.Current.CancellationToken);
        await executor.WaitForQueueAsync(predictor, 3);
        Task<Prediction>[] last = [.. Enumerable.Range(0, 2).Select(i => Task.Run(() => predictor.Predict(Grey((byte)i))))];
        await executor.WaitForQueueAsync(predictor, 5);
        executor.LetRun(10);
        await Task.WhenAll([.. first, .. last]);

        Assert.Equal(3, (await together).Count);
        Assert.Equal([1, 2, 4, 2], executor.BatchSizes); // 3 images of one caller fill a plan of 4
    }

    [Fact]
    public async Task A_failed_run_fails_its_calls_and_no_later_one()
    {
        var executor = new GatedExecutor { FailsAt = 2 };
        using Predictor predictor = Model().CreatePredictor(executor);

        Task<Prediction>[] calls = await StartAsync(executor, predictor, count: 3);
        executor.LetRun(10);

        AssertOwnAnswer(0, await calls[0]);
        foreach (Task<Prediction> call in calls.Skip(1))
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => call);
            Assert.Equal("the run failed", failure.Message);
        }

        AssertOwnAnswer(7, predictor.Predict(Grey(7)));
    }

    [Fact]
    public async Task Disposing_lets_the_run_in_progress_end_and_refuses_what_waits()
    {
        var executor = new GatedExecutor();
        Predictor predictor = Model().CreatePredictor(executor);
        Task<Prediction>[] calls = await StartAsync(executor, predictor, count: 3);

        Task disposal = Task.Run(predictor.Dispose, TestContext.Current.CancellationToken);
        while (!predictor.IsDisposed)
        {
            await Task.Yield();
        }

        executor.LetRun(10);
        await disposal;

        AssertOwnAnswer(0, await calls[0]);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => calls[1]);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => calls[2]);
        Assert.Equal([1], executor.BatchSizes);
        Assert.Equal(0, executor.LivePlans);
    }

    [Fact]
    public async Task A_listener_hears_the_size_of_every_batch_and_a_queue_that_empties()
    {
        var executor = new GatedExecutor();
        using Predictor predictor = Model().CreatePredictor(executor);
        ConcurrentQueue<int> sizes = [];
        ConcurrentQueue<double> seconds = [];
        int queue = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "ResNetMl.Vision")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seconds.Enqueue(value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            if (instrument.Name == "resnetml.scoring.batch.size")
            {
                sizes.Enqueue(value);
            }
            else
            {
                Interlocked.Add(ref queue, value);
            }
        });
        listener.Start();

        Task<Prediction>[] calls = await StartAsync(executor, predictor, count: 6);
        int longest = Volatile.Read(ref queue);
        executor.LetRun(10);
        await Task.WhenAll(calls);

        Assert.Equal([1, 4, 1], sizes);
        Assert.Equal(3, seconds.Count);
        Assert.Equal((5, 0), (longest, Volatile.Read(ref queue)));
    }

    /// <summary>Starts calls of which the first is being computed and the others wait, in order.</summary>
    private static async Task<Task<Prediction>[]> StartAsync(GatedExecutor executor, Predictor predictor, int count)
    {
        var calls = new Task<Prediction>[count];
        for (int i = 0; i < count; i++)
        {
            byte value = (byte)i;
            calls[i] = Task.Factory.StartNew(() => predictor.Predict(Grey(value)), TaskCreationOptions.LongRunning);
            await (i == 0 ? executor.WaitForRunAsync() : executor.WaitForQueueAsync(predictor, i));
        }

        return calls;
    }

    private static void AssertOwnAnswers(Task<Prediction>[] calls)
    {
        for (int i = 0; i < calls.Length; i++)
        {
            AssertOwnAnswer((byte)i, calls[i].Result);
        }
    }

    // Logits (x, −x, 0) of x = (value/255 − 0.5)/0.25, see the model below.
    private static void AssertOwnAnswer(byte value, Prediction prediction)
    {
        double x = ((value / 255.0) - 0.5) / 0.25;
        Assert.Equal(Math.Exp(x) / (Math.Exp(x) + Math.Exp(-x) + 1), prediction.Probabilities.Span[0], 1e-5);
    }

    private static Model Model()
    {
        var weight = new Tensor([3, Side * Side]);
        weight.Span[0] = 1;
        weight.Span[Side * Side] = -1;
        var weights = new StateDictionary { ["fc.weight"] = weight, ["fc.bias"] = new Tensor([3]) };
        return new Model(Examples.Network(), weights, Examples.Preprocessing, ["bright", "dark", "middling"]);
    }

    private static Images.RgbImage Grey(byte value)
    {
        var pixels = new byte[Side * Side * Images.RgbImage.Channels];
        pixels.AsSpan().Fill(value);
        return new Images.RgbImage(Side, Side, pixels);
    }

    /// <summary>Runs the linear backend, each run only when it is let.</summary>
    private sealed class GatedExecutor : IExecutor
    {
        private readonly BackendExecutor _inner = new(new LinearBackend());
        private readonly SemaphoreSlim _permits = new(0);
        private int _started;
        private int _plans;
        private int _livePlans;

        public string Name => "gated";

        public string Description => "gated 1.0";

        internal ConcurrentQueue<int> BatchSizes { get; } = [];

        internal ConcurrentDictionary<int, bool> ComputingThreads { get; } = [];

        internal int FailsAt { get; init; }

        internal int Plans => _plans;

        internal int LivePlans => _livePlans;

        public bool Supports(Precision precision) => true;

        public PreparedNetwork Prepare(NetworkDefinition definition, StateDictionary weights, CompileOptions options) =>
            new Network(this, _inner.Prepare(definition, weights, options));

        internal void LetRun(int runs) => _permits.Release(runs);

        internal async Task WaitForRunAsync()
        {
            while (Volatile.Read(ref _started) == 0)
            {
                await Task.Yield();
            }
        }

        internal async Task WaitForQueueAsync(Predictor predictor, int length)
        {
            while (predictor.WaitingCalls < length)
            {
                await Task.Yield();
            }
        }

        private sealed class Network(GatedExecutor executor, PreparedNetwork inner) : PreparedNetwork
        {
            public override ScoringPlan CreatePlan(int batchSize)
            {
                Interlocked.Increment(ref executor._plans);
                Interlocked.Increment(ref executor._livePlans);
                return new Planned(executor, inner.CreatePlan(batchSize));
            }

            protected override void Dispose(bool disposing) => inner.Dispose();
        }

        private sealed class Planned(GatedExecutor executor, ScoringPlan inner) : ScoringPlan
        {
            public override int BatchSize => inner.BatchSize;

            public override IReadOnlyList<Tensor> Outputs => inner.Outputs;

            public override Tensor Run(params ReadOnlySpan<Tensor> inputs)
            {
                executor.BatchSizes.Enqueue(BatchSize);
                executor.ComputingThreads.TryAdd(Environment.CurrentManagedThreadId, true);
                int run = Interlocked.Increment(ref executor._started);
                executor._permits.Wait();
                return run == executor.FailsAt ? throw new InvalidOperationException("the run failed") : inner.Run(inputs);
            }

            protected override void Dispose(bool disposing)
            {
                Interlocked.Decrement(ref executor._livePlans);
                inner.Dispose();
            }
        }
    }
}
