using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Concat, Expand and Tile.</summary>
internal static class MovementOperators
{
    internal static void Concat(OnnxNode node)
    {
        OnnxValue[] inputs = [.. node.Inputs];
        if (inputs.Length is 0 or > NetworkLimits.MaxInputs)
        {
            throw node.Error($"1 to {NetworkLimits.MaxInputs} inputs", $"{inputs.Length}");
        }

        int rank = node.RankOf(inputs[0]);
        int axis = node.Axis(node.Int("axis", 1), rank);
        if (inputs.All(input => input is ConstantValue))
        {
            node.Bind(0, Joined(node, [.. inputs.Cast<ConstantValue>()], axis));
            return;
        }

        int inner = node.InnerAxis(axis);
        DataValue[] values = [.. inputs.Select(input => input as DataValue ?? node.Graph.ToData(node, (ConstantValue)input, rank))];
        node.Bind(0, values.Length == 1 ? values[0] : node.Add(new Concat(inner), values));
    }

    /// <summary>Repeats along axes of length 1, and puts axes in front: x times ones.</summary>
    internal static void Expand(OnnxNode node)
    {
        Number[] target = node.Numbers(1, "the shape");
        OnnxValue input = node.Input(0);
        if (input is ConstantValue constant && !Array.Exists(target, length => length.IsBatch))
        {
            Shape wanted = ConstantOperators.Shape(node, Array.ConvertAll(target, length => length.Value));
            Shape shape = IntegerFolding.Broadcast(node, constant.Shape, wanted);
            node.Bind(0, IntegerFolding.Expanded(node, constant, shape));
            return;
        }

        int rank = Math.Max(node.RankOf(input), target.Length);
        DataValue value = ArithmeticOperators.Operand(node, input, rank, axis: null);
        int[] lengths = [.. value.ElementShape()];
        for (int axis = 1; axis <= target.Length; axis++)
        {
            Number length = target[^axis];
            int place = lengths.Length - axis;
            if (place < 0)
            {
                // The axis of images: 1 leaves it as it is, and so does its own length.
                bool isKept = length is { IsBatch: true, Value: 1 } or { IsBatch: false, Value: 1 } || (!length.IsBatch && length.Value == node.Graph.DeclaredBatch);
                lengths = isKept ? lengths : throw node.TouchesBatch($"repeats along axis 0 to {length}");
                continue;
            }

            int wanted = length.IsBatch ? throw node.TouchesBatch("repeats by the number of images") : node.Int32(length.Value, "a length");
            lengths[place] = wanted == 1 || wanted == lengths[place]
                ? lengths[place]
                : lengths[place] == 1 && wanted > 1 ? wanted : throw node.Error($"lengths that are equal or 1 along each axis", $"{value.Shape} and [{string.Join(", ", target)}]");
        }

        node.Bind(0, ExpandTo(node, value, new Shape(lengths), node.Name));
    }

    internal static void Tile(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        long[] repeats = node.Integers(1, "repeats");
        if (node.Opset < 6 || node.InputCount == 3 || repeats.Length != rank || repeats.Any(count => count < 1))
        {
            throw node.Error($"repeats as {rank} numbers of 1 or more", $"[{string.Join(", ", repeats)}]");
        }

        for (int axis = 0; axis < rank; axis++)
        {
            if (repeats[axis] == 1)
            {
                continue;
            }

            if (repeats[axis] > NetworkLimits.MaxInputs)
            {
                throw node.Error($"at most {NetworkLimits.MaxInputs} repeats", $"{repeats[axis]}");
            }

            int count = (int)repeats[axis];
            input = input is ConstantValue constant
                ? Joined(node, [.. Enumerable.Repeat(constant, count)], axis)
                : node.AddPart($"axis{axis}", new Concat(node.InnerAxis(axis)), [.. Enumerable.Repeat((DataValue)input, count)]);
        }

        node.Bind(0, input);
    }

    internal static DataValue ExpandTo(OnnxNode node, DataValue value, Shape elementShape, string name)
    {
        if (value.ElementShape() == elementShape)
        {
            return value;
        }

        TensorReader tensors = node.Graph.Tensors;
        TensorReader.RequireSize(node.Where, elementShape.AsSpan());
        Shape ones = new([.. elementShape.Select((length, axis) => value.Shape[axis + 1] == length ? 1 : length)]);
        Tensor numbers = tensors.NewTensor(node.Where, ones);
        numbers.Span.Fill(1);
        DataValue factor = node.Composer.Add(node.Where, new Constant(ones), $"{node.Name}/ones", [], ("value", numbers));
        return node.Composer.Add(node.Where, new Arithmetic(ArithmeticKind.Multiply), name, [value, factor]);
    }

    private static ConstantValue Joined(OnnxNode node, ConstantValue[] parts, int axis)
    {
        Shape first = parts[0].Shape;
        long length = 0;
        foreach (ConstantValue part in parts)
        {
            if (part.IsInteger != parts[0].IsInteger || part.Shape.Rank != first.Rank || part.Shape.With(axis, 0) != first.With(axis, 0))
            {
                throw node.Error($"inputs that differ along axis {axis} alone", $"{first} and {part.Shape}");
            }

            length += part.Shape[axis];
        }

        Shape shape = first.With(axis, node.Int32(length, "the sum of lengths"));
        TensorReader.RequireSize(node.Where, shape.AsSpan());
        int outer = first.Product(0, axis);
        return parts[0].IsInteger
            ? new ConstantValue(shape, () => Join<Number>(node.Graph.Tensors.NewIntegers(node.Where, shape), [.. parts.Select(part => part.Integers)]))
            : new ConstantValue(shape, JoinFloats);

        T[] Join<T>(T[] destination, T[][] sources)
        {
            int start = 0;
            for (int i = 0; i < outer; i++)
            {
                foreach (T[] source in sources)
                {
                    int count = source.Length / outer;
                    Array.Copy(source, i * count, destination, start, count);
                    start += count;
                }
            }

            return destination;
        }

        Tensor JoinFloats()
        {
            Tensor result = node.Graph.Tensors.NewTensor(node.Where, shape);
            int start = 0;
            for (int i = 0; i < outer; i++)
            {
                foreach (ConstantValue part in parts)
                {
                    Span<float> source = part.Floats.Span;
                    int count = source.Length / outer;
                    source.Slice(i * count, count).CopyTo(result.Span[start..]);
                    start += count;
                }
            }

            return result;
        }
    }
}
