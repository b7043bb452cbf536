using System.Globalization;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Paints panels one below the other.</summary>
internal sealed class NetworkPainter
{
    private const double Margin = 24;
    private const double Gutter = 118;
    private const double MainX = Margin + Gutter + (UnitLayout.MainWidth / 2) + 16;
    private const double PanelGap = 18;
    private const double HeadHeight = 34;
    private const double FramePadding = 10;
    private const double FrameGap = 5;
    private const double LeastWidth = 560;

    private const string Style =
        """
        text{font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;font-size:12px;fill:#1b2430}
        .title{font-size:20px;font-weight:600}.sub{fill:#4a5666}
        .panel{fill:#f6f8fb;stroke:#d5dce6}.head{font-size:14px;font-weight:600}.figures{text-anchor:end;fill:#4a5666}
        .frame{fill:#fff;stroke:#c3cddb}.name{font-size:11px;fill:#4a5666}.times{font-size:20px;font-weight:700;fill:#1f4e8c}.count{font-weight:700;fill:#1f4e8c}
        .node{text-anchor:middle}.thin{text-anchor:middle;font-size:11px}.sign{text-anchor:middle;font-size:16px;font-weight:600}
        .shape{text-anchor:end;font-size:11px;fill:#5b6777}
        .l1{fill:#dce9fa;stroke:#3f72af}.l2{fill:#e7def6;stroke:#7b5fb2}.l3{fill:#eef4e4;stroke:#97b077}.l4{fill:#fff1cf;stroke:#d3a441}
        .l5{fill:#fbe2e0;stroke:#c06a64}.l6{fill:#fff;stroke:#1b2430;stroke-width:1.4}.l7{fill:#eceff3;stroke:#8793a3}.l8{fill:#fff;stroke:#8793a3;stroke-dasharray:3 2}
        .l0{fill:#1b2430;stroke:#1b2430}.on{text-anchor:middle;fill:#fff}
        .way{fill:none;stroke:#1b2430;stroke-width:1.4}.end{marker-end:url(#a)}
        .cut{fill:none;stroke:#1c7c4a;stroke-width:2}.cutend{marker-end:url(#b)}.dotted{stroke-dasharray:5 3}
        """;

    private readonly SvgText _svg = new();
    private readonly HashSet<NodeLook> _looks = [];
    private bool _hasIdentity;
    private bool _hasProjection;
    private bool _hasRepeats;
    private double _right;
    private double _y = 92;
    private bool _isFirst = true;
    private Shape _shape;

    /// <summary>The whole document.</summary>
    internal static string Paint(NetworkDefinition definition, IReadOnlyList<DrawnPanel> panels)
    {
        var painter = new NetworkPainter();
        Dictionary<DrawnUnit, UnitLayout> layouts = panels
            .SelectMany(panel => panel.Repeats)
            .ToDictionary(repeat => repeat.Unit, repeat => new UnitLayout(repeat.Unit));
        painter._right = Math.Max(LeastWidth, MainX + layouts.Values.Max(layout => layout.Right) + FramePadding + Margin + 8);
        return painter.Document(definition, panels, layouts);
    }

    private static string Text(Shape shape) => string.Join('×', shape.Skip(1));

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";

    // The end of a long name tells more than its beginning.
    private static string CutFront(string text, int length) => text.Length <= length ? text : $"…{text[^(length - 1)..]}";

    private static string Figures(long parameters, long multiplyAdds) => string.Create(
        CultureInfo.InvariantCulture, $"{parameters:N0} parameters · {SummaryTable.Scaled(multiplyAdds)} multiply-adds");

    private string Document(NetworkDefinition definition, IReadOnlyList<DrawnPanel> panels, Dictionary<DrawnUnit, UnitLayout> layouts)
    {
        _svg.Text("title", Margin, 40, Cut(definition.Name, 44));
        _svg.Text("sub", Margin, 62, $"depth {definition.Depth} · {Figures(definition.ParameterCount, definition.MultiplyAdds)}");
        foreach (DrawnPanel panel in panels)
        {
            Panel(panel, layouts);
        }

        Legend();
        return _svg.Document(definition.Name, _right + Margin, _y + Margin, Style);
    }

