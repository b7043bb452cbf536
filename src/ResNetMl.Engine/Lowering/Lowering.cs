using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>Turns a definition into the operations that a backend compiles, fusing what one pass over memory can do.</summary>
public static class Lowering
{
    /// <summary>Operations for training: batch norm takes the addition and the activation that follow it along.</summary>
    /// <param name="definition">The network.</param>
    /// <param name="isFrozen">Which nodes keep their parameters and buffers as they are, see <see cref="Operation.IsFrozen"/>; null: none.</param>
    /// <exception cref="NotSupportedException">A window's kernel size, stride, dilation or padding is larger than 65536.</exception>
    public static OperationList ForTraining(NetworkDefinition definition, Func<Node, bool>? isFrozen = null) =>
        Emit(definition, definition.Nodes, definition.Outputs, isTraining: true, isFrozen);

    /// <summary>
    /// Operations for scoring: dropout is gone, batch norm is folded into the convolution before it, and convolutions take the addition
    /// and the activation that follow along.
    /// </summary>
    /// <param name="definition">The network.</param>
    /// <param name="weights">Its parameters and buffers; not changed.</param>
    /// <returns>The operations, and the weights that they name.</returns>
    /// <exception cref="KeyNotFoundException">A tensor is missing.</exception>
    /// <exception cref="NotSupportedException">A window's kernel size, stride, dilation or padding is larger than 65536.</exception>
    public static (OperationList Operations, StateDictionary Weights) ForInference(NetworkDefinition definition, StateDictionary weights)
    {
        (IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs) = WithoutTrainingOnlyLayers(definition);
        OperationList operations = Emit(definition, nodes, outputs, isTraining: false);
        List<FusionGroup> groups = FusionGroup.Form(nodes, outputs, isTraining: false);

        var folded = new StateDictionary();
        foreach (FusionGroup group in groups)
        {
            if (group.FoldedBatchNorm is { } batchNorm)
            {
                BatchNormFolding.Fold(group.Head, batchNorm, weights, folded);
            }
            else
            {
                foreach (ParameterSpec spec in group.Head.Layer.Parameters)
                {
                    string name = $"{group.Head.Name}.{spec.Name}";
                    folded.Add(name, weights[name]);
                }
            }
        }

        return (operations, folded);
    }

    private static (IReadOnlyList<Node> Nodes, IReadOnlyList<string> Outputs) WithoutTrainingOnlyLayers(NetworkDefinition definition)
    {
        var replacedBy = new Dictionary<string, string>(StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (Node node in definition.Nodes)
        {
            string[] inputs = [.. node.Inputs.Select(Resolve)];
            if (node.Layer is Dropout or StochasticDepth)
            {
                replacedBy[node.Name] = inputs[0];
            }
            else
            {
                nodes.Add(node with { Inputs = inputs });
            }
        }

        return (nodes, [.. definition.Outputs.Select(Resolve)]);

        string Resolve(string name) => replacedBy.GetValueOrDefault(name, name);
    }

    private static OperationList Emit(
        NetworkDefinition definition, IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs, bool isTraining, Func<Node, bool>? isFrozen = null)
    {
        foreach (Node node in nodes)
        {
            WindowLimits.Check(node);
        }

        var values = new List<OperationValue>();
        var indices = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (NetworkInput input in definition.Inputs)
        {
            AddValue(input.Name);
        }

        var operations = new List<Operation>();
        var state = new List<ParameterSpec>();
        foreach (FusionGroup group in FusionGroup.Form(nodes, outputs, isTraining))
        {
            int[] inputs = [.. group.Inputs.Select(name => indices[name])];
            int output = AddValue(group.Last.Name);
            Operation operation = group.ToOperation(inputs, output, salt: operations.Count);
            operations.Add(isFrozen is not null && isFrozen(group.Head) ? operation with { IsFrozen = true } : operation);
            state.AddRange(group.State);
        }

        int[] inputIndices = [.. definition.Inputs.Select(input => indices[input.Name])];
        int[] outputIndices = [.. outputs.Select(name => indices[name])];
        return new OperationList(values, operations, inputIndices, outputIndices, state);

        int AddValue(string name)
        {
            indices.Add(name, values.Count);
            values.Add(new OperationValue(name, definition.ShapeOf(name)));
            return values.Count - 1;
        }
    }
}
