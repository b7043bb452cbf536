using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Kernels;

/// <summary>Feature maps given in [N, C, H, W] order, stored in a layout.</summary>
internal sealed unsafe class LaidOut
{
    private readonly ImageLayout _layout;
    private readonly Tensor _storage;

    internal LaidOut(ImageLayout layout, double[]? elements = null)
    {
        _layout = layout;
        _storage = new Tensor([(int)layout.ElementCount]);
        for (int i = 0; elements is not null && i < elements.Length; i++)
        {
            _storage.Span[IndexOf(layout, i)] = (float)elements[i];
        }
    }

    internal float* Address => (float*)_storage.Address;

    /// <summary>The elements in [N, C, H, W] order.</summary>
    internal double[] Elements
    {
        get
        {
            var elements = new double[_layout.Images * _layout.Channels * _layout.Pixels];
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] = _storage.Span[IndexOf(_layout, i)];
            }

            return elements;
        }
    }

    /// <summary>The elements that stand for no channel.</summary>
    internal IEnumerable<float> Padding
    {
        get
        {
            var isChannel = new bool[_layout.ElementCount];
            for (int i = 0; i < _layout.Images * _layout.Channels * _layout.Pixels; i++)
            {
                isChannel[IndexOf(_layout, i)] = true;
            }

            for (int i = 0; i < isChannel.Length; i++)
            {
                if (!isChannel[i])
                {
                    yield return _storage.Span[i];
                }
            }
        }
    }

    private static int IndexOf(ImageLayout layout, int index)
    {
        int pixel = index % layout.Pixels;
        int channel = index / layout.Pixels % layout.Channels;
        int image = index / layout.Pixels / layout.Channels;
        return (int)layout.MapOffset(image, channel / layout.Lanes) + (pixel * layout.Lanes) + (channel % layout.Lanes);
    }
}
