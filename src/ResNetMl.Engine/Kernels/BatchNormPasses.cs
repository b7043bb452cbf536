using System.Diagnostics;
using System.Runtime.CompilerServices;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Kernels;

/// <summary>A batch norm's tensors: its feature maps in the pass's layout, and γ, β and the running statistics per channel.</summary>
internal unsafe struct BatchNormForward
{
    internal float* X;

    /// <summary>Added before the activation, or null.</summary>
    internal float* Addend;
    internal float* Y;
    internal float* Weight;
    internal float* Bias;
    internal float* RunningMean;
    internal float* RunningVariance;
    internal bool HasRelu;
}

/// <summary>The gradients of a batch norm: those that come in, those that go out.</summary>
internal unsafe struct BatchNormBackward
{
    internal float* X;

    /// <summary>What forward made; read only where there are both an addend and an activation.</summary>
    internal float* Y;
    internal bool HasRelu;
    internal bool HasAddend;

    /// <summary>∂loss/∂y.</summary>
    internal float* YGradient;

    /// <summary>A second part of ∂loss/∂y to be added to the first, or null.</summary>
    internal float* OtherYGradient;

    /// <summary>
    /// Where ∂loss/∂addend goes; may be <see cref="YGradient"/>. Needed, as working memory, where there is an addend and an activation or
    /// a second part; may else be null, and the addend's gradient is then ∂loss/∂y itself.
    /// </summary>
    internal float* AddendGradient;

    /// <summary>
    /// Where ∂loss/∂x goes; may be any of the gradients read, but not <see cref="AddendGradient"/> where an addend wants it.
    /// </summary>
    internal float* XGradient;
    internal float* Weight;

    /// <summary>Where ∂loss/∂γ goes; null for a frozen batch norm, whose β has no gradient either.</summary>
    internal float* WeightGradient;
    internal float* BiasGradient;
}

/// <summary>
/// Batch norm over one layout, forward with the statistics of the batch and backward, with the addition and the activation that follow
/// it in the same passes over memory.
/// </summary>
/// <remarks>
/// Forward reads x twice and writes y; backward reads x and ∂loss/∂y twice and writes ∂loss/∂x. Partial sums are fp32 over one segment of at
/// most 8,192 elements and double above it, added in the order of the threads: the same thread count gives the same bits.
/// Formulas: Ioffe and Szegedy 2015, algorithm 1 and section 3, with ∂loss/∂x = γ/σ·(g − mean(g) − (x − mean)·mean(g·(x − mean))/σ²).
/// </remarks>
internal sealed unsafe class BatchNormPasses
{
    private readonly ImageLayout _layout;
    private readonly ParallelRunner _runner;
    private readonly float _epsilon;
    private readonly float _momentum;
    private readonly int _padded;

    // Per lane, _padded elements each, in the order of the Lane constants.
    private readonly Tensor _perLane;

    // Per thread: first sums then second sums, in double.
    private readonly double[] _partials;
    private readonly double* _partialsAddress;
    private readonly float* _scratch;
    private readonly Tensor _scratchStorage;

    /// <summary>Takes working memory for a layout.</summary>
    /// <param name="layout">Layout of x, y and their gradients.</param>
    /// <param name="runner">The threads.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of the new batch in the running statistics.</param>
    internal BatchNormPasses(ImageLayout layout, ParallelRunner runner, float epsilon, float momentum)
    {
        _layout = layout;
        _runner = runner;
        _epsilon = epsilon;
        _momentum = momentum;
        _padded = layout.PaddedChannels;
        _perLane = new Tensor([(int)Lane.Count, _padded]);
        _scratchStorage = new Tensor([runner.ThreadCount, 2 * RoundUp(layout.Lanes)]);
        _scratch = (float*)_scratchStorage.Address;
        _partials = GC.AllocateArray<double>(runner.ThreadCount * 2 * _padded, pinned: true);
        _partialsAddress = (double*)Unsafe.AsPointer(ref _partials[0]);
    }

    private enum Lane
    {
        Scale,
        Shift,

        /// <summary>While moments are summed a number near the mean, afterwards the mean.</summary>
        Center,
        InverseDeviation,
        A,
        B,
        C,
        Count,
    }

