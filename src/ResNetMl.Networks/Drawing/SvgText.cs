using System.Globalization;
using System.Text;

namespace ResNetMl.Networks;

/// <summary>Writes the elements of an SVG document.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _text = new();

    /// <summary>The whole document of what was written, in a window of a size in pixels.</summary>
    internal string Document(string title, double width, double height, string style)
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"width=\"{width:0.#}\" height=\"{height:0.#}\" viewBox=\"0 0 {width:0.#} {height:0.#}\"");
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" {size} role=\"img\">\n" +
            $"<title>{Escaped(title)}</title>\n<style>{style}</style>\n" +
            $"<defs>{Arrow("a", "#1b2430")}{Arrow("b", "#1c7c4a")}</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{_text}</svg>\n";
    }

    internal void Rectangle(string kind, double x, double y, double width, double height, double radius, string? tip = null) =>
        Element($"<rect class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" rx=\"{radius:0.#}\"", "rect", tip);

    internal void Circle(string kind, double x, double y, double radius, string? tip = null) =>
        Element($"<circle class=\"{kind}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\"", "circle", tip);

    /// <summary>A text whose baseline begins, or has its middle or end (by its class), at a point.</summary>
    internal void Text(string kind, double x, double y, string text) =>
        _text.Append(CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\">{Escaped(text)}</text>\n");

    /// <summary>A line with rounded corners.</summary>
    internal void Path(string kind, IReadOnlyList<(double X, double Y)> points)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"M{points[0].X:0.#} {points[0].Y:0.#}");
        for (int index = 1; index < points.Count - 1; index++)
        {
            (double X, double Y) corner = points[index];
            double radius = Math.Min(10, Math.Min(Distance(points[index - 1], corner) / 2, Distance(corner, points[index + 1]) / 2));
            (double X, double Y) before = Towards(corner, points[index - 1], radius);
            (double X, double Y) after = Towards(corner, points[index + 1], radius);
            _text.Append(CultureInfo.InvariantCulture, $"L{before.X:0.#} {before.Y:0.#}Q{corner.X:0.#} {corner.Y:0.#} {after.X:0.#} {after.Y:0.#}");
        }

        _text.Append(CultureInfo.InvariantCulture, $"L{points[^1].X:0.#} {points[^1].Y:0.#}\"/>\n");
    }

    /// <summary>A name from a file as XML text: marked characters escaped, those that XML 1.0 cannot hold replaced.</summary>
    internal static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\t' or '\n' or '\r' => escaped.Append(' '),
                < ' ' or (>= 0x7F and <= 0x9F) or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }

    private static string Arrow(string id, string colour) =>
        $"<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">" +
        $"<path d=\"M0 0.8L8 4L0 7.2z\" fill=\"{colour}\"/></marker>";

    private static double Distance((double X, double Y) from, (double X, double Y) to) => Math.Abs(from.X - to.X) + Math.Abs(from.Y - to.Y);

    private static (double X, double Y) Towards((double X, double Y) from, (double X, double Y) to, double distance) =>
        (from.X + (Math.Sign(to.X - from.X) * distance), from.Y + (Math.Sign(to.Y - from.Y) * distance));

    private void Element(FormattableString start, string name, string? tip)
    {
        _text.Append(start.ToString(CultureInfo.InvariantCulture));
        _ = tip is null ? _text.Append("/>\n") : _text.Append($"><title>{Escaped(tip)}</title></{name}>\n");
    }
}
