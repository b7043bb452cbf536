using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>The layers of other programs' classifiers in float64, each by its definition: an element of the output at a time, found by its index.</summary>
internal static class ReferenceLayers
{
    /// <summary>The output of a layer.</summary>
    internal static double[] Compute(PrimitiveLayer layer, IReadOnlyList<double[]> inputs, Shape[] shapes, Shape output, Func<string, double[]> parameter) =>
        layer switch
        {
            Activation activation => [.. inputs[0].Select(x => Value(activation, x))],
            Arithmetic arithmetic => Each(output, at => Value(
                arithmetic.Kind, inputs[0][Repeating(shapes[0], at)], inputs[1][Repeating(shapes[1], at)])),
            Constant constant => Each(output, at => parameter("value")[Offset(constant.Shape, at[1..])]),
            Concat concat => Each(output, at => Joined(concat.Axis, inputs, shapes, at)),
            Slice slice => Each(output, at => inputs[0][Offset(shapes[0], At(at, slice.Axis, slice.Start + (at[slice.Axis] * slice.Step)))]),
            Pad pad => Each(output, at => Padded(pad, inputs[0], shapes[0], at)),
            Reshape => inputs[0],
            Transpose transpose => Each(output, at => inputs[0][Offset(
                shapes[0], [.. Enumerable.Range(0, at.Length).Select(axis => at[transpose.Order.ToList().IndexOf(axis)])])]),
            Reduce reduce => Reduced(reduce, inputs[0], shapes[0], output),
            Softmax softmax => Each(output, at => Probability(softmax, inputs[0], output, at)),
            LocalResponseNorm norm => Each(output, at => Normalized(norm, inputs[0], output, at)),
            MatMul => Each(output, at => Enumerable.Range(0, shapes[0][^1]).Sum(k =>
                inputs[0][Offset(shapes[0], [.. at[..^1], k])] * inputs[1][Offset(shapes[1], [.. at[..^2], k, at[^1]])])),
            Conv3d conv => Each(output, at => Convolved(conv, inputs[0], shapes[0], parameter, at)),
            _ => throw new NotSupportedException(layer.ToString()),
        };

    private static double Value(Activation layer, double x)
    {
        double alpha = layer.Alpha;
        double beta = layer.Beta;
        return layer.Kind switch
        {
            ActivationKind.Relu => Math.Max(x, 0),
            ActivationKind.LeakyRelu => x < 0 ? alpha * x : x,
            ActivationKind.Elu => x < 0 ? alpha * (Math.Exp(x) - 1) : x,
            ActivationKind.Selu => beta * (x > 0 ? x : alpha * (Math.Exp(x) - 1)),
            ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
            ActivationKind.HardSigmoid => Math.Max(0, Math.Min(1, (alpha * x) + beta)),
            ActivationKind.Tanh => Math.Tanh(x),
            ActivationKind.HardSwish => x * Math.Max(0, Math.Min(1, (x / 6) + 0.5)),
            ActivationKind.Silu => x / (1 + Math.Exp(-x)),
            ActivationKind.Gelu => x / 2 * (1 + ErrorFunction(x / Math.Sqrt(2))),
            ActivationKind.Clip => Math.Min(Math.Max(x, alpha), beta),
            ActivationKind.Softplus => Math.Log(1 + Math.Exp(x)),
            ActivationKind.Softsign => x / (1 + Math.Abs(x)),
            ActivationKind.Affine => (alpha * x) + beta,
            ActivationKind.Exp => Math.Exp(x),
            ActivationKind.Log => Math.Log(x),
            ActivationKind.Sqrt => Math.Sqrt(x),
            ActivationKind.Abs => Math.Abs(x),
            ActivationKind.Negate => -x,
            ActivationKind.Reciprocal => 1 / x,
            _ => throw new NotSupportedException(layer.ToString()),
        };
    }