    /// <summary>Normalises with the batch's statistics, which it keeps for <see cref="Backward"/>, and moves the running ones.</summary>
    /// <param name="tensors">What to read and write.</param>
    internal void Forward(in BatchNormForward tensors)
    {
        float* center = PerLane(Lane.Center);
        for (int channel = 0; channel < _layout.Channels; channel++)
        {
            center[channel] = tensors.X[_layout.MapOffset(0, channel / _layout.Lanes) + (channel % _layout.Lanes)];
        }

        Job job = NewJob();
        job.Segment.X = tensors.X;
        job.Segment.Addend = tensors.Addend;
        job.Segment.Y = tensors.Y;
        job.HasAddend = tensors.Addend != null;
        job.HasRelu = tensors.HasRelu;
        _runner.Run(&SumMoments, &job);
        FinishStatistics(tensors);
        _runner.Run(&NormalizeSegments, &job);
        GC.KeepAlive(this);
    }

    /// <summary>Scales and shifts by the running statistics, as in scoring and in frozen layers, and keeps them for <see cref="Backward"/>.</summary>
    /// <param name="tensors">What to read and write; the running statistics are not changed.</param>
    internal void Score(in BatchNormForward tensors)
    {
        for (int channel = 0; channel < _layout.Channels; channel++)
        {
            double inverseDeviation = 1 / Math.Sqrt((double)tensors.RunningVariance[channel] + _epsilon);
            PerLane(Lane.Center)[channel] = tensors.RunningMean[channel];
            PerLane(Lane.InverseDeviation)[channel] = (float)inverseDeviation;
            SetScale(channel, tensors.Weight[channel] * inverseDeviation, tensors.Bias[channel], tensors.RunningMean[channel]);
        }

        Job job = NewJob();
        job.Segment.X = tensors.X;
        job.Segment.Addend = tensors.Addend;
        job.Segment.Y = tensors.Y;
        job.HasAddend = tensors.Addend != null;
        job.HasRelu = tensors.HasRelu;
        _runner.Run(&NormalizeSegments, &job);
        GC.KeepAlive(this);
    }

    /// <summary>Gradients for the batch that <see cref="Forward"/> saw last; without those of the parameters, for what <see cref="Score"/> saw.</summary>
    /// <param name="tensors">What to read and write; no parameter gradients means that the statistics did not depend on the batch.</param>
    internal void Backward(in BatchNormBackward tensors)
    {
        bool stores = tensors.AddendGradient != null && (tensors.HasAddend || tensors.OtherYGradient != null);
        Debug.Assert(
            stores || (tensors.OtherYGradient == null && !(tensors.HasAddend && tensors.HasRelu)), "The sum of gradients needs memory.");

        Job job = NewJob();
        job.Segment.X = tensors.X;
        job.Segment.Y = tensors.Y;
        job.Segment.YGradient = tensors.YGradient;
        job.Segment.OtherYGradient = tensors.OtherYGradient;
        job.Segment.SumGradient = stores ? tensors.AddendGradient : tensors.YGradient;
        job.Segment.XGradient = tensors.XGradient;
        job.HasAddend = tensors.HasAddend;
        job.HasRelu = tensors.HasRelu;
        job.HasOther = tensors.OtherYGradient != null;
        job.Stores = stores;
        bool hasFixedStatistics = tensors.WeightGradient == null;
        if (stores || !hasFixedStatistics)
        {
            _runner.Run(&SumGradientMoments, &job);
        }

        if (hasFixedStatistics)
        {
            FinishWithFixedStatistics();
        }
        else
        {
            FinishParameterGradients(tensors);
        }

        _runner.Run(&WriteInputGradient, &job);
        GC.KeepAlive(this);
    }

    private static int RoundUp(int lanes) => (lanes + 15) / 16 * 16;

    private static void SumMoments(void* argument, int thread, int threadCount)
    {
        var job = *(Job*)argument;
        Sum<MomentsKernel>(&job, thread, threadCount);
    }

