using ResNetMl.Networks;

namespace ResNetMl.Engine.Kernels;

/// <summary>Max and average pooling over any channel layout, forward and backward.</summary>
/// <remarks>
/// Results as torch.nn.MaxPool2d and AvgPool2d define them: the first of equal maxima takes the gradient; an average counts the
/// elements of its window inside the input, or with <see cref="Pool2d.CountsPadding"/> inside the padded input. Backward gathers
/// instead of scattering, so every element is written once and by one thread.
/// </remarks>
internal sealed unsafe class PoolingPasses
{
    private readonly Pool2d _layer;
    private readonly ImageLayout _input;
    private readonly ImageLayout _output;
    private readonly ParallelRunner _runner;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">Kind, window, stride, padding.</param>
    /// <param name="input">Layout of x.</param>
    /// <param name="output">Layout of y; as many lanes.</param>
    /// <param name="runner">The threads.</param>
    internal PoolingPasses(Pool2d layer, ImageLayout input, ImageLayout output, ParallelRunner runner)
    {
        _layer = layer;
        _input = input;
        _output = output;
        _runner = runner;
    }

    /// <summary>Computes y.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <param name="winners">
    /// For max pooling that is to be differentiated, an array laid out as y that receives which element of its window won; else null.
    /// </param>
    internal void Forward(float* x, float* y, float* winners)
    {
        PoolingRow job = NewJob(x, y, winners);
        if (_layer.Kind == PoolingKind.Average)
        {
            _runner.Run(&ForwardRows<AveragePoolKernel>, &job);
        }
        else if (winners == null)
        {
            _runner.Run(&ForwardRows<MaxPoolKernel<No>>, &job);
        }
        else
        {
            _runner.Run(&ForwardRows<MaxPoolKernel<Yes>>, &job);
        }
    }

    /// <summary>Computes ∂loss/∂x.</summary>
    /// <param name="yGradient">∂loss/∂y.</param>
    /// <param name="winners">What forward stored; null for average pooling.</param>
    /// <param name="xGradient">Receives ∂loss/∂x.</param>
    internal void Backward(float* yGradient, float* winners, float* xGradient)
    {
        PoolingRow job = NewJob(xGradient, yGradient, winners);
        if (_layer.Kind == PoolingKind.Average)
        {
            _runner.Run(&BackwardRows<AveragePoolBackwardKernel>, &job);
        }
        else
        {
            _runner.Run(&BackwardRows<MaxPoolBackwardKernel>, &job);
        }
    }

    private static void ForwardRows<TKernel>(void* argument, int thread, int threadCount)
        where TKernel : IColumnKernel<PoolingRow>
    {
        PoolingRow job = *(PoolingRow*)argument;
        Rows<TKernel>(&job, job.Output.Height, thread, threadCount);
    }

    private static void BackwardRows<TKernel>(void* argument, int thread, int threadCount)
        where TKernel : IColumnKernel<PoolingRow>
    {
        PoolingRow job = *(PoolingRow*)argument;
        Rows<TKernel>(&job, job.Input.Height, thread, threadCount);
    }

    private static void Rows<TKernel>(PoolingRow* job, int rowsPerMap, int thread, int threadCount)
        where TKernel : IColumnKernel<PoolingRow>
    {
        int rows = job->Input.Images * job->Input.Blocks * rowsPerMap;
        (int start, int end) = ParallelRunner.Share(rows, thread, threadCount);
        for (int row = start; row < end; row++)
        {
            int map = row / rowsPerMap;
            PoolingRow at = *job;
            at.Row = row % rowsPerMap;
            at.X += (long)map * job->Input.MapElements;
            at.Y += (long)map * job->Output.MapElements;
            at.Winners += (long)map * job->Output.MapElements;
            Columns.Run<TKernel, PoolingRow>(&at, job->Input.Lanes);
        }
    }

    private PoolingRow NewJob(float* x, float* y, float* winners) => new()
    {
        Input = _input,
        Output = _output,
        Kernel = _layer.KernelSize,
        Stride = _layer.Stride,
        Dilation = _layer.Dilation,
        Padding = _layer.Padding,
        CountsPadding = _layer.CountsPadding,
        X = x,
        Y = y,
        Winners = winners,
    };
}
