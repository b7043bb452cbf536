using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Gather with known indices: a slice where they are evenly spaced, else slices one after another.</summary>
internal static class GatherOperator
{
    internal static void Gather(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        int axis = node.Axis(node.Int("axis", 0), rank);
        ConstantValue indices = node.Constant(1, "indices");
        int inner = input is ConstantValue ? axis : node.InnerAxis(axis);
        int length = input is ConstantValue whole ? whole.Shape[axis] : ((DataValue)input).Shape[inner];
        int[] places = [.. node.Integers(1, "indices").Select(index => index >= -length && index < length
            ? (int)(index < 0 ? index + length : index)
            : throw node.Error($"indices from {-length} to {length - 1}", $"{index}"))];

        OnnxValue taken = Take(node, input, axis, places);
        int[] lengths = input is ConstantValue constant ? [.. constant.Shape] : [.. ((DataValue)input).ElementShape()];
        int place = input is ConstantValue ? axis : inner - 1;
        int[] result = [.. lengths[..place], .. indices.Shape, .. lengths[(place + 1)..]];
        TensorReader.RequireSize(node.Where, result);
        node.Bind(0, taken is ConstantValue folded
            ? folded.Reshaped(node.Where, node.Graph.Tensors, new Shape(result))
            : node.Reshape((DataValue)taken, new Shape(result), "shape"));
    }

    private static OnnxValue Take(OnnxNode node, OnnxValue input, int axis, int[] places)
    {
        if (places.Length == 0 && input is DataValue)
        {
            throw node.Error("one index or more", "none");
        }

        int step = places.Length > 1 ? places[1] - places[0] : 1;
        bool isEven = step != 0 && Enumerable.Range(1, Math.Max(0, places.Length - 1)).All(i => places[i] - places[i - 1] == step);
        if (isEven)
        {
            return SliceOperators.Part(node, input, axis, places.FirstOrDefault(), places.Length, step, node.Name);
        }

        if (input is ConstantValue constant)
        {
            return Selected(node, constant, axis, places);
        }

        if (places.Length > NetworkLimits.MaxInputs)
        {
            throw node.Error($"at most {NetworkLimits.MaxInputs} indices", $"{places.Length}");
        }

        DataValue[] parts = [.. places.Select((place, i) => (DataValue)SliceOperators.Part(node, input, axis, place, 1, 1, $"{node.Name}/{i}"))];
        return node.Add(new Concat(node.InnerAxis(axis)), parts);
    }

    private static ConstantValue Selected(OnnxNode node, ConstantValue constant, int axis, int[] places)
    {
        Shape shape = constant.Shape.With(axis, places.Length);
        TensorReader.RequireSize(node.Where, shape.AsSpan());
        (int outer, int inner) = (constant.Shape.Product(0, axis), constant.Shape.Product(axis + 1, constant.Shape.Rank));
        int length = constant.Shape[axis];
        return constant.IsInteger ? new ConstantValue(shape, SelectIntegers) : new ConstantValue(shape, SelectFloats);

        Number[] SelectIntegers()
        {
            Number[] result = node.Graph.Tensors.NewIntegers(node.Where, shape);
            Select<Number>(constant.Integers, result);
            return result;
        }

        Tensor SelectFloats()
        {
            Tensor result = node.Graph.Tensors.NewTensor(node.Where, shape);
            Select<float>(constant.Floats.Span, result.Span);
            return result;
        }

        void Select<T>(ReadOnlySpan<T> source, Span<T> destination)
        {
            int start = 0;
            for (int i = 0; i < outer; i++)
            {
                foreach (int place in places)
                {
                    source.Slice(((i * length) + place) * inner, inner).CopyTo(destination[start..]);
                    start += inner;
                }
            }
        }
    }
}
