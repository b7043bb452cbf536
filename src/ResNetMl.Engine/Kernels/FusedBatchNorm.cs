namespace ResNetMl.Engine;

/// <summary>
/// Batch norm, then + an addend, then ReLU (each where asked for), forward and backward, in as few passes over memory as the sums
/// allow: two each way. For feature maps in any <see cref="ChannelLayout"/>, on any thread team.
/// </summary>
/// <remarks>
/// Sums are taken in fp32 over chunks of a plane and combined in double, in an order that depends on the thread count alone. They are sums
/// of (x − shift) with each channel's first element as the shift, so a mean far from 0 costs the variance no digits.
/// </remarks>
internal abstract unsafe class FusedBatchNorm : IDisposable
{
    private readonly AlignedBuffer _coefficients;
    private readonly AlignedBuffer _partialSums;
    private readonly int _channels;
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly ForwardSums _forwardSums;
    private readonly ForwardApply _forwardApply;
    private readonly BackwardSums _backwardSums;
    private readonly BackwardApply _backwardApply;

    /// <summary>Prepares for feature maps of one layout.</summary>
    /// <param name="layout">How they lie.</param>
    /// <param name="channels">Channels without filling.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of the new batch in the running statistics.</param>
    /// <param name="isActivated">Whether ReLU comes last.</param>
    /// <param name="maximumThreads">The largest team that will run it.</param>
    private protected FusedBatchNorm(
        ChannelLayout layout, int channels, double epsilon, double momentum, bool isActivated, int maximumThreads)
    {
        Layout = layout;
        _channels = channels;
        _epsilon = epsilon;
        _momentum = momentum;
        IsActivated = isActivated;
        _coefficients = AlignedBuffer.OfFloats(6L * layout.PaddedChannels);
        _partialSums = new AlignedBuffer(2L * sizeof(double) * layout.PaddedChannels * maximumThreads);
        _forwardSums = new ForwardSums(this);
        _forwardApply = new ForwardApply(this);
        _backwardSums = new BackwardSums(this);
        _backwardApply = new BackwardApply(this);
    }

    /// <summary>How the feature maps lie.</summary>
    private protected ChannelLayout Layout { get; }

    /// <summary>Whether ReLU comes last.</summary>
    private protected bool IsActivated { get; }

    /// <summary>Per channel: subtracted before summing.</summary>
    private protected float* Shift => Coefficient(0);

    /// <summary>Per channel: the batch's mean, kept for the backward pass.</summary>
    private protected float* Mean => Coefficient(1);

    /// <summary>Per channel: 1/√(variance + ε), kept for the backward pass.</summary>
    private protected float* InverseDeviation => Coefficient(2);

    /// <summary>Per channel: what x, or in the backward pass the gradient, is multiplied by. 0 in the filling.</summary>
    private protected float* Scale => Coefficient(3);

    /// <summary>Per channel: what is added last. 0 in the filling.</summary>
    private protected float* Offset => Coefficient(4);

    /// <summary>Per channel, backward: what (x − mean) is multiplied by. 0 in the filling.</summary>
    private protected float* CenteredScale => Coefficient(5);

    /// <summary>The forward pass's buffers while it runs.</summary>
    private protected BatchNormForwardArguments ForwardArguments { get; private set; }

    /// <summary>The backward pass's buffers while it runs.</summary>
    private protected BatchNormBackwardArguments BackwardArguments { get; private set; }

    /// <summary>The kernel for the widest vectors of this CPU, or for given ones.</summary>
    internal static FusedBatchNorm Create(
        ChannelLayout layout,
        int channels,
        double epsilon,
        double momentum,
        bool isActivated,
        int maximumThreads,
        SimdLevel? level = null) => (level ?? SimdLevels.Best) switch
        {
            SimdLevel.Vector512 => new FusedBatchNorm<Simd512, System.Runtime.Intrinsics.Vector512<float>>(
                layout, channels, epsilon, momentum, isActivated, maximumThreads),
            SimdLevel.Vector256 => new FusedBatchNorm<Simd256, System.Runtime.Intrinsics.Vector256<float>>(
                layout, channels, epsilon, momentum, isActivated, maximumThreads),
            _ => new FusedBatchNorm<Simd128, System.Runtime.Intrinsics.Vector128<float>>(
                layout, channels, epsilon, momentum, isActivated, maximumThreads),
        };

    /// <summary>Normalises with the batch's statistics, keeps them for the backward pass and moves the running ones.</summary>
    internal void ForwardTraining(ParallelRunner runner, in BatchNormForwardArguments arguments)
    {
        ForwardArguments = arguments;
        for (int block = 0; block < Layout.Blocks; block++)
        {
            float* first = arguments.Input + ((long)block * Layout.Pixels * Layout.Lanes);
            new ReadOnlySpan<float>(first, Layout.Lanes).CopyTo(new Span<float>(Shift + (block * Layout.Lanes), Layout.Lanes));
        }

        _forwardSums.Run(runner);
        CombineForward(runner.ThreadCount, arguments);
        _forwardApply.Run(runner);
    }

    /// <summary>Normalises with the running statistics.</summary>
    internal void ForwardInference(ParallelRunner runner, in BatchNormForwardArguments arguments)
    {
        ForwardArguments = arguments;
        for (int channel = 0; channel < _channels; channel++)
        {
            double scale = arguments.Weight[channel] / Math.Sqrt(arguments.RunningVariance[channel] + _epsilon);
            Scale[channel] = (float)scale;
            Offset[channel] = (float)(arguments.Bias[channel] - (arguments.RunningMean[channel] * scale));
        }

        _forwardApply.Run(runner);
    }

