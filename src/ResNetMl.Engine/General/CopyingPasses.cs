using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>The same elements under another shape.</summary>
internal sealed unsafe class ReshapePass(long count) : GeneralPass(inputCount: 1)
{
    internal override bool OnlyCopies => true;

    protected override void Forward(int thread, int threadCount) => CopyShare(Inputs[0], Output, thread, threadCount);

    protected override void Backward(int thread, int threadCount) => CopyShare(OutputGradient, InputGradients[0], thread, threadCount);

    private void CopyShare(float* from, float* to, int thread, int threadCount)
    {
        if (from != to)
        {
            (long start, long end) = Share(count, thread, threadCount);
            Copy(from + start, to + start, end - start);
        }
    }
}

/// <summary>The same numbers for every image; their gradient is the sum over the images.</summary>
internal sealed unsafe class ConstantPass(Shape output) : GeneralPass(inputCount: 0, stateCount: 1)
{
    private readonly long _each = output.ElementCount / Math.Max(1, output[0]);
    private readonly Reduction _sum = new(output, output.With(0, 1));

    internal override bool KeepsZeros => false;

    protected override void Forward(int thread, int threadCount)
    {
        (long start, long end) = Share(output[0], thread, threadCount);
        for (long image = start; image < end; image++)
        {
            Copy(State[0], Output + (image * _each), _each);
        }
    }

    protected override void Backward(int thread, int threadCount)
    {
        if (StateGradients[0] != null)
        {
            _sum.Run<SumReduction>(OutputGradient, StateGradients[0], 1, thread, threadCount);
        }
    }
}

/// <summary>Values one after another along an axis.</summary>
internal sealed unsafe class ConcatPass : GeneralPass
{
    private readonly long _outer;
    private readonly long[] _lengths;
    private readonly long[] _offsets;
    private readonly long _outputLength;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">The axis.</param>
    /// <param name="inputs">Shapes of the inputs.</param>
    internal ConcatPass(Concat layer, IReadOnlyList<Shape> inputs)
        : base(inputs.Count)
    {
        _outer = Product(inputs[0], 0, layer.Axis);
        _lengths = [.. inputs.Select(input => Product(input, layer.Axis, input.Rank))];
        _offsets = new long[_lengths.Length];
        for (int i = 1; i < _lengths.Length; i++)
        {
            _offsets[i] = _offsets[i - 1] + _lengths[i - 1];
        }

        _outputLength = _offsets[^1] + _lengths[^1];
    }

    protected override void Forward(int thread, int threadCount) => Exchange(Inputs, Output, isToOutput: true, thread, threadCount);

    protected override void Backward(int thread, int threadCount) =>
        Exchange(InputGradients, OutputGradient, isToOutput: false, thread, threadCount);

    private void Exchange(float*[] inputs, float* output, bool isToOutput, int thread, int threadCount)
    {
        for (int input = 0; input < inputs.Length; input++)
        {
            long length = _lengths[input];
            (long position, long end) = Share(inputs[input] == null ? 0 : _outer * length, thread, threadCount);
            while (position < end)
            {
                (long row, long column) = Math.DivRem(position, length);
                long count = Math.Min(length - column, end - position);
                float* whole = output + (row * _outputLength) + _offsets[input] + column;
                Copy(isToOutput ? inputs[input] + position : whole, isToOutput ? whole : inputs[input] + position, count);
                position += count;
            }
        }
    }
}

/// <summary>Axes in another order; backward puts them back.</summary>
internal sealed unsafe class AxisOrderPass : GeneralPass
{
    private readonly StridedAxes _axes;
    private readonly long _count;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">The order.</param>
    /// <param name="input">Shape of the input.</param>
    /// <param name="output">Shape of the output.</param>
    internal AxisOrderPass(Transpose layer, Shape input, Shape output)
        : base(inputCount: 1)
    {
        long[] steps = StridedAxes.RowMajor(input);
        _axes = StridedAxes.Merge(output.AsSpan(), layer.Order.Select(axis => steps[axis]).ToArray());
        _count = output.ElementCount;
    }

    protected override void Forward(int thread, int threadCount) => Exchange(Inputs[0], Output, isToOutput: true, thread, threadCount);

    protected override void Backward(int thread, int threadCount) =>
        Exchange(InputGradients[0], OutputGradient, isToOutput: false, thread, threadCount);

    private void Exchange(float* input, float* output, bool isToOutput, int thread, int threadCount)
    {
        (long position, long end) = Share(_count, thread, threadCount);
        long step = _axes.Strides[0][^1];
        while (position < end)
        {
            (long row, long column) = Math.DivRem(position, _axes.Inner);
            long count = Math.Min(_axes.Inner - column, end - position);
            float* there = input + _axes.Offset(0, row) + (column * step);
            float* here = output + position;
            if (step == 1)
            {
                Copy(isToOutput ? there : here, isToOutput ? here : there, count);
            }
            else if (isToOutput)
            {
                for (long i = 0; i < count; i++)
                {
                    here[i] = there[i * step];
                }
            }
            else
            {
                for (long i = 0; i < count; i++)
                {
                    there[i * step] = here[i];
                }
            }

            position += count;
        }
    }
}
