using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>The last layer of a classifier, which fine-tuning on other classes replaces: torchvision's advice for transfer learning, as one call.</summary>
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
        if (definition.Outputs.Count != 1)
        {
            throw new ArgumentException(
                $"{definition.Name}: expected a classifier with one output, got {definition.Outputs.Count}. Only such a head can be replaced.", nameof(definition));
        }

        var nodes = definition.Nodes.ToList();
        string output = definition.Outputs[0];
        int last = IndexOf(nodes, output);
        while (last >= 0 && nodes[last].Layer is Softmax && nodes.Count(node => node.Inputs.Contains(nodes[last].Name)) == 0)
        {
            output = nodes[last].Inputs[0];
            nodes.RemoveAt(last);
            last = IndexOf(nodes, output);
        }

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