    private void Panel(DrawnPanel panel, Dictionary<DrawnUnit, UnitLayout> layouts)
    {
        if (panel.Title.Length == 0)
        {
            foreach (DrawnRepeat repeat in panel.Repeats)
            {
                Repeat(repeat, layouts[repeat.Unit]);
            }

            return;
        }

        double top = _isFirst ? _y : _y + PanelGap;
        double height = HeadHeight + panel.Repeats.Sum(repeat => HeightOf(repeat, layouts[repeat.Unit])) + FramePadding;
        _svg.Rectangle("panel", Margin, top, _right - Margin, height, 8);
        if (!_isFirst)
        {
            _svg.Path("way", [(MainX, _y), (MainX, top + HeadHeight)]);
        }

        // The way runs through the head of the panel; what is written there stands beside it.
        _svg.Text("head", Margin + 14, top + 22, Cut(panel.Title, 18));
        _svg.Text("figures", _right - 14, top + 22, Figures(panel.Parameters, panel.MultiplyAdds));
        _y = top + HeadHeight;
        foreach (DrawnRepeat repeat in panel.Repeats)
        {
            Repeat(repeat, layouts[repeat.Unit]);
        }

        _svg.Path("way", [(MainX, _y), (MainX, top + height)]);
        _y = top + height;
    }

    private static double HeightOf(DrawnRepeat repeat, UnitLayout layout) =>
        layout.Bottom + (repeat.IsSetApart ? 2 * (FrameGap + FramePadding) : 0);

    private void Repeat(DrawnRepeat repeat, UnitLayout layout)
    {
        double end = _y + HeightOf(repeat, layout);
        double top = _y;
        if (repeat.IsSetApart)
        {
            _svg.Rectangle("frame", Margin + 8, _y + FrameGap, _right - Margin - 16, layout.Bottom + (2 * FramePadding), 6);
            top += FrameGap + FramePadding;
            _svg.Path("way", [(MainX, _y), (MainX, top)]);
            Labels(repeat, _y + FrameGap);
        }

        foreach (DrawnLine line in layout.Lines)
        {
            Line(line, top);
        }

        foreach (DrawnNode node in repeat.Unit.Nodes)
        {
            Node(node, layout.Places[node], top);
        }

        Shapes(layout, top);
        _y = end;
        if (_y > top + layout.Exit && repeat.Unit.Last.Consumers.Count > 0)
        {
            _svg.Path("way", [(MainX, top + layout.Exit), (MainX, _y)]);
        }

        _isFirst = false;
    }

    private void Labels(DrawnRepeat repeat, double top)
    {
        double y = top + 6;
        if (repeat.Unit.Label.Length > 0)
        {
            _svg.Text("name", Margin + 18, y += 12, CutFront(repeat.Unit.Label, 20));
        }

        if (repeat.Count > 1)
        {
            _hasRepeats = true;
            if (repeat.LastLabel.Length > 0)
            {
                _svg.Text("name", Margin + 18, y += 14, CutFront($"to {repeat.LastLabel}", 20));
            }

            _svg.Text("times", Margin + 18, y + 24, $"× {repeat.Count}");
        }
    }

    private void Line(DrawnLine line, double top)
    {
        (double X, double Y)[] points = [.. line.Points.Select(point => (MainX + point.X, top + point.Y))];
        if (points[0] == points[^1] || (_isFirst && line.Points[0] == (0, 0)))
        {
            return;
        }

        bool hasEnd = Math.Abs(points[^1].Y - points[^2].Y) + Math.Abs(points[^1].X - points[^2].X) > 6;
        _hasIdentity |= line.IsShortcut && !line.ChangesShape;
        _hasProjection |= line.ChangesShape;
        string kind = line.IsShortcut
            ? $"cut{(hasEnd ? " cutend" : "")}{(line.ChangesShape ? " dotted" : "")}"
            : $"way{(hasEnd ? " end" : "")}";
        _svg.Path(kind, points);
    }

