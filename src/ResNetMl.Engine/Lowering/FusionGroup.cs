using ResNetMl.Networks;

namespace ResNetMl.Engine;

/// <summary>Nodes that become one operation: a head, and the batch norm, addition and activation that only it feeds.</summary>
internal sealed class FusionGroup
{
    private readonly bool _isTraining;
    private string? _addend;
    private readonly bool _headReadsAddends;

    private FusionGroup(Node head, int position, bool isTraining)
    {
        _isTraining = isTraining;
        Head = head;
        Last = head;
        Position = position;
        _headReadsAddends = head.Layer is Add;
    }

    /// <summary>The node whose weights the operation uses.</summary>
    internal Node Head { get; }

    /// <summary>The node whose value the operation makes.</summary>
    internal Node Last { get; private set; }

    /// <summary>Batch norm folded into the head's weights; scoring only.</summary>
    internal Node? FoldedBatchNorm { get; private set; }

    /// <summary>Names of the values that the operation reads.</summary>
    internal IReadOnlyList<string> Inputs => _addend is null ? Head.Inputs : [.. Head.Inputs, _addend];

    /// <summary>What the operation needs from the state dictionary.</summary>
    internal IEnumerable<ParameterSpec> State
    {
        get
        {
            IEnumerable<ParameterSpec> specs = Head.Layer.Parameters;
            if (FoldedBatchNorm is not null && Head.Layer is Conv2d { HasBias: false } conv)
            {
                specs = specs.Append(new ParameterSpec("bias", [conv.OutChannels], StateKind.Parameter, Initialization.Zeros));
            }

            return specs.Select(spec => spec with { Name = $"{Head.Name}.{spec.Name}" });
        }
    }

    private int Position { get; set; }

    private Activation? FusedActivation { get; set; }

    /// <summary>In training, only passes that are bound by memory are fused: a convolution's output is needed for its batch norm's gradient.</summary>
    private bool CanTakeFollowers => Head.Layer is BatchNorm || (!_isTraining && Head.Layer is Conv2d);

    /// <summary>Groups the nodes of a network, in an order in which they can run.</summary>
    internal static List<FusionGroup> Form(IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs, bool isTraining)
    {
        Dictionary<string, int> readers = CountReaders(nodes, outputs);
        var groups = new List<FusionGroup>();
        var byLastName = new Dictionary<string, FusionGroup>(StringComparer.Ordinal);
        for (int position = 0; position < nodes.Count; position++)
        {
            Node node = nodes[position];
            FusionGroup? taker = node.Inputs
                .Where(name => readers[name] == 1 && byLastName.ContainsKey(name))
                .Select(name => byLastName[name])
                .FirstOrDefault(group => group.CanTake(node));
            if (taker is null)
            {
                taker = new FusionGroup(node, position, isTraining);
                groups.Add(taker);
            }
            else
            {
                byLastName.Remove(taker.Last.Name);
                taker.Take(node, position);
            }

            byLastName.Add(taker.Last.Name, taker);
        }

        return [.. groups.OrderBy(group => group.Position)];
    }

    /// <summary>The group as an operation.</summary>
    internal Operation ToOperation(IReadOnlyList<int> inputs, int output, int salt)
    {
        string name = Last.Name;
        return Head.Layer switch
        {
            Conv2d conv => new ConvolutionOperation(
                name, inputs, output, conv, $"{Head.Name}.weight", conv.HasBias || FoldedBatchNorm is not null ? $"{Head.Name}.bias" : null, FusedActivation),
            BatchNorm batchNorm => new BatchNormOperation(
                name,
                inputs,
                output,
                batchNorm,
                $"{Head.Name}.weight",
                $"{Head.Name}.bias",
                $"{Head.Name}.running_mean",
                $"{Head.Name}.running_var",
                FusedActivation?.Kind),
            Activation activation => new ActivationOperation(name, inputs, output, activation),
            Add => new AddOperation(name, inputs, output, FusedActivation?.Kind),
            Pool2d pool => new PoolOperation(name, inputs, output, pool),
            GlobalAveragePool => new GlobalAveragePoolOperation(name, inputs, output),
            Flatten => new FlattenOperation(name, inputs, output),
            Linear linear => new LinearOperation(
                name, inputs, output, linear, $"{Head.Name}.weight", linear.HasBias ? $"{Head.Name}.bias" : null),
            Dropout dropout => new DropoutOperation(name, inputs, output, dropout.Rate, salt),
            ZeroPadShortcut shortcut => new ZeroPadShortcutOperation(name, inputs, output, shortcut),
            _ => new LayerOperation(
                name, inputs, output, Head.Layer, [.. Head.Layer.Parameters.Select(spec => $"{Head.Name}.{spec.Name}")], salt),
        };
    }

    private static Dictionary<string, int> CountReaders(IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs)
    {
        var readers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in nodes.SelectMany(node => node.Inputs).Concat(outputs))
        {
            readers[name] = readers.GetValueOrDefault(name) + 1;
        }

        return readers;
    }

    private bool CanTake(Node node) => node.Layer switch
    {
        BatchNorm => !_isTraining && Head.Layer is Conv2d && ReferenceEquals(Last, Head),
        Add => CanTakeFollowers && node.Inputs.Count == 2 && _addend is null && FusedActivation is null,
        Activation { Kind: ActivationKind.Relu } => (CanTakeFollowers || _headReadsAddends) && FusedActivation is null,
        Activation { Kind: ActivationKind.Clip, Alpha: <= 0, Beta: >= 0 } => CanTakeFollowers && Head.Layer is Conv2d && FusedActivation is null,
        _ => false,
    };

    private void Take(Node node, int position)
    {
        switch (node.Layer)
        {
            case BatchNorm:
                FoldedBatchNorm = node;
                break;
            case Add:
                _addend = node.Inputs[0] == Last.Name ? node.Inputs[1] : node.Inputs[0];
                break;
            case Activation activation:
                FusedActivation = activation;
                break;
        }

        Last = node;
        Position = position;
    }
}
