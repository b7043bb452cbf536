using System.Globalization;
using System.Text.RegularExpressions;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>What a network costs for one image, node by node, stage by stage and in total: table 1 of He et al. 2015 for any network.</summary>
public sealed partial class NetworkSummary
{
    private NetworkSummary(NetworkDefinition definition, IReadOnlyList<SummaryStage> stages)
    {
        Name = definition.Name;
        InputShape = OneImage(definition.Inputs[0].Shape);
        OutputShape = OneImage(definition.ShapeOf(definition.Outputs[0]));
        Depth = definition.Depth;
        Stages = stages;
    }

    /// <summary>The network's name.</summary>
    public string Name { get; }

    /// <summary>Shape of one image, without the batch: [C, H, W].</summary>
    public Shape InputShape { get; }

    /// <summary>Shape of one answer, without the batch: [classes].</summary>
    public Shape OutputShape { get; }

    /// <inheritdoc cref="NetworkDefinition.Depth"/>
    public int Depth { get; }

    /// <summary>Stem, stages and classifier, in order; they hold every node once.</summary>
    public IReadOnlyList<SummaryStage> Stages { get; }

    /// <inheritdoc cref="SummaryRow.Parameters"/>
    public long Parameters => Stages.Sum(stage => stage.Parameters);

    /// <inheritdoc cref="SummaryRow.MultiplyAdds"/>
    public long MultiplyAdds => Stages.Sum(stage => stage.MultiplyAdds);

    /// <inheritdoc cref="SummaryRow.ActivationBytes"/>
    public long ActivationBytes => Stages.Sum(stage => stage.ActivationBytes);

    /// <summary>The summary of a network.</summary>
    /// <param name="definition">Any network.</param>
    public static NetworkSummary Of(NetworkDefinition definition)
    {
        var stages = new List<SummaryStage>();
        var rows = new List<SummaryRow>();
        string? prefix = null;
        string?[] prefixes = PrefixesOf(definition.Nodes);
        int lastWithPrefix = Array.FindLastIndex(prefixes, each => each is not null);

        for (int index = 0; index < definition.Nodes.Count; index++)
        {
            Node node = definition.Nodes[index];
            string? nodePrefix = prefixes[index];

            // A node without a prefix between two stages goes with the stage before it; before all it is stem, after all classifier.
            if (nodePrefix != prefix && (nodePrefix is not null || index > lastWithPrefix))
            {
                Close();
                prefix = nodePrefix;
            }

            rows.Add(RowOf(definition, node));
        }

        Close();
        return new NetworkSummary(definition, stages);

        void Close()
        {
            if (rows.Count > 0)
            {
                string withoutPrefix = lastWithPrefix < 0 ? "network" : stages.Count == 0 ? "stem" : "classifier";
                stages.Add(new SummaryStage(prefix is null ? withoutPrefix : TitleOf(prefix), prefix ?? "", [.. rows]));
                rows.Clear();
            }
        }
    }

    /// <summary>The table as text: lines of at most 80 columns with a heading, the stages and the total.</summary>
    /// <param name="detail">Whether each stage's nodes are listed below it.</param>
    public IReadOnlyList<string> Lines(SummaryDetail detail) => SummaryTable.Lines(this, detail);

    private static SummaryRow RowOf(NetworkDefinition definition, Node node)
    {
        Shape output = OneImage(definition.ShapeOf(node.Name));
        return new SummaryRow(
            node.Name,
            LayerText.Of(node.Layer),
            output,
            node.Layer.Parameters.Where(parameter => parameter.Kind == StateKind.Parameter).Sum(parameter => parameter.Shape.ElementCount),
            definition.MultiplyAddsOf(node),
            output.ElementCount * sizeof(float));
    }

    private static Shape OneImage(Shape batch) => new(batch.AsSpan()[1..]);

    /// <summary>
    /// What each node's name begins with, up to the first dot; null for none. In a network with stages (<c>layer1</c>) only those count:
    /// <c>conv1.0</c> is part of a deep stem.
    /// </summary>
    private static string?[] PrefixesOf(IReadOnlyList<Node> nodes)
    {
        string?[] prefixes = [.. nodes.Select(node => node.Name.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot ? node.Name[..dot] : null)];
        return prefixes.Any(IsStage) ? [.. prefixes.Select(prefix => IsStage(prefix) ? prefix : null)] : prefixes;

        static bool IsStage(string? prefix) => prefix is not null && StagePrefix().IsMatch(prefix);
    }

    private static string TitleOf(string prefix) =>
        StagePrefix().Match(prefix) is { Success: true } match
            ? string.Create(CultureInfo.InvariantCulture, $"stage {match.Groups[1].ValueSpan}")
            : prefix;

    [GeneratedRegex("^layer([0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex StagePrefix();
}
