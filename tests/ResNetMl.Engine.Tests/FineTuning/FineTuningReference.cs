using System.Text.Json;
using ResNetMl.Engine.Tests.Contract;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Engine.Tests.FineTuning;

/// <summary>What PyTorch computed in float64, tests/References/fine_tuning.py, and the numbers it was given.</summary>
internal static class FineTuningReference
{
    internal const int BatchSize = 6;
    internal const int Classes = 4;

    private static readonly JsonDocument _document = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "tests", "References", "fine-tuning.json")));

    internal static JsonElement Root => _document.RootElement;

    /// <summary>The script's network, node by node.</summary>
    internal static NetworkDefinition Network()
    {
        Node[] nodes =
        [
            new("conv1", new Conv2d(3, 8, 3, padding: 1), ["input"]),
            new("bn1", new BatchNorm(8), ["conv1"]),
            new("relu1", new Activation(ActivationKind.Relu), ["bn1"]),
            new("conv2", new Conv2d(8, 8, 3, padding: 1, hasBias: true), ["relu1"]),
            new("bn2", new BatchNorm(8), ["conv2"]),
            new("relu2", new Activation(ActivationKind.Relu), ["bn2"]),
            new("conv3", new Conv2d(8, 8, 3, padding: 1), ["relu2"]),
            new("bn3", new BatchNorm(8), ["conv3"]),
            new("sum", new Add(), ["bn3", "relu1"]),
            new("relu3", new Activation(ActivationKind.Relu), ["sum"]),
            new("pool", new GlobalAveragePool(), ["relu3"]),
            new("flat", new Flatten(), ["pool"]),
            new("fc", new Linear(8, Classes), ["flat"]),
        ];
        return new NetworkDefinition("small", [new NetworkInput("input", [1, 3, 10, 10])], nodes, ["fc"]);
    }

    /// <summary>The script's first weights: seeds count tensors in PyTorch's order, num_batches_tracked included.</summary>
    internal static StateDictionary Weights(NetworkDefinition definition)
    {
        var weights = new StateDictionary();
        int seed = 0;
        foreach (ParameterSpec spec in definition.State)
        {
            bool isBatchNorm = spec.Name.StartsWith("bn", StringComparison.Ordinal);
            bool isAroundOne = isBatchNorm && (spec.Name.EndsWith("weight", StringComparison.Ordinal) || spec.Name.EndsWith("var", StringComparison.Ordinal));
            weights.Add(spec.Name, ContractNumbers.Make(++seed, spec.Shape, spec.Shape.Rank > 1 ? 0.4f : 0.3f, isAroundOne ? 1 : 0));
            seed += spec.Name.EndsWith("running_var", StringComparison.Ordinal) ? 1 : 0;
        }

        return weights;
    }

    internal static Tensor Images(int step) => ContractNumbers.Make(100 + step, [BatchSize, 3, 10, 10]);

    internal static int[] Labels(int step) =>
        [.. ContractNumbers.Make(200 + step, [BatchSize]).Span.ToArray().Select(number => (int)Math.Floor(((double)number + 1) * Classes / 2))];

    internal static float[] Floats(JsonElement base64)
    {
        byte[] bytes = base64.GetBytesFromBase64();
        var floats = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, floats, 0, bytes.Length);
        return floats;
    }
}
