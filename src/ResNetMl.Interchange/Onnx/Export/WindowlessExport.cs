using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Writes the layers that slide no window: arithmetic, normalising, moving and reducing.</summary>
internal static class WindowlessExport
{
    internal static void Write(OnnxGraph graph, Node node, string output, string[] inputs, Shape inputShape)
    {
        switch (node.Layer)
        {
            case GlobalAveragePool:
                graph.Node("GlobalAveragePool", output, inputs);
                break;
            case Flatten:
                graph.Node("Flatten", output, inputs, Attribute("axis", 1L));
                break;
            case Identity or StochasticDepth:
                graph.Node("Identity", output, inputs);
                break;
            case Dropout dropout when graph.Opset < 12:
                graph.Node("Dropout", output, inputs, Attribute("ratio", dropout.Rate));
                break;
            case Dropout dropout:
                graph.Node("Dropout", output, [inputs[0], graph.Scalar($"{output}/ratio", dropout.Rate)]);
                break;
            case LocalResponseNorm norm:
                graph.Node("LRN", output, inputs, Attribute("alpha", norm.Alpha), Attribute("beta", norm.Beta), Attribute("bias", norm.Bias), Attribute("size", (long)norm.Size));
                break;
            case Softmax softmax:
                Softmax(graph, output, inputs[0], softmax, inputShape.Rank);
                break;
            case MatMul:
                graph.Node("MatMul", output, inputs);
                break;
            case Concat concat:
                graph.Node("Concat", output, inputs, Attribute("axis", (long)concat.Axis));
                break;
            case Transpose transpose:
                graph.Node("Transpose", output, inputs, Attribute("perm", transpose.Order.AsSpan()));
                break;
            case Reshape reshape:
                // 0 keeps the images' axis, whatever its length.
                graph.Node("Reshape", output, [inputs[0], graph.Integers($"{output}/shape", [0, .. reshape.ElementShape.Select(length => (long)length)])]);
                break;
            case Reduce reduce:
                Reduce(graph, output, inputs[0], reduce);
                break;
            case Pad pad:
                int[] before = new int[inputShape.Rank];
                int[] after = new int[inputShape.Rank];
                (before[pad.Axis], after[pad.Axis]) = (pad.Before, pad.After);
                Pad(graph, output, inputs[0], [.. before, .. after], pad.Mode, pad.Value);
                break;
            case Slice slice:
                Slice(graph, node.Name, output, inputs[0], slice);
                break;
            default:
                throw new InterchangeException($"{node.Name}: expected a layer that ONNX can say, got {node.Layer.GetType().Name}.");
        }
    }

    internal static void Arithmetic(OnnxGraph graph, Node node, string output, string[] inputs, Arithmetic arithmetic, Shape[] shapes)
    {
        if (arithmetic.Kind is ArithmeticKind.Maximum or ArithmeticKind.Minimum && shapes[0] != shapes[1])
        {
            PoolingExport.Require(graph, node.Name, 8, "a maximum of different shapes");
        }

        graph.Node(
            arithmetic.Kind switch
            {
                ArithmeticKind.Add => "Add",
                ArithmeticKind.Subtract => "Sub",
                ArithmeticKind.Multiply => "Mul",
                ArithmeticKind.Divide => "Div",
                ArithmeticKind.Maximum => "Max",
                ArithmeticKind.Minimum => "Min",
                _ => "Pow",
            },
            output,
            inputs);
    }

