using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Reads a graph, operator by operator, in one of two ways: axis 0 of its values counts images, or there is no batch.</summary>
internal sealed class GraphImport
{
    private readonly GraphProto _graph;
    private readonly OnnxImportOptions _options;
    private readonly Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _useCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<ConstantValue, (DataValue Value, int Rank)> _constants = [];

    private GraphImport(string where, GraphProto graph, int opset, TensorReader tensors, OnnxImportOptions options, bool hasBatch)
    {
        Where = where;
        _graph = graph;
        _options = options;
        Opset = opset;
        Tensors = tensors;
        Shift = hasBatch ? 0 : 1;
        foreach (string name in graph.Node.SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name)))
        {
            _useCounts[name] = _useCounts.GetValueOrDefault(name) + 1;
        }
    }

    internal string Where { get; }

    internal int Opset { get; }

    internal TensorReader Tensors { get; }

    internal NetworkComposer Composer { get; } = new();

    /// <summary>1 where the graph has no batch and the definition's values have one axis more than the file's; else 0.</summary>
    internal int Shift { get; }

    /// <summary>The length that the file gives the images' axis; null where it is symbolic or there is none.</summary>
    internal int? DeclaredBatch { get; private set; }

    internal static ImportedNetwork Read(string where, GraphProto graph, int opset, TensorReader tensors, OnnxImportOptions options)
    {
        if (options.BatchAxis == OnnxBatchAxis.None)
        {
            return ReadWithoutBatch(null);
        }

        try
        {
            return new GraphImport(where, graph, opset, tensors, options, hasBatch: true).Run();
        }
        catch (BatchAxisException exception)
        {
            return options.BatchAxis == OnnxBatchAxis.Automatic ? ReadWithoutBatch(exception) : throw Refusal(exception);
        }

        ImportedNetwork ReadWithoutBatch(BatchAxisException? first)
        {
            try
            {
                return new GraphImport(where, graph, opset, tensors, options, hasBatch: false).Run() with { HasBatchAxis = false };
            }
            catch (BatchAxisException exception)
            {
                throw Refusal(first ?? exception);
            }
            catch (InterchangeException exception) when (first is not null)
            {
                throw new InterchangeException($"{first.Message}; and it cannot be read as a graph without a batch either: {exception.Message}", exception);
            }
        }

        static InterchangeException Refusal(BatchAxisException exception) =>
            new($"{exception.Message}. Images are scored in batches here, so that axis must pass through untouched.", exception);
    }

    internal int UseCount(string name) => name.Length == 0 ? 0 : _useCounts.GetValueOrDefault(name);

    internal OnnxValue ValueOf(string where, string name) => _values.TryGetValue(name, out OnnxValue? value)
        ? value
        : throw new InterchangeException(
            $"{where}: expected its input '{OnnxText.Show(name)}' from an earlier node, an initializer or a graph input, got none. The graph is damaged or not sorted.");

    internal void Bind(string where, string name, OnnxValue value)
    {
        if (!_values.TryAdd(name, value))
        {
            throw new InterchangeException($"{where}: expected each value to be made once, got '{OnnxText.Show(name)}' twice.");
        }

        if (value is DataValue data)
        {
            Composer.Promise(data, UseCount(name));
        }
    }

    /// <summary>A constant as a value of the network, its axes padded in front to a rank; one node for all that read it.</summary>
    internal DataValue ToData(OnnxNode node, ConstantValue constant, int rank)
    {
        if (_constants.TryGetValue(constant, out (DataValue Value, int Rank) known) && known.Rank == rank)
        {
            return known.Value;
        }

        if (constant.IsInteger)
        {
            throw node.Error("floating-point numbers", "whole numbers", "Whole numbers are read as shapes, axes and indices alone.");
        }

        int[] lengths = [.. Enumerable.Repeat(1, Math.Max(0, rank - constant.Shape.Rank)), .. constant.Shape];
        if (Shift == 0)
        {
            if (lengths.Length == 0 || lengths[0] != 1)
            {
                throw node.TouchesBatch($"reads a constant {constant.Shape} with an axis 0 of its own");
            }

            lengths = lengths[1..];
        }

        var layer = new Constant(new Shape(lengths));
        Tensor numbers = constant.Reshaped(node.Where, Tensors, layer.Shape).TakeFloats(node.Where, Tensors);
        string name = constant.Name ?? $"{node.Name}/constant";
        DataValue value = Composer.Add(node.Where, layer, name, [], ("value", numbers));
        _constants[constant] = (value, rank);
        return value;
    }

    private ImportedNetwork Run()
    {
        ReadInitializers();
        GraphInputs.Read(this, _graph, _options);
        int number = 0;
        foreach (NodeProto proto in _graph.Node)
        {
            var node = new OnnxNode(this, proto, number++);
            OperatorTable.Find(node, proto)(node);
            node.RefuseOtherAttributes();
        }

        if (_graph.Output.Count == 0)
        {
            throw new InterchangeException($"{Where}: expected a graph with an output, got none.");
        }

        DataValue[] outputs = [.. _graph.Output.Select(ReadOutput)];
        return Composer.Finish(Where, _graph.Name.Length is > 0 and <= NetworkLimits.MaxNameLength ? OnnxText.Show(_graph.Name) : "network", outputs);
    }

    internal void SetDeclaredBatch(int? batch) => DeclaredBatch = batch;

    private void ReadInitializers()
    {
        foreach (TensorProto tensor in _graph.Initializer)
        {
            string where = $"{Where}: initializer '{OnnxText.Show(tensor.Name)}'";
            Bind(where, tensor.Name, Tensors.Read(where, tensor));
        }
    }

    private DataValue ReadOutput(ValueInfoProto output)
    {
        string where = $"{Where}: output '{OnnxText.Show(output.Name)}'";
        OnnxValue value = ValueOf(where, output.Name);
        if (value is DataValue data)
        {
            // An input that is an output as well gets a node of its own: outputs are what nodes make.
            return Composer.IsInput(data) ? Composer.Add(where, new Reshape(new Shape(data.Shape.AsSpan()[1..])), output.Name, [data]) : data;
        }

        throw new InterchangeException(
            $"{where}: expected numbers that the network computes from its input, got {(value is ConstantValue ? "a constant" : "a part of Gelu")}.");
    }
}
