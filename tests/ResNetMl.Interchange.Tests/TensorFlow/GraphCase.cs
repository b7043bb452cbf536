using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.TensorFlow;

/// <summary>A network with weights and a batch, to be written as a GraphDef and run by other readers.</summary>
/// <param name="Name">Unique among the cases.</param>
/// <param name="Definition">The network.</param>
internal sealed record GraphCase(string Name, NetworkDefinition Definition)
{
    private const int Batch = 2;

    /// <summary>Whether OpenCV 4.6 reads all its operations; the others are checked by the reader in numpy alone.</summary>
    internal bool IsReadByOpenCv { get; init; } = true;

    /// <summary>Numbers that neither vanish nor explode on the way, positive variances.</summary>
    internal StateDictionary Weights()
    {
        var state = new StateDictionary();
        int seed = 1;
        foreach (ParameterSpec parameter in Definition.State)
        {
            var tensor = new Tensor(parameter.Shape);
            float scale = parameter.Shape.Rank >= 2 ? MathF.Sqrt(6f * parameter.Shape[0] / parameter.Shape.ElementCount) : 0.4f;
            bool isPositive = parameter.Name.EndsWith("running_var", StringComparison.Ordinal) ||
                (parameter.Shape.Rank == 1 && parameter.Name.EndsWith("weight", StringComparison.Ordinal));
            Fill(tensor.Span, seed++, scale, isPositive ? 0.8f : 0);
            state.Add(parameter.Name, tensor);
        }

        return state;
    }

    /// <summary>[N, …] in the own order of axes.</summary>
    internal Tensor Input()
    {
        var input = new Tensor(Definition.Inputs[0].Shape.With(0, Batch));
        Fill(input.Span, 1000, 1, 0);
        return input;
    }

    /// <summary>A case of one layer after another.</summary>
    internal static GraphCase Of(string name, Shape input, params ReadOnlySpan<Layer> layers) =>
        new(name, NetworkDefinition.FromLayer(name, input, Layers.Sequence(layers)));

    // Evenly spread numbers in offset ± scale, the same in every run.
    private static void Fill(Span<float> numbers, int seed, float scale, float offset)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            uint hash = unchecked(((uint)i + ((uint)seed * 1000003u)) * 2654435761u);
            hash = unchecked((hash ^ (hash >> 15)) * 2246822519u);
            numbers[i] = offset + (scale * (((hash ^ (hash >> 13)) >> 8) / 8388608f - 1));
        }
    }
}
