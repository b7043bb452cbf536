using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>y = x·s^−β with s = bias + α/size·Σ x² over neighbouring channels, and its gradient.</summary>
/// <remarks>
/// ∂loss/∂x = dy·s^−β − 2αβ/size·x·Σ dy·x·s^(−β−1), the sum being over the channels whose window holds this one. A thread works on strips
/// of neighbouring pixels of all channels.
/// </remarks>
internal sealed unsafe class LocalResponseNormPass : GeneralPass
{
    private const int StripPixels = 16;
    private readonly LocalResponseNorm _layer;
    private readonly long _images;
    private readonly int _channels;
    private readonly long _pixels;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">Size and constants.</param>
    /// <param name="shape">Shape of input and output, [N, C, …].</param>
    internal LocalResponseNormPass(LocalResponseNorm layer, Shape shape)
        : base(inputCount: 1)
    {
        _layer = layer;
        _images = shape[0];
        _channels = shape[1];
        _pixels = Product(shape, 2, shape.Rank);
    }

    internal override bool BackwardReadsInputs => true;

    private int Before => (_layer.Size - 1) / 2;

    private int After => _layer.Size - 1 - Before;

    private float Factor => _layer.Alpha / _layer.Size;

    private long StripsOfImage => (_pixels + StripPixels - 1) / StripPixels;

    private long StripFloats => (long)_channels * StripPixels;

    internal override long ForwardScratch(int threadCount) => StripFloats * threadCount;

    internal override long BackwardScratch(int threadCount) => 3 * StripFloats * threadCount;

    protected override void Forward(int thread, int threadCount)
    {
        float* squares = Scratch + (StripFloats * thread);
        (long start, long end) = Share(_images * StripsOfImage, thread, threadCount);
        for (long strip = start; strip < end; strip++)
        {
            (long first, int width) = StripAt(strip);
            Square(Inputs[0] + first, squares, width);
            for (int channel = 0; channel < _channels; channel++)
            {
                float* x = Inputs[0] + first + (channel * _pixels);
                float* y = Output + first + (channel * _pixels);
                for (int pixel = 0; pixel < width; pixel++)
                {
                    float s = _layer.Bias + (Factor * SumAround(squares + pixel, channel, Before, After));
                    y[pixel] = x[pixel] * InversePower(s);
                }
            }
        }
    }

    protected override void Backward(int thread, int threadCount)
    {
        float* squares = Scratch + (3 * StripFloats * thread);
        float* direct = squares + StripFloats;
        float* weighted = direct + StripFloats;
        float pull = 2 * Factor * _layer.Beta;
        (long start, long end) = Share(_images * StripsOfImage, thread, threadCount);
        for (long strip = start; strip < end; strip++)
        {
            (long first, int width) = StripAt(strip);
            Square(Inputs[0] + first, squares, width);
            for (int channel = 0; channel < _channels; channel++)
            {
                float* x = Inputs[0] + first + (channel * _pixels);
                float* gradient = OutputGradient + first + (channel * _pixels);
                for (int pixel = 0; pixel < width; pixel++)
                {
                    int at = (channel * StripPixels) + pixel;
                    float s = _layer.Bias + (Factor * SumAround(squares + pixel, channel, Before, After));
                    direct[at] = gradient[pixel] * InversePower(s);
                    weighted[at] = direct[at] * x[pixel] / s;
                }
            }

            for (int channel = 0; channel < _channels; channel++)
            {
                float* x = Inputs[0] + first + (channel * _pixels);
                float* result = InputGradients[0] + first + (channel * _pixels);
                for (int pixel = 0; pixel < width; pixel++)
                {
                    // The windows that hold this channel belong to those up to Before after it and up to After before it.
                    float sum = SumAround(weighted + pixel, channel, After, Before);
                    result[pixel] = direct[(channel * StripPixels) + pixel] - (pull * x[pixel] * sum);
                }
            }
        }
    }

    /// <summary>s^−β; the published networks' β = 3/4 by square roots, several times as fast.</summary>
    private float InversePower(float s)
    {
        if (_layer.Beta == 0.75f)
        {
            float root = MathF.Sqrt(s);
            return 1 / (root * MathF.Sqrt(root));
        }

        return MathF.Pow(s, -_layer.Beta);
    }

    private void Square(float* x, float* squares, int width)
    {
        for (int channel = 0; channel < _channels; channel++, x += _pixels, squares += StripPixels)
        {
            for (int pixel = 0; pixel < width; pixel++)
            {
                squares[pixel] = x[pixel] * x[pixel];
            }
        }
    }

    private float SumAround(float* strip, int channel, int before, int after)
    {
        int last = (int)Math.Min(_channels - 1, (long)channel + after);
        float sum = 0;
        for (int i = (int)Math.Max(0, (long)channel - before); i <= last; i++)
        {
            sum += strip[i * StripPixels];
        }

        return sum;
    }

    private (long First, int Width) StripAt(long strip)
    {
        (long image, long index) = Math.DivRem(strip, StripsOfImage);
        long pixel = index * StripPixels;
        return ((image * _channels * _pixels) + pixel, (int)Math.Min(StripPixels, _pixels - pixel));
    }
}
