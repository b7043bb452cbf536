using ResNetMl.Networks;

namespace ResNetMl.Engine.Managed;

/// <summary>
/// The convolution by its definition, on [N, C, H, W] in double: the twin that every fast convolution kernel is tested against.
/// </summary>
internal static class ScalarConvolution
{
    /// <summary>Visits every product of the sum: (output index, input index, weight index).</summary>
    internal delegate void Visitor(long output, long input, long weight);

    /// <summary>y = x ⋆ w.</summary>
    internal static double[] Forward(Conv2d layer, int images, int height, int width, ReadOnlySpan<float> x, ReadOnlySpan<float> w)
    {
        double[] inputs = ToDoubles(x);
        double[] weights = ToDoubles(w);
        (int outHeight, int outWidth) = OutputSize(layer, height, width);
        double[] y = new double[(long)images * layer.OutChannels * outHeight * outWidth];
        Visit(layer, images, height, width, (output, input, weight) => y[output] += inputs[input] * weights[weight]);
        return y;
    }

    /// <summary>∂loss/∂x for a given ∂loss/∂y.</summary>
    internal static double[] BackwardData(
        Conv2d layer, int images, int height, int width, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> w)
    {
        double[] gradients = ToDoubles(outputGradient);
        double[] weights = ToDoubles(w);
        double[] dx = new double[(long)images * layer.InChannels * height * width];
        Visit(layer, images, height, width, (output, input, weight) => dx[input] += gradients[output] * weights[weight]);
        return dx;
    }

    /// <summary>∂loss/∂w for a given ∂loss/∂y.</summary>
    internal static double[] BackwardWeights(
        Conv2d layer, int images, int height, int width, ReadOnlySpan<float> x, ReadOnlySpan<float> outputGradient)
    {
        double[] inputs = ToDoubles(x);
        double[] gradients = ToDoubles(outputGradient);
        double[] dw = new double[
            (long)layer.OutChannels * (layer.InChannels / layer.Groups) * layer.KernelSize.Height * layer.KernelSize.Width];
        Visit(layer, images, height, width, (output, input, weight) => dw[weight] += inputs[input] * gradients[output]);
        return dw;
    }

    /// <summary>Height and width of the output.</summary>
    internal static (int Height, int Width) OutputSize(Conv2d layer, int height, int width)
    {
        ConvolutionGeometry geometry = ConvolutionGeometry.Forward(layer, height, width);
        return (geometry.Rows.Out, geometry.Columns.Out);
    }

    private static void Visit(Conv2d layer, int images, int height, int width, Visitor visit)
    {
        (int outHeight, int outWidth) = OutputSize(layer, height, width);
        int inPerGroup = layer.InChannels / layer.Groups;
        int outPerGroup = layer.OutChannels / layer.Groups;
        for (int n = 0; n < images; n++)
        {
            for (int o = 0; o < layer.OutChannels; o++)
            {
                for (int i = 0; i < inPerGroup; i++)
                {
                    int inChannel = (o / outPerGroup * inPerGroup) + i;
                    for (int kh = 0; kh < layer.KernelSize.Height; kh++)
                    {
                        for (int kw = 0; kw < layer.KernelSize.Width; kw++)
                        {
                            long weight = (((((long)o * inPerGroup) + i) * layer.KernelSize.Height) + kh) * layer.KernelSize.Width + kw;
                            for (int oh = 0; oh < outHeight; oh++)
                            {
                                int h = (oh * layer.Stride.Height) + (kh * layer.Dilation.Height) - layer.Padding.Top;
                                for (int ow = 0; h >= 0 && h < height && ow < outWidth; ow++)
                                {
                                    int v = (ow * layer.Stride.Width) + (kw * layer.Dilation.Width) - layer.Padding.Left;
                                    if (v >= 0 && v < width)
                                    {
                                        long output = (((((long)n * layer.OutChannels) + o) * outHeight) + oh) * outWidth + ow;
                                        long input = (((((long)n * layer.InChannels) + inChannel) * height) + h) * width + v;
                                        visit(output, input, weight);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static double[] ToDoubles(ReadOnlySpan<float> values)
    {
        double[] doubles = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            doubles[i] = values[i];
        }

        return doubles;
    }
}
