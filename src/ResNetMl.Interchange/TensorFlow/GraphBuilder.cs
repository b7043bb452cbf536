using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using ResNetMl.Interchange.TensorFlow.Generated;

namespace ResNetMl.Interchange;

/// <summary>Collects the nodes of a GraphDef under names that TensorFlow allows.</summary>
internal sealed class GraphBuilder
{
    // The version of GraphDef that TensorFlow 1.15 writes: the newest operation used here (FusedBatchNormV3) is in it.
    private const int ProducerVersion = 134;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The graph so far.</summary>
    internal GraphDef Graph { get; } = new() { Versions = new VersionDef { Producer = ProducerVersion } };

    /// <summary>Adds a node and returns its name, which is also that of its first output.</summary>
    /// <param name="operation">TensorFlow's operation.</param>
    /// <param name="name">The name wanted: made legal, and unique by a number.</param>
    /// <param name="inputs">Names of the values it reads, in the operation's order.</param>
    /// <param name="attributes">All attributes of the operation that have no default, and those that older readers look for.</param>
    internal string Add(string operation, string name, IEnumerable<string> inputs, params ReadOnlySpan<(string Name, AttrValue Value)> attributes) =>
        AddNamed(operation, Unique(name), inputs, attributes);

    /// <summary>Adds a node under a name that <see cref="Unique"/> gave.</summary>
    /// <inheritdoc cref="Add"/>
    internal string AddNamed(string operation, string name, IEnumerable<string> inputs, params ReadOnlySpan<(string Name, AttrValue Value)> attributes)
    {
        var node = new NodeDef { Name = name, Op = operation };
        node.Input.AddRange(inputs);
        foreach ((string key, AttrValue value) in attributes)
        {
            node.Attr.Add(key, value);
        }

        Graph.Node.Add(node);
        return node.Name;
    }

    /// <summary>A constant of numbers.</summary>
    internal string Constant(string name, ReadOnlySpan<float> elements, params IEnumerable<int> shape) =>
        Constant(name, DataType.DtFloat, MemoryMarshal.AsBytes(elements), shape);

    /// <summary>A constant of axes, lengths or places.</summary>
    internal string Constant(string name, ReadOnlySpan<int> elements, params IEnumerable<int> shape) =>
        Constant(name, DataType.DtInt32, MemoryMarshal.AsBytes(elements), shape);

    /// <summary>A constant list of axes or lengths.</summary>
    internal string List(string name, params ReadOnlySpan<int> elements) => Constant(name, elements, elements.Length);

    /// <summary>Takes a name, made legal and unique: TensorFlow's match [A-Za-z0-9.][A-Za-z0-9_.\-/]*.</summary>
    internal string Unique(string name)
    {
        var legal = new StringBuilder(name.Length);
        foreach (char letter in name)
        {
            legal.Append(char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '/' ? letter : '_');
        }

        if (legal.Length == 0 || !(char.IsAsciiLetterOrDigit(legal[0]) || legal[0] == '.'))
        {
            legal.Insert(0, 'n');
        }

        string first = legal.ToString();
        string unique = first;
        for (int number = 1; !_names.Add(unique); number++)
        {
            unique = $"{first}_{number}";
        }

        return unique;
    }

    private string Constant(string name, DataType type, ReadOnlySpan<byte> bytes, IEnumerable<int> shape)
    {
        var tensor = new TensorProto { Dtype = type, TensorShape = Attributes.Shape(shape) };
        if (type == DataType.DtInt32 && tensor.TensorShape.Dim.Count == 0)
        {
            tensor.IntVal.Add(MemoryMarshal.Read<int>(bytes));
        }
        else
        {
            tensor.TensorContent = ByteString.CopyFrom(bytes);
        }

        return Add("Const", name, [], ("dtype", Attributes.Of(type)), ("value", new AttrValue { Tensor = tensor }));
    }
}
