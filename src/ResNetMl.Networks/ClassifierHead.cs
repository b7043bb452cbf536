using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>The last layer of a classifier, which fine-tuning on other classes replaces and feature extraction removes: torchvision's advice for transfer learning, as one call.</summary>
/// <remarks>
/// The head is the linear layer nearest the output, or the 1×1 convolution of as many channels as there are classes (MobileNetV2 has one behind its
/// global pool, SqueezeNet before it). A softmax behind it is dropped, because training wants logits. Features without a head get a linear layer.
/// </remarks>
public static class ClassifierHead
{
    /// <summary>The same network for another number of classes.</summary>
    /// <param name="definition">A classifier, or a network that makes features [N, F].</param>
    /// <param name="classes">How many classes, ≥ 2.</param>
    /// <param name="head">Name of the node whose weights are new.</param>
    /// <returns>The network; every other node keeps its name and layer.</returns>
    /// <exception cref="ArgumentException">The network has several outputs, or none of [N, classes] that a head could make.</exception>
    public static NetworkDefinition Replace(NetworkDefinition definition, int classes, out string head)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        RequireOneOutput(definition, "replaced");
        List<Node> nodes = WithoutSoftmax(definition, out string output);
        Shape logits = definition.ShapeOf(output);
        int place = FindHead(nodes, output, logits, out List<int> carriers);
        if (place >= 0)
        {
            int before = logits[1];
            nodes[place] = nodes[place] with { Layer = Resized(nodes[place].Layer, classes) };
            foreach (int carrier in carriers)
            {
                nodes[carrier] = nodes[carrier] with { Layer = Carried(nodes[carrier].Layer, before, classes) };
            }

            head = nodes[place].Name;
        }
        else if (logits.Rank == 2)
        {
            head = FreeName(definition, "fc");
            nodes.Add(new Node(head, new Linear(logits[1], classes), [output]));
            output = head;
        }
        else
        {
            throw new ArgumentException(
                $"{definition.Name}: expected a linear layer or a 1×1 convolution before the output, or features [N, F], got {logits} of '{output}'. " +
                "Its head cannot be replaced.",
                nameof(definition));
        }