    private static void NormalizeSegments(void* argument, int thread, int threadCount)
    {
        var job = *(Job*)argument;
        switch (job.HasAddend, job.HasRelu)
        {
            case (false, false):
                Map<NormalizeKernel<No, No>>(&job, thread, threadCount);
                break;
            case (false, true):
                Map<NormalizeKernel<No, Yes>>(&job, thread, threadCount);
                break;
            case (true, false):
                Map<NormalizeKernel<Yes, No>>(&job, thread, threadCount);
                break;
            case (true, true):
                Map<NormalizeKernel<Yes, Yes>>(&job, thread, threadCount);
                break;
        }
    }

    private static void SumGradientMoments(void* argument, int thread, int threadCount)
    {
        var job = *(Job*)argument;
        if (!job.HasRelu)
        {
            SumGradientMoments<No, No>(&job, thread, threadCount);
        }
        else if (!job.HasAddend)
        {
            SumGradientMoments<Yes, Yes>(&job, thread, threadCount);
        }
        else
        {
            SumGradientMoments<Yes, No>(&job, thread, threadCount);
        }
    }

    private static void SumGradientMoments<TRelu, TFromX>(Job* job, int thread, int threadCount)
        where TRelu : IFlag
        where TFromX : IFlag
    {
        switch (job->HasOther, job->Stores)
        {
            case (false, false):
                Sum<GradientMomentsKernel<TRelu, TFromX, No, No>>(job, thread, threadCount);
                break;
            case (false, true):
                Sum<GradientMomentsKernel<TRelu, TFromX, No, Yes>>(job, thread, threadCount);
                break;
            default:
                Sum<GradientMomentsKernel<TRelu, TFromX, Yes, Yes>>(job, thread, threadCount);
                break;
        }
    }

    private static void WriteInputGradient(void* argument, int thread, int threadCount)
    {
        var job = *(Job*)argument;
        if (job.HasRelu && !job.Stores)
        {
            Map<InputGradientKernel<Yes>>(&job, thread, threadCount);
        }
        else
        {
            Map<InputGradientKernel<No>>(&job, thread, threadCount);
        }
    }

    /// <summary>Runs a kernel on this thread's segments.</summary>
    private static void Map<TKernel>(Job* job, int thread, int threadCount)
        where TKernel : IColumnKernel<BatchNormSegment>
    {
        (int start, int end) = ParallelRunner.Share(job->Segments.Count, thread, threadCount);
        for (int i = start; i < end; i++)
        {
            BatchNormSegment segment = job->SegmentAt(i, out _);
            Columns.Run<TKernel, BatchNormSegment>(&segment, job->Lanes);
        }
    }

    /// <summary>Runs a reducing kernel on this thread's segments and adds its sums up in double, per lane.</summary>
    private static void Sum<TKernel>(Job* job, int thread, int threadCount)
        where TKernel : IColumnKernel<BatchNormSegment>
    {
        double* first = job->Partials + (thread * 2L * job->PaddedChannels);
        double* second = first + job->PaddedChannels;
        new Span<double>(first, 2 * job->PaddedChannels).Clear();
        (int start, int end) = ParallelRunner.Share(job->Segments.Count, thread, threadCount);
        for (int i = start; i < end; i++)
        {
            BatchNormSegment segment = job->SegmentAt(i, out int firstLane);
            segment.FirstSum = job->Scratch + (thread * 2 * RoundUp(job->Lanes));
            segment.SecondSum = segment.FirstSum + RoundUp(job->Lanes);
            Columns.Run<TKernel, BatchNormSegment>(&segment, job->Lanes);
            for (int lane = 0; lane < job->Lanes; lane++)
            {
                first[firstLane + lane] += segment.FirstSum[lane];
                second[firstLane + lane] += segment.SecondSum[lane];
            }
        }
    }

    private float* PerLane(Lane lane) => (float*)_perLane.Address + ((int)lane * _padded);

    private Job NewJob() => new()
    {
        Segments = new Segments(_layout),
        Lanes = _layout.Lanes,
        PaddedChannels = _padded,
        Partials = _partialsAddress,
        Scratch = _scratch,
        Segment = new BatchNormSegment
        {
            Stride = _layout.Lanes,
            Scale = PerLane(Lane.Scale),
            Shift = PerLane(Lane.Shift),
            Center = PerLane(Lane.Center),
            A = PerLane(Lane.A),
            B = PerLane(Lane.B),
            C = PerLane(Lane.C),
        },
    };

