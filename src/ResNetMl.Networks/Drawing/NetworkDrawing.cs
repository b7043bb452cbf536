namespace ResNetMl.Networks;

/// <summary>How a network is drawn.</summary>
public sealed record DrawingOptions
{
    /// <summary>Whether each of several equal blocks in a row is drawn, instead of one with their number.</summary>
    public bool DrawsEveryBlock { get; init; }
}

/// <summary>Draws a network as its papers do: He et al. 2015, figures 3 and 5.</summary>
/// <remarks>
/// From top to bottom, the main path (the one with the most convolutions) straight, shortcuts and gates around it at the right; a panel for
/// each stage, or for each resolution where names tell no stages; equal blocks in a row as one with their number.
/// </remarks>
public static class NetworkDrawing
{
    /// <summary>The drawing as the text of an SVG 1.1 file: dark on white, in pixels at 100 %.</summary>
    /// <param name="definition">Any network.</param>
    /// <param name="options">How it is drawn; null for the usual.</param>
    /// <returns>A whole document. Names are escaped, and what XML cannot hold is replaced by U+FFFD.</returns>
    public static string Svg(NetworkDefinition definition, DrawingOptions? options = null)
    {
        IReadOnlyList<DrawnPanel> panels = new DrawnGraph(definition).Panels((options ?? new DrawingOptions()).DrawsEveryBlock);
        return NetworkPainter.Paint(definition, panels);
    }
}
