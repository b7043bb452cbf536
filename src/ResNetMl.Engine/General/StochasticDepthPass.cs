using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>Drops images of a residual branch, or all of them, in training; passes them on in scoring. Forward and backward draw the same.</summary>
internal sealed unsafe class StochasticDepthPass : GeneralPass
{
    private readonly StochasticDepth _layer;
    private readonly int _salt;
    private readonly bool _isTraining;
    private readonly int _images;
    private readonly long _each;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">Rate and mode.</param>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="salt">Differs between the operations of a network.</param>
    /// <param name="isTraining">Whether anything is dropped.</param>
    internal StochasticDepthPass(StochasticDepth layer, Shape shape, int salt, bool isTraining)
        : base(inputCount: 1)
    {
        _layer = layer;
        _salt = salt;
        _isTraining = isTraining;
        _images = shape[0];
        _each = Product(shape, 1, shape.Rank);
    }

    internal override bool BackwardWorksInPlace => true;

    protected override void Forward(int thread, int threadCount) => Apply(Inputs[0], Output, thread, threadCount);

    protected override void Backward(int thread, int threadCount) => Apply(OutputGradient, InputGradients[0], thread, threadCount);

    private void Apply(float* from, float* to, int thread, int threadCount)
    {
        ulong key = DropoutMask.Key(Context, _salt);
        uint threshold = DropoutMask.Threshold(_layer.Rate);
        float scale = 1 / (1 - _layer.Rate);
        (long start, long end) = Share(_each, thread, threadCount);
        for (int image = 0; image < _images; image++)
        {
            int drawn = _layer.Mode == StochasticDepthMode.Batch ? 0 : image;
            bool isKept = !_isTraining || DropoutMask.Keeps(key, threshold, drawn);
            var source = new ReadOnlySpan<float>(from + (image * _each) + start, checked((int)(end - start)));
            var target = new Span<float>(to + (image * _each) + start, source.Length);
            if (!isKept)
            {
                target.Clear();
            }
            else if (_isTraining)
            {
                Scale(source, target, scale);
            }
            else
            {
                source.CopyTo(target);
            }
        }
    }

    private static void Scale(ReadOnlySpan<float> source, Span<float> target, float scale)
    {
        int i = 0;
        for (; i + System.Numerics.Vector<float>.Count <= source.Length; i += System.Numerics.Vector<float>.Count)
        {
            (new System.Numerics.Vector<float>(source[i..]) * scale).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
        {
            target[i] = source[i] * scale;
        }
    }
}
