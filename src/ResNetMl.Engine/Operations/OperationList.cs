using System.Text;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>A value that operations make or read.</summary>
/// <param name="Name">Name of the network's input, or of the node that makes it.</param>
/// <param name="Shape">Its shape with a batch of 1; a plan for N images puts N in front.</param>
public sealed record OperationValue(string Name, Shape Shape);

/// <summary>A network lowered to operations in the order they run. Made by <see cref="Lowering"/>; compiled by a backend; printable.</summary>
public sealed class OperationList
{
    internal OperationList(
        IReadOnlyList<OperationValue> values,
        IReadOnlyList<Operation> operations,
        IReadOnlyList<int> inputs,
        IReadOnlyList<int> outputs,
        IReadOnlyList<ParameterSpec> state)
    {
        Values = values;
        Operations = operations;
        Inputs = inputs;
        Outputs = outputs;
        State = state;
    }

    /// <summary>Every value, by index.</summary>
    public IReadOnlyList<OperationValue> Values { get; }

    /// <summary>The operations, each after those whose values it reads.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Indices of the values that the caller gives.</summary>
    public IReadOnlyList<int> Inputs { get; }

    /// <summary>Indices of the values that the caller gets.</summary>
    public IReadOnlyList<int> Outputs { get; }

    /// <summary>Every parameter and buffer that the operations name.</summary>
    public IReadOnlyList<ParameterSpec> State { get; }

    /// <summary>A list for training of a single layer, named <c>layer</c>, for tests of one operation.</summary>
    /// <param name="layer">The layer; its parameters are named <c>layer.weight</c> and so on.</param>
    /// <param name="inputShapes">Shapes of its inputs without the batch: [C, H, W] or [features].</param>
    public static OperationList Of(PrimitiveLayer layer, params ReadOnlySpan<Shape> inputShapes)
    {
        var inputs = new List<NetworkInput>();
        foreach (Shape shape in inputShapes)
        {
            inputs.Add(new NetworkInput($"input{inputs.Count}", shape.Prepend(1)));
        }

        var node = new Node("layer", layer, [.. inputs.Select(i => i.Name)]);
        return Lowering.ForTraining(new NetworkDefinition("layer", inputs, [node], ["layer"]));
    }

    /// <summary>One operation a line, with names, shapes and what is fused.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Operation operation in Operations)
        {
            string inputs = string.Join(", ", operation.Inputs.Select(i => Values[i].Name));
            OperationValue output = Values[operation.Output];
            text.Append(output.Name).Append(' ').Append(output.Shape).Append(" = ").Append(Describe(operation));
            text.Append('(').Append(inputs).Append(')').Append('\n');
        }

        return text.ToString();
    }

    private static string Describe(Operation operation)
    {
        string kind = operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal);
        return operation switch
        {
            ConvolutionOperation c => kind + (c.Bias is null ? "" : "+Bias") + (c.Inputs.Count > 1 ? "+Add" : "") + Suffix(c.Activation?.Kind),
            BatchNormOperation b => kind + (b.Inputs.Count > 1 ? "+Add" : "") + Suffix(b.Activation),
            AddOperation a => kind + Suffix(a.Activation),
            ActivationOperation a => a.Layer.Kind.ToString(),
            LayerOperation l => l.Layer.GetType().Name,
            _ => kind,
        };
    }

    private static string Suffix(ActivationKind? activation) => activation is { } kind ? $"+{kind}" : "";
}
