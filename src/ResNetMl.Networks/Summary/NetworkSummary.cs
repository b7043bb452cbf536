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
        string?[] prefixes = PrefixesOf(definition);
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
    /// The group of each node; null for none. In a network with stages (<c>layer1</c>) those, since <c>conv1.0</c> is but part of a deep
    /// stem; else what names begin with; and where names have no parts, the resolution.
    /// </summary>
    private static string?[] PrefixesOf(NetworkDefinition definition)
    {
        string?[] prefixes = [.. definition.Nodes.Select(node => FirstPart(node.Name))];
        return prefixes.Any(IsStage) ? [.. prefixes.Select(prefix => IsStage(prefix) ? prefix : null)]
            : prefixes.Any(prefix => prefix is not null) ? prefixes
            : ResolutionsOf(definition);

        static bool IsStage(string? prefix) => prefix is not null && StagePrefix().IsMatch(prefix);
    }

    /// <summary><c>layer1</c> of <c>layer1.0.conv1</c>, and of <c>/layer1/layer1.0/conv1/Conv</c>, as PyTorch's exporter writes it.</summary>
    private static string? FirstPart(string name)
    {
        string trimmed = name.TrimStart('/');
        return trimmed.AsSpan().IndexOfAny('.', '/') is > 0 and int end ? trimmed[..end] : null;
    }

    /// <summary>Height and width of each node's feature maps; a gate's single pixels belong to the maps before it, those after the last to none.</summary>
    private static string?[] ResolutionsOf(NetworkDefinition definition)
    {
        string?[] resolutions = [.. definition.Nodes.Select(node => definition.ShapeOf(node.Name))
            .Select(shape => shape.Rank == 4 && shape[2] * (long)shape[3] > 1 ? $"{shape[2]}×{shape[3]}" : null)];
        int last = Array.FindLastIndex(resolutions, each => each is not null);
        for (int index = 1; index < last; index++)
        {
            resolutions[index] ??= resolutions[index - 1];
        }

        return resolutions;
    }

    private static string TitleOf(string prefix) =>
        StagePrefix().Match(prefix) is { Success: true } match
            ? string.Create(CultureInfo.InvariantCulture, $"stage {match.Groups[1].ValueSpan}")
            : prefix;

    [GeneratedRegex("^layer([0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex StagePrefix();
}
