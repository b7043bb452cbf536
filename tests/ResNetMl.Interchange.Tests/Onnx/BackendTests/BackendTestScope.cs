using ResNetMl.Interchange.Onnx;
using ResNetMl.Interchange.Onnx.Generated;

namespace ResNetMl.Interchange.Tests.Onnx.BackendTests;

/// <summary>The rules by which a test is in scope, applied to its model alone: what it asks for, never whether it passes.</summary>
internal static class BackendTestScope
{
    private const int MostAxes = 5;

    /// <summary>The first rule that excludes a test; null where it is in scope.</summary>
    internal static string? Exclusion(BackendTestCase test)
    {
        NodeProto? unknown = test.Model.Graph.Node.FirstOrDefault(node => node.Domain is not ("" or "ai.onnx") || !OperatorTable.Names.Contains(node.OpType));
        if (unknown is not null)
        {
            return $"operator {unknown.OpType} is not in docs/onnx-operators.md";
        }

        foreach ((ValueInfoProto value, bool isInput) in test.Inputs.Select(input => (input, true)).Concat(test.Model.Graph.Output.Select(output => (output, false))))
        {
            string role = isInput ? "input" : "output";
            int kind = BackendTestCase.KindOf(value);
            if (kind != ElementKind.Float && !(isInput && kind == ElementKind.Int64))
            {
                return kind == 0 ? $"an {role} is no tensor" : $"an {role} is {ElementKind.NameOf(kind)}";
            }

            TensorShapeProto? shape = value.Type.TensorType.Shape;
            if (shape?.Dim.Count > MostAxes)
            {
                return $"an {role} has more than {MostAxes} axes";
            }

            if (shape?.Dim.Any(dim => dim.ValueCase == DimensionProto.ValueOneofCase.DimValue && dim.DimValue == 0) == true && kind == ElementKind.Float)
            {
                return $"an {role} has an axis of length 0";
            }
        }

        if (test.Inputs.All(input => test.Fixed.Contains(input.Name)))
        {
            return "no input is data: the network would read nothing";
        }

        NodeProto? folding = test.Model.Graph.Node.FirstOrDefault(node =>
            OperatorTable.ConstantsOnly.Contains(node.OpType) && test.Inputs.Any(input => !test.Fixed.Contains(input.Name) && node.Input.Contains(input.Name)));
        if (folding is not null)
        {
            return $"operator {folding.OpType} reads data, and is known for constants alone";
        }

        return test.Model.Graph.Node.Any(node => node.Attribute.Any(attribute => attribute.Name == "training_mode" && attribute.I == 1))
            ? "the model trains (training_mode = 1)"
            : null;
    }
}
