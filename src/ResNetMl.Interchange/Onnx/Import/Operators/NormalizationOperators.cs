using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>BatchNormalization, LRN, Softmax, LogSoftmax and Dropout.</summary>
internal static class NormalizationOperators
{
    internal static void BatchNormalization(OnnxNode node)
    {
        node.Ignore("is_test", "consumed_inputs");
        if (!node.Flag("spatial", without: true))
        {
            throw node.Error("statistics for each channel (spatial = 1)", "spatial = 0, statistics for each element");
        }

        if (node.Flag("training_mode") || Enumerable.Range(1, Math.Max(0, node.OutputCount - 1)).Any(node.IsOutputUsed))
        {
            throw node.Error("normalisation by given statistics", "training mode, which computes them", "Export the model for inference.");
        }

        DataValue input = node.Data(0);
        if (node.RankOf(input) < 2)
        {
            throw node.Error("an input [N, C, …]", $"{input.Shape}");
        }

        float keptMomentum = node.Float("momentum", 0.9f);
        if (keptMomentum is < 0 or > 1)
        {
            throw node.Error("momentum from 0 to 1", $"{keptMomentum}");
        }

        float epsilon = node.Float("epsilon", 1e-5f);

        // ONNX gives the share that is kept, the layer the share that is new. In decimal numbers 1 − 0.9 is 0.1 and not its neighbour.
        float momentum = (float)(1m - (decimal)keptMomentum);
        node.Bind(0, node.PerImage(input, image => Normalise(node, image, epsilon, momentum)));
    }

    internal static void LocalResponseNorm(OnnxNode node)
    {
        LocalResponseNorm layer = node.Make(() => new LocalResponseNorm(
            node.Int32(node.Int("size", 0), "size"), node.Float("alpha", 1e-4f), node.Float("beta", 0.75f), node.Float("bias", 1)));
        node.Bind(0, node.PerImage(node.Data(0), image => node.Add(layer, image)));
    }

    /// <summary>Since opset 13 along one axis; before, the axes from the given one on were flattened into one.</summary>
    internal static void Softmax(OnnxNode node, bool isLog)
    {
        DataValue input = node.Data(0);
        int rank = node.RankOf(input);
        bool flattens = node.Opset < 13;
        long given = node.Int("axis", flattens ? 1 : -1);
        int axis = node.InnerAxis(flattens && given == rank ? throw node.Error($"an axis below {rank}", $"{given}") : node.Axis(given, rank));
        int last = input.Shape.Rank - 1;
        if (!flattens || axis == last)
        {
            node.Bind(0, node.Add(new Softmax(axis, isLog), input));
            return;
        }

        Shape whole = input.ElementShape();
        int before = input.Shape.Product(1, axis);
        int together = input.Shape.Product(axis, input.Shape.Rank);
        DataValue rows = node.Reshape(input, axis == 1 ? [together] : [before, together], "rows");
        DataValue softmax = node.AddPart("softmax", new Softmax(rows.Shape.Rank - 1, isLog), rows);
        node.Bind(0, node.Reshape(softmax, whole));
    }

    internal static void Dropout(OnnxNode node)
    {
        node.Ignore("seed", "is_test");
        if (node.IsOutputUsed(1))
        {
            throw node.Error("one output", "a second one that is used, the mask");
        }

        // The flag says how the file was exported; our own layer drops in training and never in inference.
        float ratio = node.HasInput(1) ? node.Scalar(1, "ratio") : node.Float("ratio", 0.5f);
        if (node.HasInput(2) && node.Scalar(2, "training_mode") != 0 && ratio != 0)
        {
            throw node.Error("a model for inference", "training_mode = true, whose answers are random", "Export the model for inference.");
        }

        DataValue input = node.Data(0);
        node.Bind(0, ratio == 0 ? input : node.Add(node.Make(() => new Dropout(ratio)), input));
    }

    private static DataValue Normalise(OnnxNode node, DataValue input, float epsilon, float momentum)
    {
        Shape shape = input.Shape;
        int channels = shape[1];
        (string Part, int Input)[] parts = [("weight", 1), ("bias", 2), ("running_mean", 3), ("running_var", 4)];
        var state = new (string Name, Tensor Value)[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            Tensor numbers = node.Weights(parts[i].Input, parts[i].Part);
            state[i] = numbers.Shape == new Shape(channels)
                ? (parts[i].Part, numbers)
                : throw node.Error($"a {parts[i].Part} [{channels}]", $"{numbers.Shape}");
        }

        DataValue maps = node.Reshape(
            input,
            shape.Rank switch
            {
                2 => [channels, 1, 1],
                3 => [channels, 1, shape[2]],
                4 => input.ElementShape(),
                _ => [channels, shape[2], shape.Product(3, shape.Rank)],
            },
            "maps");
        BatchNorm layer = node.Make(() => new BatchNorm(channels, epsilon, momentum));
        DataValue output = node.Composer.Add(node.Where, layer, node.ParameterName(1), [maps], state);
        return node.Reshape(output, input.ElementShape(), "shape");
    }
}