    private void Node(DrawnNode node, Placed place, double top)
    {
        _looks.Add(node.Look);
        double x = MainX + place.X;
        double y = top + place.Top;
        string tip = string.Create(CultureInfo.InvariantCulture, $"{Cut(node.Name, 200)}: {node.Text} → {Text(node.Shape)}, {node.Parameters:N0} parameters");
        string kind = $"l{(int)node.Look}";
        if (node.Look == NodeLook.Junction)
        {
            _svg.Circle(kind, x, y + (place.Height / 2), place.Height / 2, tip);
            _svg.Text("sign", x, y + (place.Height / 2) + 5.5, SignOf(node));
            return;
        }

        bool isTerminal = node.Look == NodeLook.Terminal;
        _svg.Rectangle(kind, MainX + place.Left, y, place.Width, place.Height, isTerminal ? place.Height / 2 : node.IsThin ? 2 : 4, tip);
        string text = isTerminal ? $"{CutFront(node.Text, 16)} {Text(node.Shape)}" : node.Text;
        _svg.Text(isTerminal ? "on" : node.IsThin ? "thin" : "node", x, y + (place.Height / 2) + 4, Cut(text, (int)(place.Width / 6.2)));
    }

    private static string SignOf(DrawnNode node) => node.Layer switch
    {
        Arithmetic { Kind: ArithmeticKind.Subtract } => "−",
        Arithmetic { Kind: ArithmeticKind.Multiply } => "×",
        Arithmetic { Kind: ArithmeticKind.Divide } => "÷",
        Arithmetic { Kind: ArithmeticKind.Maximum } => "∨",
        Arithmetic { Kind: ArithmeticKind.Minimum } => "∧",
        Arithmetic { Kind: ArithmeticKind.Power } => "^",
        _ => "+",
    };

    /// <summary>At the left of the main path, each shape where it is new.</summary>
    private void Shapes(UnitLayout layout, double top)
    {
        foreach (DrawnNode node in layout.Main.Where(node => node.Look != NodeLook.Terminal))
        {
            if (node.Shape != _shape)
            {
                Placed place = layout.Places[node];
                _svg.Text("shape", MainX - (UnitLayout.MainWidth / 2) - 6, top + place.Middle + 4, Text(node.Shape));
                _shape = node.Shape;
            }
        }
    }

    private void Legend()
    {
        double y = _y + 34;
        double x = Margin;
        foreach (NodeLook look in _looks.Order().Where(look => look is not (NodeLook.Terminal or NodeLook.Junction)))
        {
            Entry(
                look switch
                {
                    NodeLook.Convolution => "convolution",
                    NodeLook.Linear => "linear",
                    NodeLook.Normalization => "normalisation",
                    NodeLook.Activation => "activation",
                    NodeLook.Pooling => "pooling",
                    NodeLook.Shaping => "shape only",
                    _ => "in training only",
                },
                at => _svg.Rectangle($"l{(int)look}", at, y - 11, 22, 14, 3));
        }

        if (_hasIdentity)
        {
            Entry("shortcut or gate", at => _svg.Path("cut", [(at, y - 4), (at + 24, y - 4)]));
        }

        if (_hasProjection)
        {
            Entry("with layers of its own", at => _svg.Path("cut dotted", [(at, y - 4), (at + 24, y - 4)]));
        }

        if (_hasRepeats)
        {
            Entry("  as many equal blocks in a row", at => _svg.Text("count", at, y, "× n"));
        }

        _y = y;

        void Entry(string text, Action<double> sign)
        {
            double width = 30 + (text.Length * 6.6) + 18;
            if (x + width > _right)
            {
                (x, y) = (Margin, y + 24);
            }

            sign(x);
            _svg.Text("", x + 32, y, text);
            x += width;
        }
    }
}
