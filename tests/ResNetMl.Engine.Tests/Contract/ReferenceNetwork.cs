using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>A network's forward pass in training mode in float64, by plain loops that read like the formulas: what finite differences probe.</summary>
internal static class ReferenceNetwork
{
    /// <summary>Σ outputGradient · output, the scalar whose gradients a training plan computes.</summary>
    internal static double Loss(
        NetworkDefinition definition,
        int batchSize,
        IReadOnlyDictionary<string, double[]> state,
        IReadOnlyList<double[]> inputs,
        Tensor outputGradient)
    {
        var values = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (int i = 0; i < inputs.Count; i++)
        {
            values.Add(definition.Inputs[i].Name, inputs[i]);
        }

        foreach (Node node in definition.Nodes)
        {
            Shape[] shapes = [.. node.Inputs.Select(name => definition.ShapeOf(name).With(0, batchSize))];
            Shape output = definition.ShapeOf(node.Name).With(0, batchSize);
            Shape shape = shapes.FirstOrDefault(output);
            double[] x = node.Inputs.Count > 0 ? values[node.Inputs[0]] : [];
            double[] Parameter(string suffix) => state[$"{node.Name}.{suffix}"];
            values.Add(node.Name, node.Layer switch
            {
                Conv2d conv => Convolve(conv, x, shape, output, Parameter("weight"), conv.HasBias ? Parameter("bias") : null),
                BatchNorm bn => Normalize(x, shape, Parameter("weight"), Parameter("bias"), bn.Epsilon),
                Add => AddAll([.. node.Inputs.Select(name => values[name])]),
                Pool2d pool => Pool(pool, x, shape, output),
                GlobalAveragePool => [.. x.Chunk(shape[2] * shape[3]).Select(map => map.Average())],
                Flatten => x,
                Linear linear => Multiply(linear, x, Parameter("weight"), linear.HasBias ? Parameter("bias") : null),
                ZeroPadShortcut shortcut => Subsample(shortcut, x, shape, output),
                PrimitiveLayer other => ReferenceLayers.Compute(other, [.. node.Inputs.Select(name => values[name])], shapes, output, Parameter),
            });
        }

        double[] result = values[definition.Outputs[0]];
        double loss = 0;
        for (int i = 0; i < result.Length; i++)
        {
            loss += result[i] * outputGradient.Span[i];
        }

        return loss;
    }

    private static double[] Convolve(Conv2d conv, double[] x, Shape input, Shape output, double[] weight, double[]? bias)
    {
        var y = new double[output.ElementCount];
        int inPerGroup = conv.InChannels / conv.Groups;
        int outPerGroup = conv.OutChannels / conv.Groups;
        int index = 0;
        for (int n = 0; n < output[0]; n++)
        {
            for (int o = 0; o < output[1]; o++)
            {
                for (int row = 0; row < output[2]; row++)
                {
                    for (int column = 0; column < output[3]; column++)
                    {
                        double sum = bias?[o] ?? 0;
                        for (int i = 0; i < inPerGroup; i++)
                        {
                            int channel = (o / outPerGroup * inPerGroup) + i;
                            for (int kh = 0; kh < conv.KernelSize.Height; kh++)
                            {
                                int h = (row * conv.Stride.Height) + (kh * conv.Dilation.Height) - conv.Padding.Top;
                                for (int kw = 0; kw < conv.KernelSize.Width; kw++)
                                {
                                    int w = (column * conv.Stride.Width) + (kw * conv.Dilation.Width) - conv.Padding.Left;
                                    if (h >= 0 && h < input[2] && w >= 0 && w < input[3])
                                    {
                                        int weightIndex = (((((o * inPerGroup) + i) * conv.KernelSize.Height) + kh) * conv.KernelSize.Width) + kw;
                                        sum += weight[weightIndex] * x[(((((n * input[1]) + channel) * input[2]) + h) * input[3]) + w];
                                    }
                                }
                            }
                        }

                        y[index++] = sum;
                    }
                }
            }
        }

        return y;
    }

