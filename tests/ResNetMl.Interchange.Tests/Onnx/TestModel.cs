using Google.Protobuf;
using ResNetMl.Interchange.Onnx;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Small ONNX models written by hand, node by node.</summary>
internal sealed class TestModel
{
    private readonly OnnxGraph _graph;

    internal TestModel(int opset = 17)
    {
        _graph = new OnnxGraph(opset);
        Proto = new ModelProto { IrVersion = 8, Graph = _graph.Proto };
        Proto.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    internal ModelProto Proto { get; }

    internal byte[] Bytes => Proto.ToByteArray();

    internal TestModel Input(string name, params object[] lengths)
    {
        Proto.Graph.Input.Add(OnnxGraph.Value(name, ElementKind.Float, lengths));
        return this;
    }

    internal TestModel Integers(string name, params long[] numbers)
    {
        _graph.Integers(name, numbers);
        return this;
    }

    internal TestModel Floats(string name, Shape shape, params float[] numbers)
    {
        _graph.Floats(name, shape, numbers);
        return this;
    }

    /// <summary>An initializer whose numbers are 0.01, 0.02, ….</summary>
    internal TestModel Weights(string name, params int[] shape)
    {
        var tensor = new Tensor(new Shape(shape));
        for (int i = 0; i < tensor.Span.Length; i++)
        {
            tensor.Span[i] = (i % 100 * 0.01f) + 0.01f;
        }

        _graph.Weights(name, tensor);
        return this;
    }

    internal TestModel Node(string type, string output, string[] inputs, params AttributeProto[] attributes)
    {
        _graph.Node(type, output, inputs, attributes);
        return this;
    }

    internal TestModel Output(string name)
    {
        Proto.Graph.Output.Add(OnnxGraph.Value(name, ElementKind.Float));
        return this;
    }

    internal ImportedNetwork Read(OnnxImportOptions? options = null) => OnnxFile.Read(Bytes, options);

    internal string Refusal(OnnxImportOptions? options = null) => Assert.Throws<InterchangeException>(() => Read(options)).Message;
}