    /// <summary>2/√π·Σ (−1)ⁿ·x^(2n+1)/(n!·(2n+1)): Maclaurin's series, exact enough for |x| below 5.</summary>
    private static double ErrorFunction(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 120; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double Value(ArithmeticKind kind, double left, double right) => kind switch
    {
        ArithmeticKind.Add => left + right,
        ArithmeticKind.Subtract => left - right,
        ArithmeticKind.Multiply => left * right,
        ArithmeticKind.Divide => left / right,
        ArithmeticKind.Maximum => Math.Max(left, right),
        ArithmeticKind.Minimum => Math.Min(left, right),
        ArithmeticKind.Power => Math.Pow(left, right),
        _ => throw new NotSupportedException(kind.ToString()),
    };

    private static double Joined(int axis, IReadOnlyList<double[]> inputs, Shape[] shapes, int[] at)
    {
        int index = at[axis];
        int input = 0;
        while (index >= shapes[input][axis])
        {
            index -= shapes[input++][axis];
        }

        return inputs[input][Offset(shapes[input], At(at, axis, index))];
    }

    private static double Padded(Pad pad, double[] x, Shape shape, int[] at)
    {
        int length = shape[pad.Axis];
        int index = at[pad.Axis] - pad.Before;
        if (index < 0 || index >= length)
        {
            switch (pad.Mode)
            {
                case PadMode.Constant:
                    return pad.Value;
                case PadMode.Reflect:
                    index = index < 0 ? -index : length - 1 - (index - (length - 1));
                    break;
                case PadMode.Edge:
                    index = index < 0 ? 0 : length - 1;
                    break;
            }
        }

        return x[Offset(shape, At(at, pad.Axis, index))];
    }

    private static double[] Reduced(Reduce reduce, double[] x, Shape shape, Shape output)
    {
        var groups = new List<double>[output.ElementCount];
        foreach (int[] at in Indices(shape))
        {
            int[] to = [.. at.Select((index, axis) => reduce.Axes.Contains(axis) ? 0 : index).Where((_, axis) => reduce.KeepsAxes || !reduce.Axes.Contains(axis))];
            (groups[Offset(output, to)] ??= []).Add(x[Offset(shape, at)]);
        }

        return [.. groups.Select(group => reduce.Kind switch
        {
            ReductionKind.Mean => group.Average(),
            ReductionKind.Sum => group.Sum(),
            ReductionKind.Max => group.Max(),
            _ => group.Min(),
        })];
    }

    private static double Probability(Softmax softmax, double[] x, Shape shape, int[] at)
    {
        double sum = Enumerable.Range(0, shape[softmax.Axis]).Sum(i => Math.Exp(x[Offset(shape, At(at, softmax.Axis, i))]));
        double own = x[Offset(shape, at)];
        return softmax.IsLog ? own - Math.Log(sum) : Math.Exp(own) / sum;
    }

    private static double Normalized(LocalResponseNorm norm, double[] x, Shape shape, int[] at)
    {
        int first = Math.Max(0, at[1] - ((norm.Size - 1) / 2));
        int last = Math.Min(shape[1] - 1, at[1] + (norm.Size / 2));
        double squares = Enumerable.Range(first, last - first + 1).Sum(c => Math.Pow(x[Offset(shape, At(at, 1, c))], 2));
        return x[Offset(shape, at)] / Math.Pow(norm.Bias + (norm.Alpha / norm.Size * squares), norm.Beta);
    }

    private static double Convolved(Conv3d conv, double[] x, Shape shape, Func<string, double[]> parameter, int[] at)
    {
        Shape weightShape = conv.Parameters[0].Shape;
        int group = at[1] / (conv.OutChannels / conv.Groups);
        double sum = conv.HasBias ? parameter("bias")[at[1]] : 0;
        foreach (int[] tap in Indices(weightShape.With(0, 1)))
        {
            int[] from = [at[0], (group * weightShape[1]) + tap[1], 0, 0, 0];
            for (int axis = 0; axis < 3; axis++)
            {
                from[axis + 2] = (at[axis + 2] * conv.Stride[axis]) + (tap[axis + 2] * conv.Dilation[axis]) - conv.PaddingBefore[axis];
            }

            if (Enumerable.Range(2, 3).All(axis => from[axis] >= 0 && from[axis] < shape[axis]))
            {
                sum += parameter("weight")[Offset(weightShape, At(tap, 0, at[1]))] * x[Offset(shape, from)];
            }
        }

        return sum;
    }

    private static double[] Each(Shape shape, Func<int[], double> element) => [.. Indices(shape).Select(element)];

    /// <summary>The indices of a shape's elements, row-major.</summary>
    private static IEnumerable<int[]> Indices(Shape shape)
    {
        for (long element = 0; element < shape.ElementCount; element++)
        {
            int[] at = new int[shape.Rank];
            long rest = element;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, shape[axis]);
                at[axis] = (int)index;
            }

            yield return at;
        }
    }

    private static int[] At(int[] at, int axis, int index)
    {
        int[] moved = [.. at];
        moved[axis] = index;
        return moved;
    }

    private static int Offset(Shape shape, int[] at) => at.Select((index, axis) => (index, axis)).Aggregate(0, (offset, next) => (offset * shape[next.axis]) + next.index);

    private static int Repeating(Shape shape, int[] at) => Offset(shape, [.. at.Select((index, axis) => shape[axis] == 1 ? 0 : index)]);
}