    private static double[] Normalize(double[] x, Shape shape, double[] weight, double[] bias, double epsilon)
    {
        var y = new double[x.Length];
        int area = shape[2] * shape[3];
        for (int c = 0; c < shape[1]; c++)
        {
            int[] indices = [.. from n in Enumerable.Range(0, shape[0])
                                from p in Enumerable.Range(0, area)
                                select (((n * shape[1]) + c) * area) + p];
            double mean = indices.Average(i => x[i]);
            double variance = indices.Average(i => (x[i] - mean) * (x[i] - mean));
            foreach (int i in indices)
            {
                y[i] = ((x[i] - mean) / Math.Sqrt(variance + epsilon) * weight[c]) + bias[c];
            }
        }

        return y;
    }

    private static double[] AddAll(double[][] branches)
    {
        var y = new double[branches[0].Length];
        foreach (double[] branch in branches)
        {
            for (int i = 0; i < y.Length; i++)
            {
                y[i] += branch[i];
            }
        }

        return y;
    }

    private static double[] Pool(Pool2d pool, double[] x, Shape input, Shape output)
    {
        var y = new double[output.ElementCount];
        int index = 0;
        for (int map = 0; map < output[0] * output[1]; map++)
        {
            for (int row = 0; row < output[2]; row++)
            {
                for (int column = 0; column < output[3]; column++)
                {
                    int top = (row * pool.Stride.Height) - pool.Padding.Top;
                    int left = (column * pool.Stride.Width) - pool.Padding.Left;
                    int[] rows = Taps(top, pool.KernelSize.Height, pool.Dilation.Height, input[2] + pool.Padding.Bottom);
                    int[] columns = Taps(left, pool.KernelSize.Width, pool.Dilation.Width, input[3] + pool.Padding.Right);
                    double[] inside = [.. from h in rows
                                          from w in columns
                                          where h >= 0 && h < input[2] && w >= 0 && w < input[3]
                                          select x[(((map * input[2]) + h) * input[3]) + w]];
                    y[index++] = pool.Kind == PoolingKind.Max
                        ? inside.Max()
                        : inside.Sum() / (pool.CountsPadding ? rows.Length * columns.Length : inside.Length);
                }
            }
        }

        return y;

        static int[] Taps(int first, int count, int dilation, int end) =>
            [.. Enumerable.Range(0, count).Select(tap => first + (tap * dilation)).Where(place => place < end)];
    }

    private static double[] Multiply(Linear linear, double[] x, double[] weight, double[]? bias)
    {
        int rows = x.Length / linear.InFeatures;
        var y = new double[rows * linear.OutFeatures];
        for (int n = 0; n < rows; n++)
        {
            for (int o = 0; o < linear.OutFeatures; o++)
            {
                double sum = bias?[o] ?? 0;
                for (int i = 0; i < linear.InFeatures; i++)
                {
                    sum += weight[(o * linear.InFeatures) + i] * x[(n * linear.InFeatures) + i];
                }

                y[(n * linear.OutFeatures) + o] = sum;
            }
        }

        return y;
    }

    private static double[] Subsample(ZeroPadShortcut shortcut, double[] x, Shape input, Shape output)
    {
        var y = new double[output.ElementCount];
        for (int n = 0; n < input[0]; n++)
        {
            for (int c = 0; c < input[1]; c++)
            {
                for (int row = 0; row < output[2]; row++)
                {
                    for (int column = 0; column < output[3]; column++)
                    {
                        int to = (((((n * output[1]) + c + shortcut.ChannelsBefore) * output[2]) + row) * output[3]) + column;
                        int from = (((((n * input[1]) + c) * input[2]) + (row * shortcut.Stride)) * input[3]) + (column * shortcut.Stride);
                        y[to] = x[from];
                    }
                }
            }
        }

        return y;
    }
}
