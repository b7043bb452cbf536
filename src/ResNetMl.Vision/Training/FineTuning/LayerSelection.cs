using System.Text.Json.Serialization;
using ResNetMl.Networks;

namespace ResNetMl.Vision;

/// <summary>Some layers of a network, by the names of its nodes: <c>layer4.0.conv1</c>. Immutable.</summary>
public sealed class LayerSelection
{
    private readonly HashSet<string> _names;

    private LayerSelection(IEnumerable<string> names, IEnumerable<string> prefixes)
    {
        Names = [.. names.Distinct(StringComparer.Ordinal)];
        Prefixes = [.. prefixes.Distinct(StringComparer.Ordinal)];
        _names = new HashSet<string>(Names, StringComparer.Ordinal);
    }

    /// <summary>Names of nodes that are in it.</summary>
    [JsonPropertyName("names")]
    public IReadOnlyList<string> Names { get; }

    /// <summary>What the names of further nodes begin with.</summary>
    [JsonPropertyName("prefixes")]
    public IReadOnlyList<string> Prefixes { get; }

    /// <summary>The nodes whose names begin with one of some texts: <c>layer4.</c>, <c>fc</c>.</summary>
    /// <param name="prefixes">The texts; an empty one selects all nodes.</param>
    public static LayerSelection ByPrefix(params IEnumerable<string> prefixes) => new([], prefixes);

    /// <summary>The nodes of these names.</summary>
    /// <param name="names">Whole names.</param>
    public static LayerSelection ByName(params IEnumerable<string> names) => new(names, []);

    /// <summary>The nodes of the last stages and all that follows them, the head included; see <see cref="NetworkCuts.BeforeLastStages"/>.</summary>
    /// <param name="definition">The network.</param>
    /// <param name="stages">How many stages, ≥ 1.</param>
    /// <exception cref="ArgumentException">The network has not so many; the message says how many.</exception>
    public static LayerSelection LastStages(NetworkDefinition definition, int stages) => After(definition, NetworkCuts.BeforeLastStages(definition, stages));

    /// <summary>The nodes of the last residual blocks and all that follows them, the head included; see <see cref="NetworkCuts.BeforeLastBlocks"/>.</summary>
    /// <param name="definition">The network.</param>
    /// <param name="blocks">How many blocks, ≥ 1.</param>
    /// <exception cref="ArgumentException">The network has not so many; the message says how many.</exception>
    public static LayerSelection LastBlocks(NetworkDefinition definition, int blocks) => After(definition, NetworkCuts.BeforeLastBlocks(definition, blocks));

    /// <summary>The last layer with parameters: a classifier's head.</summary>
    /// <param name="definition">The network.</param>
    /// <exception cref="ArgumentException">No layer has parameters.</exception>
    public static LayerSelection Head(NetworkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Node? head = definition.Nodes.LastOrDefault(node => node.Layer.Parameters.Any(parameter => parameter.Kind == StateKind.Parameter));
        return head is null
            ? throw new ArgumentException($"{definition.Name}: expected a layer with parameters, got none. There is nothing to train.", nameof(definition))
            : ByName(head.Name);
    }

    /// <summary>Whether a node is in it.</summary>
    /// <param name="nodeName">The node's whole name.</param>
    public bool Contains(string nodeName) => _names.Contains(nodeName) || Prefixes.Any(prefix => nodeName.StartsWith(prefix, StringComparison.Ordinal));

    private static LayerSelection After(NetworkDefinition definition, string value) =>
        ByName(NetworkCuts.After(definition, value).Where(node => node.Layer.Parameters.Count > 0).Select(node => node.Name));
}

/// <summary>What the learning rate is multiplied by in some layers.</summary>
/// <remarks>
/// Discriminative learning rates: Howard and Ruder 2018, https://arxiv.org/abs/1801.06146, section 3.2; layers near the input, whose features are
/// general, move less. PyTorch: a parameter group with a learning rate of its own.
/// </remarks>
/// <param name="Layers">The layers.</param>
/// <param name="Factor">Finite and &gt; 0.</param>
public sealed record LearningRateFactor(LayerSelection Layers, double Factor);