    private (double First, double Second) Total(int channel)
    {
        double first = 0;
        double second = 0;
        for (int thread = 0; thread < _runner.ThreadCount; thread++)
        {
            first += _partials[(thread * 2 * _padded) + channel];
            second += _partials[(((thread * 2) + 1) * _padded) + channel];
        }

        return (first, second);
    }

    private void SetScale(int channel, double scale, double bias, double mean)
    {
        PerLane(Lane.Scale)[channel] = (float)scale;
        PerLane(Lane.Shift)[channel] = (float)(bias - (mean * scale));
    }

    private void FinishStatistics(in BatchNormForward tensors)
    {
        double count = (double)_layout.Images * _layout.Pixels;
        float* center = PerLane(Lane.Center);
        float* inverseDeviations = PerLane(Lane.InverseDeviation);
        for (int channel = 0; channel < _layout.Channels; channel++)
        {
            (double sum, double squares) = Total(channel);
            double meanOffset = sum / count;
            double mean = center[channel] + meanOffset;
            double variance = Math.Max(0, (squares / count) - (meanOffset * meanOffset));
            double inverseDeviation = 1 / Math.Sqrt(variance + _epsilon);
            center[channel] = (float)mean;
            inverseDeviations[channel] = (float)inverseDeviation;
            SetScale(channel, tensors.Weight[channel] * inverseDeviation, tensors.Bias[channel], mean);

            double unbiased = variance * count / Math.Max(1, count - 1);
            tensors.RunningMean[channel] += (float)(_momentum * (mean - tensors.RunningMean[channel]));
            tensors.RunningVariance[channel] += (float)(_momentum * (unbiased - tensors.RunningVariance[channel]));
        }
    }

    private void FinishParameterGradients(in BatchNormBackward tensors)
    {
        double count = (double)_layout.Images * _layout.Pixels;
        float* inverseDeviations = PerLane(Lane.InverseDeviation);
        for (int channel = 0; channel < _layout.Channels; channel++)
        {
            (double sum, double product) = Total(channel);
            double inverseDeviation = inverseDeviations[channel];
            double a = tensors.Weight[channel] * inverseDeviation;
            tensors.BiasGradient[channel] = (float)sum;
            tensors.WeightGradient[channel] = (float)(product * inverseDeviation);
            PerLane(Lane.A)[channel] = (float)a;
            PerLane(Lane.B)[channel] = (float)(-a * inverseDeviation * inverseDeviation * product / count);
            PerLane(Lane.C)[channel] = (float)(-a * sum / count);
        }
    }

    /// <summary>y = scale·x + shift with constants: ∂loss/∂x = scale·g.</summary>
    private void FinishWithFixedStatistics()
    {
        for (int channel = 0; channel < _layout.Channels; channel++)
        {
            PerLane(Lane.A)[channel] = PerLane(Lane.Scale)[channel];
            PerLane(Lane.B)[channel] = 0;
            PerLane(Lane.C)[channel] = 0;
        }
    }

    /// <summary>What the threads share; the segment's pointers are those of the whole batch.</summary>
    private struct Job
    {
        internal Segments Segments;
        internal int Lanes;
        internal int PaddedChannels;
        internal double* Partials;
        internal float* Scratch;
        internal BatchNormSegment Segment;
        internal bool HasAddend;
        internal bool HasRelu;
        internal bool HasOther;
        internal bool Stores;

        /// <summary>The batch's pointers moved to one segment.</summary>
        internal readonly BatchNormSegment SegmentAt(int index, out int firstLane)
        {
            (int block, long offset, int pixels) = Segments[index];
            firstLane = block * Lanes;
            BatchNormSegment segment = Segment;
            segment.Pixels = pixels;
            segment.X += offset;
            segment.Addend += offset;
            segment.Y += offset;
            segment.YGradient += offset;
            segment.OtherYGradient += offset;
            segment.SumGradient += offset;
            segment.XGradient += offset;
            segment.Scale += firstLane;
            segment.Shift += firstLane;
            segment.Center += firstLane;
            segment.A += firstLane;
            segment.B += firstLane;
            segment.C += firstLane;
            return segment;
        }
    }
}
