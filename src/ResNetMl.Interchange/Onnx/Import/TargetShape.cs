using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>What a Reshape's list of lengths means: 0 keeps the input's length, −1 is what is left.</summary>
internal static class TargetShape
{
    /// <summary>The list says all axes.</summary>
    internal static Shape Whole(OnnxNode node, Number[] target, Shape input, bool allowsZero)
    {
        if (Array.Exists(target, length => length.IsBatch))
        {
            throw node.TouchesBatch("reshapes by the number of images");
        }

        return Resolve(node, Array.ConvertAll(target, length => length.Value), [.. input], input.ElementCount, allowsZero)
            ?? throw node.Error($"a shape of {input.ElementCount} elements", $"[{string.Join(", ", target)}]");
    }

    /// <summary>
    /// The first length must be that of the images, however it is written: their number, 0, −1 where the others account for one image, or the length
    /// that the file declares (1 in files exported with one image).
    /// </summary>
    internal static Shape ForEachImage(OnnxNode node, Number[] target, Shape element, bool allowsZero)
    {
        if (target.Length == 0)
        {
            throw node.TouchesBatch("reshapes to a scalar");
        }

        long[] others = [.. target.Skip(1).Select(length => length.IsBatch ? throw node.TouchesBatch("moves the axis of images") : length.Value)];
        (long first, bool isBatch) = target[0];
        int[] kept = [.. element];
        bool isRest = first == -1 && !isBatch;
        bool isImages = isBatch ? first == 1 : (first == 0 && !allowsZero) || first == node.Graph.DeclaredBatch || (first == 1 && node.Graph.DeclaredBatch is null) || isRest;
        if (!isImages || (isRest && others.Contains(-1)))
        {
            throw node.TouchesBatch($"reshapes to [{string.Join(", ", target)}]");
        }

        return Resolve(node, others, kept, element.ElementCount, allowsZero)
            ?? throw node.TouchesBatch($"reshapes {element} for each image to [{string.Join(", ", target)}]");
    }

    private static Shape? Resolve(OnnxNode node, long[] target, int[] kept, long elements, bool allowsZero)
    {
        if (target.Length > NetworkLimits.MaxRank)
        {
            throw node.Error($"at most {NetworkLimits.MaxRank} axes", $"{target.Length}");
        }

        long[] lengths = [.. target];
        long known = 1;
        int rest = -1;
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            if (lengths[axis] == 0 && !allowsZero)
            {
                lengths[axis] = axis < kept.Length ? kept[axis] : throw node.Error("a 0 only where the input has the axis", $"[{string.Join(", ", target)}]");
            }

            if (lengths[axis] == -1)
            {
                rest = rest < 0 ? axis : throw node.Error("one −1", $"[{string.Join(", ", target)}]");
                continue;
            }

            if (lengths[axis] < 0 || lengths[axis] > int.MaxValue)
            {
                throw node.Error("lengths of 0 or more, or −1", $"[{string.Join(", ", target)}]");
            }

            known = Math.Min(known, NetworkLimits.MaxTensorElements + 1) * lengths[axis];
        }

        if (rest >= 0)
        {
            if (known == 0 || elements % known != 0)
            {
                return null;
            }

            lengths[rest] = elements / known;
            known = elements;
        }

        return known == elements ? new Shape(Array.ConvertAll(lengths, length => checked((int)length))) : null;
    }
}