    /// <summary>Computes the gradients of what the last <see cref="ForwardTraining"/> computed.</summary>
    internal void Backward(ParallelRunner runner, in BatchNormBackwardArguments arguments)
    {
        BackwardArguments = arguments;
        _backwardSums.Run(runner);
        CombineBackward(runner.ThreadCount, arguments);
        if (arguments.InputGradient is not null || arguments.AddendGradient is not null)
        {
            _backwardApply.Run(runner);
        }
    }

    public void Dispose()
    {
        _coefficients.Dispose();
        _partialSums.Dispose();
    }

    /// <summary>Adds Σ(x − shift) and Σ(x − shift)² of a chunk to a thread's sums.</summary>
    private protected abstract void SumForward(long offset, int pixels, int firstChannel, double* sums, double* squares);

    /// <summary>y = activation(x · scale + offset + addend) for a chunk.</summary>
    private protected abstract void ApplyForward(long offset, int pixels, int firstChannel);

    /// <summary>Adds Σg and Σg·(x − mean) of a chunk to a thread's sums, g being the gradient that the activation lets through.</summary>
    private protected abstract void SumBackward(long offset, int pixels, int firstChannel, double* sums, double* products);

    /// <summary>dx = g · scale + (x − mean) · centeredScale + offset, and d addend = g, for a chunk.</summary>
    private protected abstract void ApplyBackward(long offset, int pixels, int firstChannel);

    private float* Coefficient(int index) => _coefficients.Floats + ((long)index * Layout.PaddedChannels);

    private double* SumsOf(int thread) => (double*)_partialSums.Bytes + (2L * thread * Layout.PaddedChannels);

    private (double First, double Second) TotalOf(int channel, int threadCount)
    {
        double first = 0;
        double second = 0;
        for (int thread = 0; thread < threadCount; thread++)
        {
            first += SumsOf(thread)[channel];
            second += SumsOf(thread)[Layout.PaddedChannels + channel];
        }

        return (first, second);
    }

    private void CombineForward(int threadCount, in BatchNormForwardArguments arguments)
    {
        double count = (double)Layout.Images * Layout.Pixels;
        double unbiased = count > 1 ? count / (count - 1) : 1;
        for (int channel = 0; channel < _channels; channel++)
        {
            (double sum, double squares) = TotalOf(channel, threadCount);
            double shiftedMean = sum / count;
            double mean = Shift[channel] + shiftedMean;
            double variance = Math.Max(0, (squares / count) - (shiftedMean * shiftedMean));
            double inverseDeviation = 1 / Math.Sqrt(variance + _epsilon);
            double scale = arguments.Weight[channel] * inverseDeviation;
            Mean[channel] = (float)mean;
            InverseDeviation[channel] = (float)inverseDeviation;
            Scale[channel] = (float)scale;
            Offset[channel] = (float)(arguments.Bias[channel] - (mean * scale));
            arguments.RunningMean[channel] += (float)(_momentum * (mean - arguments.RunningMean[channel]));
            arguments.RunningVariance[channel] += (float)(_momentum * ((variance * unbiased) - arguments.RunningVariance[channel]));
        }
    }

    private void CombineBackward(int threadCount, in BatchNormBackwardArguments arguments)
    {
        double count = (double)Layout.Images * Layout.Pixels;
        for (int channel = 0; channel < _channels; channel++)
        {
            (double sum, double products) = TotalOf(channel, threadCount);
            double inverseDeviation = InverseDeviation[channel];
            double scale = arguments.Weight[channel] * inverseDeviation;
            arguments.BiasGradient[channel] = (float)sum;
            arguments.WeightGradient[channel] = (float)(products * inverseDeviation);
            Scale[channel] = (float)scale;
            Offset[channel] = (float)(-scale * sum / count);
            CenteredScale[channel] = (float)(-scale * inverseDeviation * inverseDeviation * products / count);
        }
    }

    private abstract class Pass(FusedBatchNorm owner) : ParallelPass
    {
        private protected FusedBatchNorm Owner { get; } = owner;

        protected override void Work(int thread, int threadCount)
        {
            ChannelLayout layout = Owner.Layout;
            double* sums = Owner.SumsOf(thread);
            new Span<double>(sums, 2 * layout.PaddedChannels).Clear();
            (int start, int end) = ParallelRunner.Share(layout.ChunkCount, thread, threadCount);
            for (int index = start; index < end; index++)
            {
                (long offset, int pixels, int firstChannel) = layout.Chunk(index);
                Do(offset, pixels, firstChannel, sums + firstChannel, sums + layout.PaddedChannels + firstChannel);
            }
        }

        private protected abstract void Do(long offset, int pixels, int firstChannel, double* first, double* second);
    }

    private sealed class ForwardSums(FusedBatchNorm owner) : Pass(owner)
    {
        private protected override void Do(long offset, int pixels, int firstChannel, double* first, double* second) =>
            Owner.SumForward(offset, pixels, firstChannel, first, second);
    }

    private sealed class ForwardApply(FusedBatchNorm owner) : Pass(owner)
    {
        private protected override void Do(long offset, int pixels, int firstChannel, double* first, double* second) =>
            Owner.ApplyForward(offset, pixels, firstChannel);
    }

    private sealed class BackwardSums(FusedBatchNorm owner) : Pass(owner)
    {
        private protected override void Do(long offset, int pixels, int firstChannel, double* first, double* second) =>
            Owner.SumBackward(offset, pixels, firstChannel, first, second);
    }

    private sealed class BackwardApply(FusedBatchNorm owner) : Pass(owner)
    {
        private protected override void Do(long offset, int pixels, int firstChannel, double* first, double* second) =>
            Owner.ApplyBackward(offset, pixels, firstChannel);
    }
}
