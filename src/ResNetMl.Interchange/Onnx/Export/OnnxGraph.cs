using Google.Protobuf;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>A graph while it is written: nodes, attributes and initializers, each name used once.</summary>
internal sealed class OnnxGraph(int opset)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastNumbers = new(StringComparer.Ordinal);

    internal int Opset { get; } = opset;

    internal GraphProto Proto { get; } = new();

    /// <summary>Keeps a name for a value that will be made.</summary>
    internal string Reserve(string name)
    {
        string unique = name;
        while (!_names.Add(unique))
        {
            int number = _lastNumbers.GetValueOrDefault(name, 1) + 1;
            _lastNumbers[name] = number;
            unique = $"{name}_{number}";
        }

        return unique;
    }

    /// <summary>Adds a node that makes one value of a reserved name.</summary>
    internal string Node(string type, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = type, Name = output };
        foreach (string input in inputs)
        {
            node.Input.Add(input);
        }

        node.Output.Add(output);
        foreach (AttributeProto attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        Proto.Node.Add(node);
        return output;
    }

    /// <summary>Adds a node under a name of its own.</summary>
    internal string Part(string type, string name, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Node(type, Reserve(name), inputs, attributes);

    /// <summary>Adds an initializer under a name of its own.</summary>
    internal string Weights(string name, Tensor tensor) => AddTensor(Reserve(name), tensor, tensor.Shape);

    /// <summary>Adds an initializer of a reserved name.</summary>
    internal string AddTensor(string name, Tensor tensor, Shape shape)
    {
        var proto = new TensorProto { Name = name, DataType = ElementKind.Float };
        proto.Dims.AddRange(shape.Select(length => (long)length));
        proto.RawData = ByteString.CopyFrom(ToSingle(tensor).Bytes);
        Proto.Initializer.Add(proto);
        return name;
    }

    internal string Floats(string name, Shape shape, params ReadOnlySpan<float> numbers) => Weights(name, new Tensor(shape, numbers));

    internal string Scalar(string name, float number) => Floats(name, [], number);

    internal string Integers(string name, params ReadOnlySpan<long> numbers)
    {
        string unique = Reserve(name);
        var proto = new TensorProto { Name = unique, DataType = ElementKind.Int64 };
        proto.Dims.Add(numbers.Length);
        var bytes = new byte[numbers.Length * sizeof(long)];
        for (int i = 0; i < numbers.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), numbers[i]);
        }

        proto.RawData = ByteString.CopyFrom(bytes);
        Proto.Initializer.Add(proto);
        return unique;
    }

    internal string Texts(string name, IReadOnlyList<string> texts)
    {
        string unique = Reserve(name);
        var proto = new TensorProto { Name = unique, DataType = ElementKind.String };
        proto.Dims.Add(texts.Count);
        proto.StringData.AddRange(texts.Select(ByteString.CopyFromUtf8));
        Proto.Initializer.Add(proto);
        return unique;
    }

    internal static AttributeProto Attribute(string name, long number) => new() { Name = name, Type = 2, I = number };

    internal static AttributeProto Attribute(string name, float number) => new() { Name = name, Type = 1, F = number };

    internal static AttributeProto Attribute(string name, string text) => new() { Name = name, Type = 3, S = ByteString.CopyFromUtf8(text) };

    internal static AttributeProto Attribute(string name, params ReadOnlySpan<int> numbers)
    {
        var attribute = new AttributeProto { Name = name, Type = 7 };
        foreach (int number in numbers)
        {
            attribute.Ints.Add(number);
        }

        return attribute;
    }

    internal static ValueInfoProto Value(string name, int kind, params ReadOnlySpan<object> lengths)
    {
        var shape = new TensorShapeProto();
        foreach (object length in lengths)
        {
            shape.Dim.Add(length is string symbol
                ? new DimensionProto { DimParam = symbol }
                : new DimensionProto { DimValue = (int)length });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = kind, Shape = shape } } };
    }

    private static Tensor ToSingle(Tensor tensor)
    {
        if (tensor.ElementType == ElementType.Float32)
        {
            return tensor;
        }

        var single = new Tensor(tensor.Shape);
        for (int i = 0; i < single.Span.Length; i++)
        {
            single.Span[i] = tensor.BFloat16Span[i].ToSingle();
        }

        return single;
    }
}
