using System.Text;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>One operator of the file while it is turned into layers: its attributes and inputs, each asked for by name and checked.</summary>
internal sealed class OnnxNode
{
    private readonly NodeProto _proto;
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal OnnxNode(GraphImport graph, NodeProto proto, int number)
    {
        Graph = graph;
        _proto = proto;
        string own = proto.Name.Length > 0 ? proto.Name : proto.Output.FirstOrDefault(output => output.Length > 0) ?? $"#{number}";
        Name = own;
        Where = $"{graph.Where}: node '{OnnxText.Show(own)}' ({OnnxText.Show(proto.OpType)})";
        foreach (AttributeProto attribute in proto.Attribute)
        {
            if (!_attributes.TryAdd(attribute.Name, attribute))
            {
                throw Error("each attribute once", $"'{attribute.Name}' twice");
            }
        }
    }

    internal GraphImport Graph { get; }

    internal NetworkComposer Composer => Graph.Composer;

    /// <summary>For messages: file, node and operator.</summary>
    internal string Where { get; }

    /// <summary>The node's name, or that of its first output.</summary>
    internal string Name { get; }

    internal string Operator => _proto.OpType;

    internal int Opset => Graph.Opset;

    internal int InputCount => _proto.Input.Count;

    internal int OutputCount => _proto.Output.Count;

    /// <summary>How many axes the definition's values have before those of the file: 1 where the graph has no batch.</summary>
    internal int Shift => Graph.Shift;

    internal bool HasInput(int index) => index < _proto.Input.Count && _proto.Input[index].Length > 0;

    internal bool IsOutputUsed(int index) => index < _proto.Output.Count && Graph.UseCount(_proto.Output[index]) > 0;

    internal InterchangeException Error(string expected, string got, string next = "") =>
        new($"{Where}: expected {expected}, got {OnnxText.Show(got)}.{(next.Length > 0 ? " " : "")}{next}");

    internal BatchAxisException TouchesBatch(string what) => new($"{Where}: {what}, which mixes images if axis 0 counts them");

    // Attributes

    internal bool Has(string name)
    {
        _known.Add(name);
        return _attributes.ContainsKey(name);
    }

    internal long Int(string name, long without) => Get(name, 2, "a whole number") is { } attribute ? attribute.I : without;

    internal bool Flag(string name, bool without = false) => Int(name, without ? 1 : 0) != 0;

    internal float Float(string name, float without)
    {
        float value = Get(name, 1, "a number") is { } attribute ? attribute.F : without;
        return float.IsFinite(value) ? value : throw Error($"a finite {name}", $"{value}");
    }

    internal float? Float(string name) => Get(name, 1, "a number")?.F;

    internal string Text(string name, string without) => Get(name, 3, "a text") is { } attribute ? Encoding.UTF8.GetString(attribute.S.Span) : without;

    internal long[]? Ints(string name) => Get(name, 7, "whole numbers") is { } attribute ? [.. attribute.Ints] : null;

    internal float[]? Floats(string name) => Get(name, 6, "numbers") is { } attribute ? [.. attribute.Floats] : null;

    internal TensorProto? TensorOf(string name) => Get(name, 4, "a tensor")?.T;

