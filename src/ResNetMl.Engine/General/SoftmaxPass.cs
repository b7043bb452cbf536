using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>eˣ/Σeˣ along an axis, or its logarithm. The largest element is taken off first, so that nothing overflows; sums are in double.</summary>
internal sealed unsafe class SoftmaxPass : GeneralPass
{
    private readonly bool _isLog;
    private readonly long _outer;
    private readonly int _length;
    private readonly long _inner;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">The axis, and whether the logarithm is wanted.</param>
    /// <param name="shape">Shape of input and output.</param>
    internal SoftmaxPass(Softmax layer, Shape shape)
        : base(inputCount: 1)
    {
        _isLog = layer.IsLog;
        _outer = Product(shape, 0, layer.Axis);
        _length = shape[layer.Axis];
        _inner = Product(shape, layer.Axis + 1, shape.Rank);
    }

    internal override bool BackwardReadsOutput => true;

    internal override bool KeepsZeros => false;

    protected override void Forward(int thread, int threadCount)
    {
        (long start, long end) = Share(_outer * _inner, thread, threadCount);
        for (long line = start; line < end; line++)
        {
            long first = FirstOf(line);
            float* x = Inputs[0] + first;
            float* y = Output + first;
            float largest = float.NegativeInfinity;
            for (int i = 0; i < _length; i++)
            {
                largest = MathF.Max(largest, x[i * _inner]);
            }

            double sum = 0;
            for (int i = 0; i < _length; i++)
            {
                float power = MathF.Exp(x[i * _inner] - largest);
                y[i * _inner] = power;
                sum += power;
            }

            float share = (float)(1 / sum);
            double logarithm = Math.Log(sum);
            for (int i = 0; i < _length; i++)
            {
                y[i * _inner] = _isLog ? (float)((double)x[i * _inner] - largest - logarithm) : y[i * _inner] * share;
            }
        }
    }

    protected override void Backward(int thread, int threadCount)
    {
        // y·(dy − Σ dy·y); of the logarithm, dy − eʸ·Σ dy.
        (long start, long end) = Share(_outer * _inner, thread, threadCount);
        for (long line = start; line < end; line++)
        {
            long first = FirstOf(line);
            float* y = Output + first;
            float* gradient = OutputGradient + first;
            float* result = InputGradients[0] + first;
            double sum = 0;
            for (int i = 0; i < _length; i++)
            {
                sum += _isLog ? gradient[i * _inner] : (double)gradient[i * _inner] * y[i * _inner];
            }

            float all = (float)sum;
            for (int i = 0; i < _length; i++)
            {
                result[i * _inner] = _isLog
                    ? gradient[i * _inner] - (MathF.Exp(y[i * _inner]) * all)
                    : y[i * _inner] * (gradient[i * _inner] - all);
            }
        }
    }

    /// <summary>Index of the first element of a line along the axis.</summary>
    private long FirstOf(long line)
    {
        (long outer, long inner) = Math.DivRem(line, _inner);
        return (outer * _length * _inner) + inner;
    }
}