        return new NetworkDefinition(definition.Name, definition.Inputs, nodes, [output]);
    }

    /// <inheritdoc cref="Replace(NetworkDefinition, int, out string)"/>
    public static NetworkDefinition Replace(NetworkDefinition definition, int classes) => Replace(definition, classes, out _);

    /// <summary>The features that a classifier's head reads, as a network: for other classifiers than a linear layer, or to keep for many trainings.</summary>
    /// <remarks>
    /// The head and what follows it are cut off, and a dropout right before it. Feature maps that a head of 1×1 convolution read are averaged over their
    /// places, as the pool behind that head would have done. A network without a head is taken whole; feature maps are averaged there too.
    /// Such a network must not end in a 1×1 convolution, activation and pool: it could not be told from SqueezeNet's head.
    /// </remarks>
    /// <param name="definition">A classifier, or a network that makes features.</param>
    /// <param name="head">Name of the node that was the head; null where the network had none and was taken whole.</param>
    /// <returns>A network of one output [N, F]; every node that is left keeps its name and layer.</returns>
    /// <exception cref="ArgumentException">The network has several outputs, or its values are neither rows [N, F] nor feature maps [N, C, H, W].</exception>
    public static NetworkDefinition Remove(NetworkDefinition definition, out string? head)
    {
        ArgumentNullException.ThrowIfNull(definition);
        RequireOneOutput(definition, "removed");
        List<Node> nodes = WithoutSoftmax(definition, out string output);
        int place = FindHead(nodes, output, definition.ShapeOf(output), out _);
        head = place < 0 ? null : nodes[place].Name;
        string features = definition.Outputs[0];
        if (place >= 0)
        {
            features = nodes[place].Inputs[0];
            for (int before = IndexOf(nodes, features); before >= 0 && nodes[before].Layer is Dropout; before = IndexOf(nodes, features))
            {
                features = nodes[before].Inputs[0];
            }
        }

        nodes = ReadBy(features, definition.Nodes);
        Shape shape = definition.ShapeOf(features);
        if (shape.Rank == 4)
        {
            if (shape[2] > 1 || shape[3] > 1)
            {
                features = Append(definition, nodes, new GlobalAveragePool(), features);
            }

            features = Append(definition, nodes, new Flatten(), features);
        }
        else if (shape.Rank != 2)
        {
            throw new ArgumentException(
                $"{definition.Name}: expected features [N, F] or feature maps [N, C, H, W], got {shape} of '{features}'. Cut the network before that value.",
                nameof(definition));
        }

        return new NetworkDefinition(definition.Name, definition.Inputs, nodes, [features]);
    }

    /// <inheritdoc cref="Remove(NetworkDefinition, out string?)"/>
    public static NetworkDefinition Remove(NetworkDefinition definition) => Remove(definition, out _);

    private static void RequireOneOutput(NetworkDefinition definition, string verb)
    {
        if (definition.Outputs.Count != 1)
        {
            throw new ArgumentException(
                $"{definition.Name}: expected a classifier with one output, got {definition.Outputs.Count}. Only such a head can be {verb}.", nameof(definition));
        }
    }

    private static List<Node> WithoutSoftmax(NetworkDefinition definition, out string output)
    {
        var nodes = definition.Nodes.ToList();
        output = definition.Outputs[0];
        int last = IndexOf(nodes, output);
        while (last >= 0 && nodes[last].Layer is Softmax && nodes.Count(node => node.Inputs.Contains(nodes[last].Name)) == 0)
        {
            output = nodes[last].Inputs[0];
            nodes.RemoveAt(last);
            last = IndexOf(nodes, output);
        }

        return nodes;
    }

    // The nodes that a value is computed from, in their order.
    private static List<Node> ReadBy(string value, IReadOnlyList<Node> nodes)
    {
        HashSet<string> needed = new([value], StringComparer.Ordinal);
        var kept = new List<Node>();
        foreach (Node node in nodes.Reverse().Where(node => needed.Contains(node.Name)))
        {
            needed.UnionWith(node.Inputs);
            kept.Add(node);
        }

        kept.Reverse();
        return kept;
    }

    private static string Append(NetworkDefinition definition, List<Node> nodes, PrimitiveLayer layer, string input)
    {
        string name = FreeName(definition, $"features.{layer.DefaultName}");
        nodes.Add(new Node(name, layer, [input]));
        return name;
    }

    // Back from the output through layers that carry channels along, each read by the next alone.
    private static int FindHead(List<Node> nodes, string output, Shape logits, out List<int> carriers)
    {
        carriers = [];
        long classes = logits.ElementCount;
        if (logits.Rank < 2 || logits[1] != classes)
        {
            return -1;
        }

        for (int place = IndexOf(nodes, output); place >= 0; place = IndexOf(nodes, nodes[place].Inputs[0]))
        {
            Node node = nodes[place];
            switch (node.Layer)
            {
                case Linear linear when linear.OutFeatures == classes:
                case Conv2d { Groups: 1 } conv when conv.KernelSize == 1 && conv.OutChannels == classes:
                    return place;
                case Flatten or Reshape or GlobalAveragePool or Activation or Dropout or Identity or Pool2d or Reduce when
                    node.Name == output || nodes.Count(reader => reader.Inputs.Contains(node.Name)) == 1:
                    carriers.Add(place);
                    break;
                default:
                    return -1;
            }
        }

        return -1;
    }

    private static PrimitiveLayer Resized(PrimitiveLayer layer, int classes) => layer is Linear linear
        ? new Linear(linear.InFeatures, classes, linear.HasBias)
        : Resized((Conv2d)layer, classes);

    private static Conv2d Resized(Conv2d conv, int classes) =>
        new(conv.InChannels, classes, conv.KernelSize, conv.Stride, conv.Padding, conv.Groups, conv.Dilation, conv.HasBias)
        {
            WeightInitialization = Initialization.UniformFanIn,
        };

    private static PrimitiveLayer Carried(PrimitiveLayer layer, int before, int classes) => layer is Reshape reshape
        ? new Reshape([.. reshape.ElementShape.Select(length => length == before ? classes : length)])
        : layer;

    private static int IndexOf(List<Node> nodes, string name) => nodes.FindIndex(node => node.Name == name);

    private static string FreeName(NetworkDefinition definition, string name)
    {
        HashSet<string> taken = new(definition.Nodes.Select(node => node.Name).Concat(definition.Inputs.Select(input => input.Name)), StringComparer.Ordinal);
        string free = name;
        for (int number = 2; taken.Contains(free); number++)
        {
            free = $"{name}{number}";
        }

        return free;
    }
}