    /// <summary>Attributes that change no number of the answer.</summary>
    internal void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _known.Add(name);
        }
    }

    /// <summary>Refuses attributes that the operator here does not know.</summary>
    internal void RefuseOtherAttributes()
    {
        foreach (string name in _attributes.Keys)
        {
            if (!_known.Contains(name))
            {
                string known = _known.Count > 0 ? string.Join(", ", _known.Order(StringComparer.Ordinal)) : "none";
                throw Error($"the attributes known for opset {Opset} ({known})", $"'{name}'", "See docs/onnx-operators.md.");
            }
        }
    }

    // Inputs

    internal OnnxValue Input(int index)
    {
        OnnxValue value = HasInput(index) ? Graph.ValueOf(Where, _proto.Input[index]) : throw Error($"an input {index}", $"{_proto.Input.Count} inputs");
        return value is ErfValue && Operator is not ("Add" or "Mul") ? throw GeluPattern.Unknown(this) : value;
    }

    internal string InputName(int index) => _proto.Input[index];

    internal IEnumerable<OnnxValue> Inputs => Enumerable.Range(0, _proto.Input.Count).Select(Input);

    /// <summary>An input that the network computes; a constant becomes a layer of its own.</summary>
    internal DataValue Data(int index) => Input(index) switch
    {
        DataValue data => data,
        ConstantValue constant => Graph.ToData(this, constant, constant.Shape.Rank),
        _ => throw Error("a tensor", "another value"),
    };

    internal ConstantValue Constant(int index, string what) => Input(index) as ConstantValue
        ?? throw Error($"{what} as an initializer or constant", $"'{InputName(index)}', which is computed or fed", "Fix it with FixedInputs, or export the model with constant weights.");

    internal Tensor Weights(int index, string what) => Constant(index, what) is { IsInteger: false } constant
        ? constant.TakeFloats(Where, Graph.Tensors)
        : throw Error($"{what} as floating-point numbers", "whole numbers");

    internal Number[] Numbers(int index, string what) => Constant(index, what) is { IsInteger: true } constant
        ? constant.Integers
        : throw Error($"{what} as whole numbers", "floating-point numbers");

    internal long[] Integers(int index, string what)
    {
        Number[] numbers = Numbers(index, what);
        return Array.Exists(numbers, number => number.IsBatch)
            ? throw TouchesBatch($"{what} depends on the number of images")
            : Array.ConvertAll(numbers, number => number.Value);
    }

    /// <summary>A number given as an input: a scalar, or a tensor of one.</summary>
    internal float Scalar(int index, string what)
    {
        ConstantValue constant = Constant(index, what);
        if (constant.Shape.ElementCount != 1)
        {
            throw Error($"{what} as one number", $"a tensor {constant.Shape}");
        }

        return constant.IsInteger ? Integers(index, what)[0] : constant.Floats.Span[0];
    }

    // Outputs

    internal void Bind(int index, OnnxValue value)
    {
        // Now and not when asked for: a chain of many thousands would be as many calls deep.
        (value as ConstantValue)?.Evaluate();
        if (index < _proto.Output.Count && _proto.Output[index].Length > 0)
        {
            Graph.Bind(Where, _proto.Output[index], value);
        }
    }

    /// <summary>Adds a layer under the node's name.</summary>
    internal DataValue Add(PrimitiveLayer layer, params ReadOnlySpan<DataValue> inputs) => Composer.Add(Where, layer, Name, inputs);

    /// <summary>Adds a layer that only prepares or finishes: the node's name and a part.</summary>
    internal DataValue AddPart(string part, PrimitiveLayer layer, params ReadOnlySpan<DataValue> inputs) => Composer.Add(Where, layer, $"{Name}/{part}", inputs);

    /// <summary>Makes a layer; numbers that it refuses are the file's fault.</summary>
    internal TLayer Make<TLayer>(Func<TLayer> layer)
        where TLayer : PrimitiveLayer
    {
        try
        {
            return layer();
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new InterchangeException($"{Where}: {exception.Message}", exception);
        }
    }

    // Axes

    /// <summary>An axis as the file counts it, from 0; negative ones count from the end.</summary>
    internal int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Error($"an axis from {-rank} to {rank - 1}", $"{axis}");

    /// <summary>The same axis of the definition's value, which is never the batch.</summary>
    internal int InnerAxis(int axis) => axis + Shift > 0 ? axis + Shift : throw TouchesBatch("works along axis 0");

    /// <summary>A whole number that fits 32 bits.</summary>
    internal int Int32(long value, string what) => value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Error($"{what} within 32 bits", $"{value}");

    /// <summary>How many axes the file gives the value.</summary>
    internal int RankOf(OnnxValue value) => value is ConstantValue constant ? constant.Shape.Rank : ((DataValue)value).Shape.Rank - Shift;

    private AttributeProto? Get(string name, int type, string expected)
    {
        _known.Add(name);
        if (!_attributes.TryGetValue(name, out AttributeProto? attribute))
        {
            return null;
        }

        return attribute.Type == type || attribute.Type == 0
            ? attribute
            : throw Error($"{name} as {expected}", $"an attribute of type {attribute.Type}");
    }
}
