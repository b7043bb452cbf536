using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>What a graph is fed: data with a shape, or numbers that the options fix.</summary>
internal static class GraphInputs
{
    internal static void Read(GraphImport import, GraphProto graph, OnnxImportOptions options)
    {
        var initializers = new HashSet<string>(graph.Initializer.Select(tensor => tensor.Name), StringComparer.Ordinal);
        var data = new List<(ValueInfoProto Input, int?[] Lengths)>();
        foreach (ValueInfoProto input in graph.Input)
        {
            string where = $"{import.Where}: input '{OnnxText.Show(input.Name)}'";
            int kind = input.Type?.TensorType?.ElemType ?? 0;
            if (initializers.Contains(input.Name))
            {
                continue;
            }

            if (options.FixedInputs?.TryGetValue(input.Name, out Tensor? tensor) == true)
            {
                import.Bind(where, input.Name, Fix(import, where, tensor, ElementKind.IsInteger(kind), input.Name));
                continue;
            }

            if (!ElementKind.IsFloat(kind))
            {
                throw new InterchangeException(
                    $"{where}: expected floating-point numbers, got {(kind == 0 ? "no tensor" : ElementKind.NameOf(kind))}. Give shapes, axes and pads by FixedInputs.");
            }

            data.Add((input, Lengths(where, input)));
        }

        if (import.Shift == 0)
        {
            import.SetDeclaredBatch(DeclaredBatch(import, data));
        }

        foreach ((ValueInfoProto input, int?[] lengths) in data)
        {
            string where = $"{import.Where}: input '{OnnxText.Show(input.Name)}'";
            import.Bind(where, input.Name, import.Composer.AddInput(where, input.Name, ShapeOf(import, where, lengths, data.Count == 1 ? options.InputShape : null)));
        }
    }

    private static ConstantValue Fix(GraphImport import, string where, Tensor tensor, bool isInteger, string name)
    {
        if (!isInteger)
        {
            return new ConstantValue(tensor.Shape, tensor.Clone, name);
        }

        return new ConstantValue(tensor.Shape, Integers, name);

        Number[] Integers()
        {
            Number[] numbers = import.Tensors.NewIntegers(where, tensor.Shape);
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (long)tensor.Span[i];
            }

            return numbers;
        }
    }

    private static int?[] Lengths(string where, ValueInfoProto input)
    {
        TensorShapeProto? shape = input.Type.TensorType.Shape;
        return shape is null
            ? []
            : [.. shape.Dim.Select(dim => dim.ValueCase != DimensionProto.ValueOneofCase.DimValue || dim.DimValue <= 0
                ? (int?)null
                : dim.DimValue <= int.MaxValue
                    ? (int)dim.DimValue
                    : throw new InterchangeException($"{where}: expected axes of at most {int.MaxValue:N0} elements, got {dim.DimValue}."))];
    }

    // All data of one run holds the same images.
    private static int? DeclaredBatch(GraphImport import, List<(ValueInfoProto Input, int?[] Lengths)> data)
    {
        int? batch = null;
        foreach ((ValueInfoProto input, int?[] lengths) in data)
        {
            if (lengths.Length == 0 && input.Type.TensorType.Shape is not null)
            {
                throw new BatchAxisException($"{import.Where}: input '{OnnxText.Show(input.Name)}' is a scalar and so has no axis of images");
            }

            int? own = lengths.Length > 0 ? lengths[0] : null;
            if (own is not null && batch is not null && own != batch)
            {
                throw new BatchAxisException($"{import.Where}: its inputs have axes 0 of {batch} and {own}, so they do not count images");
            }

            batch ??= own;
        }

        return batch;
    }

    private static Shape ShapeOf(GraphImport import, string where, int?[] lengths, Shape? given)
    {
        // Axis 0 is the images', or in a graph without a batch an axis of 1 in front.
        int[] shape = import.Shift == 0 && lengths.Length > 0
            ? [1, .. lengths[1..].Select(length => length ?? 0)]
            : [.. Enumerable.Repeat(1, import.Shift), .. lengths.Select(length => length ?? 0)];
        if (given is { } wanted && import.Shift == 0)
        {
            shape = shape.Length == 0 ? [1, .. wanted] : shape;
            if (shape.Length != wanted.Rank + 1)
            {
                throw new InterchangeException($"{where}: expected an InputShape of {shape.Length - 1} axes, got {wanted}.");
            }

            for (int axis = 1; axis < shape.Length; axis++)
            {
                if (shape[axis] != 0 && shape[axis] != wanted[axis - 1])
                {
                    throw new InterchangeException(
                        $"{where}: expected an InputShape that agrees with the file's {Text(lengths)}, got {wanted}. Only symbolic axes can be chosen.");
                }

                shape[axis] = wanted[axis - 1];
            }
        }

        if (shape.Length == 0 || shape.Contains(0))
        {
            throw new InterchangeException(
                $"{where}: expected a shape whose axes all have lengths (but for the batch), got {Text(lengths)}. Give one by InputShape, for example [3, 224, 224].");
        }

        return new Shape(shape);
    }

    private static string Text(int?[] lengths) => $"[{string.Join(", ", lengths.Select(length => length?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"))}]";
}
