using System.Diagnostics;
using System.Numerics;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>A prepared network that any number of threads may use: they take turns, and its buffers do not grow with their number.</summary>
/// <remarks>
/// There is a plan for each batch size in use (powers of two, or the caller's own), at most as many of a size as runs at a time: cores divided
/// by the threads of a run.
/// </remarks>
internal sealed class NetworkScorer : IDisposable
{
    private readonly PreparedNetwork _network;
    private readonly Shape _inputShape;
    private readonly int _imageLength;
    private readonly Dictionary<int, Stack<PlanWithInput>> _idle = [];
    private readonly ScoringQueue<Call> _queue;

    /// <summary>Takes a network over.</summary>
    /// <param name="network">One input; its first output's rows are the answers. Disposed of with the scorer.</param>
    /// <param name="inputShape">The input's, whatever its batch size.</param>
    /// <param name="threads">Threads of one run; 0 is one a core.</param>
    /// <param name="largestBatch">Single images computed together at most; 1 computes each alone, as if there were one caller.</param>
    internal NetworkScorer(PreparedNetwork network, Shape inputShape, int threads, int largestBatch)
    {
        _network = network;
        _inputShape = inputShape.With(0, 1);
        _imageLength = (int)_inputShape.ElementCount;
        int runsAtATime = threads > 0 ? Math.Max(1, Environment.ProcessorCount / threads) : 1;
        _queue = new ScoringQueue<Call>(runsAtATime, largestBatch, Compute);
    }

    internal int WaitingCalls => _queue.WaitingCalls;

    internal bool IsDisposed => _queue.IsDisposed;

    /// <summary>The first output's row for one image; it may be computed together with other callers' images.</summary>
    /// <param name="image">Prepared pixels, [1, C, H, W].</param>
    /// <exception cref="ObjectDisposedException">The scorer has been disposed of.</exception>
    internal float[] Score(Tensor image) => Run(new Call([image], batchSize: 1))[0];

    /// <summary>The first output's rows for images that are computed together, and with no others.</summary>
    /// <param name="images">Prepared pixels, [1, C, H, W] each; at least one.</param>
    /// <param name="batchSize">At least their number; the rest is zeros.</param>
    /// <exception cref="ObjectDisposedException">The scorer has been disposed of.</exception>
    internal float[][] Score(Tensor[] images, int batchSize) => Run(new Call(images, batchSize));

    /// <summary>Frees the buffers and the prepared weights, after the runs in progress; calls that wait fail.</summary>
    public void Dispose()
    {
        _queue.Dispose();
        foreach (PlanWithInput plan in _idle.Values.SelectMany(plans => plans))
        {
            plan.Plan.Dispose();
        }

        _idle.Clear();
        _network.Dispose();
    }

    private float[][] Run(Call call)
    {
        _queue.Run(call);
        return call.Rows;
    }

    private void Compute(IReadOnlyList<Call> calls)
    {
        long start = Stopwatch.GetTimestamp();
        int count = calls.Sum(call => call.ImageCount);
        PlanWithInput plan = Rent(calls.Count > 1 ? (int)BitOperations.RoundUpToPowerOf2((uint)count) : calls[0].BatchSize);
        try
        {
            Span<float> rows = plan.Input.Span;
            int row = 0;
            foreach (Tensor image in calls.SelectMany(call => call.Images))
            {
                image.Span.CopyTo(rows[(row++ * _imageLength)..]);
            }

            rows[(count * _imageLength)..].Clear();
            ReadOnlySpan<float> output = plan.Plan.Run(plan.Input).Span;
            int length = output.Length / plan.Plan.BatchSize;
            row = 0;
            foreach (Call call in calls)
            {
                for (int i = 0; i < call.Rows.Length; i++)
                {
                    call.Rows[i] = output.Slice(row++ * length, length).ToArray();
                }
            }
        }
        catch
        {
            // Nobody knows in what state a failed run left its buffers.
            plan.Plan.Dispose();
            throw;
        }

        Return(plan);
        ScoringMeter.BatchSize.Record(count);
        ScoringMeter.Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private PlanWithInput Rent(int batchSize)
    {
        lock (_idle)
        {
            if (_idle.TryGetValue(batchSize, out Stack<PlanWithInput>? plans) && plans.TryPop(out PlanWithInput? plan))
            {
                return plan;
            }
        }

        return new PlanWithInput(_network.CreatePlan(batchSize), new Tensor(_inputShape.With(0, batchSize)));
    }

    private void Return(PlanWithInput plan)
    {
        lock (_idle)
        {
            if (!_idle.TryGetValue(plan.Plan.BatchSize, out Stack<PlanWithInput>? plans))
            {
                _idle.Add(plan.Plan.BatchSize, plans = new Stack<PlanWithInput>());
            }

            plans.Push(plan);
        }
    }

    private sealed record PlanWithInput(ScoringPlan Plan, Tensor Input);

    private sealed class Call(Tensor[] images, int batchSize) : ScoringCall
    {
        internal override int ImageCount => Images.Length;

        internal Tensor[] Images { get; } = images;

        internal int BatchSize { get; } = batchSize;

        internal float[][] Rows { get; } = new float[images.Length][];
    }
}