    /// <summary>Every stride-th row and column, then channels of zeros; before Slice has steps, a 1×1 pool takes them.</summary>
    internal static void Shortcut(OnnxGraph graph, string output, string input, ZeroPadShortcut shortcut, Shape inputShape)
    {
        bool pads = shortcut.ChannelsBefore + shortcut.ChannelsAfter > 0;
        string taken = input;
        if (shortcut.Stride > 1 || !pads)
        {
            string name = pads ? graph.Reserve($"{output}/taken") : output;
            int stride = shortcut.Stride;
            taken = graph.Opset >= 10 && pads
                ? graph.Node("Slice", name, [input, graph.Integers($"{output}/starts", 0, 0), graph.Integers($"{output}/ends", inputShape[2], inputShape[3]),
                    graph.Integers($"{output}/axes", 2, 3), graph.Integers($"{output}/steps", stride, stride)])
                : graph.Node("MaxPool", name, [input], Attribute("kernel_shape", 1, 1), Attribute("strides", stride, stride));
        }

        if (pads)
        {
            Pad(graph, output, taken, [0, shortcut.ChannelsBefore, 0, 0, 0, shortcut.ChannelsAfter, 0, 0], PadMode.Constant, 0);
        }
    }

    private static void Pad(OnnxGraph graph, string output, string input, int[] pads, PadMode mode, float value)
    {
        AttributeProto modeAttribute = Attribute("mode", mode.ToString().ToLowerInvariant());
        if (graph.Opset < 11)
        {
            graph.Node("Pad", output, [input], modeAttribute, Attribute("pads", pads), Attribute("value", value));
            return;
        }

        string lengths = graph.Integers($"{output}/pads", Array.ConvertAll(pads, pad => (long)pad));
        string[] inputs = value == 0 ? [input, lengths] : [input, lengths, graph.Scalar($"{output}/value", value)];
        graph.Node("Pad", output, inputs, modeAttribute);
    }

    private static void Slice(OnnxGraph graph, string name, string output, string input, Slice slice)
    {
        // Going backwards past the first element: an end far before it, which readers cut off.
        long end = slice.Start + ((long)slice.Length * slice.Step);
        end = end < 0 ? int.MinValue : end;
        if (graph.Opset >= 10)
        {
            graph.Node("Slice", output, [input, graph.Integers($"{output}/starts", slice.Start), graph.Integers($"{output}/ends", end),
                graph.Integers($"{output}/axes", slice.Axis), graph.Integers($"{output}/steps", slice.Step)]);
            return;
        }

        if (slice.Step != 1)
        {
            PoolingExport.Require(graph, name, 10, "a slice with steps");
        }

        graph.Node("Slice", output, [input], Attribute("axes", slice.Axis), Attribute("ends", checked((int)end)), Attribute("starts", slice.Start));
    }

    // Before opset 13 all axes from the given one on are one: right for the last, so the axis is moved there.
    private static void Softmax(OnnxGraph graph, string output, string input, Softmax softmax, int rank)
    {
        string type = softmax.IsLog ? "LogSoftmax" : "Softmax";
        int last = rank - 1;
        if (graph.Opset >= 13 || softmax.Axis == last)
        {
            graph.Node(type, output, [input], Attribute("axis", (long)softmax.Axis));
            return;
        }

        int[] order = [.. Enumerable.Range(0, rank)];
        (order[softmax.Axis], order[last]) = (last, softmax.Axis);
        string moved = graph.Part("Transpose", $"{output}/moved", [input], Attribute("perm", order));
        string computed = graph.Part(type, $"{output}/softmax", [moved], Attribute("axis", (long)last));
        graph.Node("Transpose", output, [computed], Attribute("perm", order));
    }

    private static void Reduce(OnnxGraph graph, string output, string input, Reduce reduce)
    {
        int inputsSince = reduce.Kind == ReductionKind.Sum ? 13 : 18;
        AttributeProto keeps = Attribute("keepdims", reduce.KeepsAxes ? 1L : 0L);
        string type = $"Reduce{reduce.Kind}";
        if (graph.Opset >= inputsSince)
        {
            graph.Node(type, output, [input, graph.Integers($"{output}/axes", [.. reduce.Axes.Select(axis => (long)axis)])], keeps);
        }
        else
        {
            graph.Node(type, output, [input], Attribute("axes", reduce.Axes.AsSpan()), keeps);
        }
    }
}
