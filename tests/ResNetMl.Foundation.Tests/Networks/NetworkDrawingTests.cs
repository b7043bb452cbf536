using System.Globalization;
using System.Xml.Linq;
using ResNetMl.Networks;
using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>The drawing of a network: that it is a document, holds every node, and that nothing covers anything else.</summary>
public sealed class NetworkDrawingTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> CatalogueNames => [.. NetworkCatalog.Names, "resnet20-shortcut-gating-option-b", "wrn-16-8-exclusive-gating"];

    [Theory, MemberData(nameof(CatalogueNames))]
    public void Every_node_is_drawn_or_stood_for(string name)
    {
        NetworkDefinition network = NetworkCatalog.Define(name);

        // Inputs and outputs are drawn, too.
        Assert.Equal(network.Nodes.Count + 2, DrawnNodes(network, drawsEveryBlock: true).Count());
        Assert.Equal(network.Nodes.Count + 2, Panels(network).Sum(panel => panel.Repeats.Sum(repeat => repeat.Count * repeat.Unit.Nodes.Count)));
        Assert.InRange(DrawnNodes(network, drawsEveryBlock: false).Count(), 10, 260);
    }

    [Theory, MemberData(nameof(CatalogueNames))]
    public void Nothing_covers_anything_else(string name)
    {
        foreach (DrawnUnit unit in Panels(NetworkCatalog.Define(name)).SelectMany(panel => panel.Repeats).Select(repeat => repeat.Unit))
        {
            AssertWellPlaced(unit);
        }
    }

    // He et al. 2015, table 1 and figure 3: stages of 3, 4, 6 and 3 blocks, the first of each with a projection.
    [Fact]
    public void The_stages_of_resnet50_are_panels_with_a_projecting_block_and_equal_ones()
    {
        IReadOnlyList<DrawnPanel> panels = Panels(NetworkCatalog.Define("resnet50"));

        Assert.Equal(["", "stem", "stage 1", "stage 2", "stage 3", "stage 4", "classifier", ""], panels.Select(panel => panel.Title));
        Assert.Equal([1, 2, 1, 3, 1, 5, 1, 2], panels.Skip(2).Take(4).SelectMany(panel => panel.Repeats).Select(repeat => repeat.Count));
        Assert.Equal(("layer3.1", "layer3.5"), (panels[4].Repeats[1].Unit.Label, panels[4].Repeats[1].LastLabel));
        Assert.Equal([1, 1024, 14, 14], panels[4].Shape);
    }

    [Fact]
    public void The_main_path_is_straight_and_the_shortcut_goes_around_it()
    {
        DrawnRepeat block = Panels(NetworkCatalog.Define("resnet20"))[2].Repeats.Single();
        var layout = new UnitLayout(block.Unit);

        Assert.Equal(
            ["layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2", "layer1.0.bn2", "layer1.0.add", "layer1.0.relu2"],
            layout.Main.Select(node => node.Name));
        Assert.All(layout.Main, node => Assert.Equal(0, layout.Places[node].X));
        DrawnLine shortcut = Assert.Single(layout.Lines, line => line.IsShortcut);
        Assert.False(shortcut.ChangesShape);
        Assert.Equal((0, 0), shortcut.Points[0]);
        Assert.Equal(layout.Places[layout.Main[5]].Middle, shortcut.Points[^1].Y);
        Assert.True(shortcut.Points.Max(point => point.X) > UnitLayout.MainWidth / 2);
    }

    // Hu et al. 2018, figure 3: the gate stands beside the maps that it weighs, though more layers lie on its way.
    [Fact]
    public void The_main_path_does_not_go_through_a_gate()
    {
        DrawnRepeat block = Panels(NetworkCatalog.Define("se-resnet50"))[2].Repeats[1];
        var layout = new UnitLayout(block.Unit);
        Assert.DoesNotContain(layout.Main, node => node.Name.Contains(".se.", StringComparison.Ordinal));
        Assert.Equal(5, block.Unit.Nodes.Count(node => layout.Places[node].X > 0));
    }

    [Fact]
    public void A_network_without_stages_is_divided_by_resolution_and_repetition()
    {
        Layer Block(int number) => Sequence(
            Add(Sequence(Conv1x1(16, 64).Named($"conv{number}a"), Relu(), Conv1x1(64, 16).Named($"conv{number}b")), Identity()));
        Layer network = Sequence(
            Conv3x3(3, 16, stride: 2).Named("first"), Block(1), Block(2), Block(3), Block(4), MaxPool(2, 2), Classifier(16, 5, "last"));

        IReadOnlyList<DrawnPanel> panels = Panels(NetworkDefinition.FromLayer("imported", [3, 16, 16], network));

        Assert.Equal(["", "8×8", "4×4", "classifier", ""], panels.Select(panel => panel.Title));
        Assert.Equal([1, 4], panels[1].Repeats.Select(repeat => repeat.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_graph_of_many_nodes_takes_seconds_at_most(bool isTangled)
    {
        var network = new NetworkBuilder("long");
        NetworkValue first = network.Input([3, 4, 4]);
        NetworkValue value = first;
        for (int index = 0; index < 4000; index++)
        {
            value = network.Apply(Activate((ActivationKind)(index % 5)).Named($"n{index}"), value);
            value = isTangled ? network.Apply(new Add(), value, first) : network.Apply(Dropout(index % 97 / 100f), value);
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.NotEmpty(NetworkDrawing.Svg(network.Define(value)));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public void Names_from_files_cannot_leave_their_place_in_the_document()
    {
        const string Hostile = "a\"><script>alert('x')</script>&\u0001\uD800\uFFFE";
        var network = new NetworkBuilder(Hostile);
        NetworkValue input = network.Input([3, 4, 4], Hostile);
        NetworkValue other = network.Input([3, 4, 4], Hostile + "2");
        NetworkValue sum = network.Apply(new Add().Named(Hostile + "3"), input, other);
        string svg = NetworkDrawing.Svg(network.Define(network.Apply(Relu().Named(Hostile + "4"), sum), sum));

        XElement document = XDocument.Parse(svg).Root!;
        Assert.Empty(document.Descendants(Svg + "script"));
        Assert.Equal("a\"><script>alert('x')</script>&\uFFFD\uFFFD\uFFFD", document.Element(Svg + "title")!.Value);
    }

    [Fact]
    public void Constants_and_several_outputs_are_drawn()
    {
        var network = new NetworkBuilder("aux");
        NetworkValue scale = network.Apply(new Constant([8, 1, 1]));
        NetworkValue unread = network.Apply(new Constant([2]));
        NetworkValue maps = network.Apply(CifarStem(3, 8), network.Input([3, 8, 8]));
        NetworkValue scaled = network.Apply(new Arithmetic(ArithmeticKind.Multiply), maps, scale);
        NetworkValue early = network.Apply(Classifier(8, 2, "early"), scaled);
        NetworkValue late = network.Apply(Classifier(8, 2, "late"), network.Apply(Residual(BasicBranch(8, 8, 1), Identity()).Named("block"), scaled));
        NetworkDefinition definition = network.Define(late, early);

        Assert.Equal([1, 2], unread.Shape);
        Assert.Equal(definition.Nodes.Count - 1 + 3, DrawnNodes(definition, drawsEveryBlock: true).Count());
        foreach (DrawnRepeat repeat in Panels(definition).SelectMany(panel => panel.Repeats))
        {
            AssertWellPlaced(repeat.Unit);
        }
    }

    private static IReadOnlyList<DrawnPanel> Panels(NetworkDefinition network) => new DrawnGraph(network).Panels(drawsEveryBlock: false);

    /// <summary>Each node's box or circle has a tip that begins with its name.</summary>
    private static IEnumerable<string> DrawnNodes(NetworkDefinition network, bool drawsEveryBlock)
    {
        XElement document = XDocument.Parse(NetworkDrawing.Svg(network, new DrawingOptions { DrawsEveryBlock = drawsEveryBlock })).Root!;
        double width = double.Parse(document.Attribute("width")!.Value, CultureInfo.InvariantCulture);
        Assert.All(
            document.Descendants(Svg + "rect").Where(box => box.Attribute("x") is not null),
            box => Assert.InRange((double)box.Attribute("x")! + (double)box.Attribute("width")!, 0, width));
        return document.Descendants(Svg + "title").Skip(1).Select(tip => tip.Value);
    }

    private static void AssertWellPlaced(DrawnUnit unit)
    {
        var layout = new UnitLayout(unit);
        Placed[] places = [.. unit.Nodes.Select(node => layout.Places[node])];
        for (int one = 0; one < places.Length; one++)
        {
            for (int other = 0; other < one; other++)
            {
                bool apart = places[one].Right <= places[other].Left || places[other].Right <= places[one].Left ||
                    places[one].Bottom <= places[other].Top || places[other].Bottom <= places[one].Top;
                Assert.True(apart, $"{unit.Nodes[one].Name} covers {unit.Nodes[other].Name}.");
            }
        }

        Assert.All(layout.Lines, line => Assert.True(line.Points[^1].Y >= line.Points[0].Y, "A line goes upwards."));
        Assert.All(places, place => Assert.True(place.Right <= layout.Right));
    }
}
