using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>How much of a summary is shown.</summary>
public enum SummaryDetail
{
    /// <summary>One line for each stage.</summary>
    Stages = 0,

    /// <summary>One line for each stage and each node.</summary>
    Nodes = 1,
}

/// <summary>One node of a network and what it costs for one image.</summary>
/// <param name="Name">The node's whole name.</param>
/// <param name="Layer">What it computes, in the words of the papers' figures: <c>3×3 conv, 64, /2</c>.</param>
/// <param name="OutputShape">Shape of its value, without the batch.</param>
/// <param name="Parameters">How many numbers are learned; buffers are not counted.</param>
/// <param name="MultiplyAdds">Multiply-adds of convolutions and linear layers; 0 for other layers, as the papers count.</param>
/// <param name="ActivationBytes">
/// Bytes of its value in single precision. Their sum is what training would keep if no two values shared memory; an engine's plan needs less.
/// </param>
public sealed record SummaryRow(string Name, string Layer, Shape OutputShape, long Parameters, long MultiplyAdds, long ActivationBytes);

/// <summary>Nodes at one resolution, or those before or after all stages.</summary>
/// <param name="Name"><c>stem</c>, <c>stage 1</c>, …, <c>classifier</c>.</param>
/// <param name="Prefix">What its nodes' names begin with: <c>layer1</c>; empty for stem and classifier.</param>
/// <param name="Rows">Its nodes, at least one, in order.</param>
public sealed record SummaryStage(string Name, string Prefix, IReadOnlyList<SummaryRow> Rows)
{
    /// <summary>Shape of its last node's value, without the batch.</summary>
    public Shape OutputShape => Rows[^1].OutputShape;

    /// <inheritdoc cref="SummaryRow.Parameters"/>
    public long Parameters => Rows.Sum(row => row.Parameters);

    /// <inheritdoc cref="SummaryRow.MultiplyAdds"/>
    public long MultiplyAdds => Rows.Sum(row => row.MultiplyAdds);

    /// <inheritdoc cref="SummaryRow.ActivationBytes"/>
    public long ActivationBytes => Rows.Sum(row => row.ActivationBytes);
}
