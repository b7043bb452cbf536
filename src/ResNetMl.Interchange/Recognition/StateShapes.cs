using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Questions about the names and shapes in a state dictionary.</summary>
internal static class StateShapes
{
    /// <summary>The shape of a tensor if it is there with a rank; null if not.</summary>
    internal static Shape? ShapeOf(this StateDictionary state, string name, int rank) =>
        state.TryGetValue(name, out Tensor? tensor) && tensor.Shape.Rank == rank ? tensor.Shape : null;

    /// <summary>How many blocks a stage has: layer1.0, layer1.1, … without a gap.</summary>
    internal static int BlocksOf(this StateDictionary state, int stage)
    {
        int count = 0;
        while (state.ContainsKey($"layer{stage}.{count}.conv1.weight"))
        {
            count++;
        }

        return count;
    }

    /// <summary>The tensors in the definition's order; null where one is missing, has another shape, or is left over.</summary>
    internal static StateDictionary? Fit(this StateDictionary state, NetworkDefinition definition)
    {
        var ordered = new StateDictionary();
        foreach (ParameterSpec expected in definition.State)
        {
            if (!state.TryGetValue(expected.Name, out Tensor? tensor) || tensor.Shape != expected.Shape)
            {
                return null;
            }

            ordered.Add(expected.Name, tensor);
        }

        return ordered.Count == state.Count ? ordered : null;
    }
}
