namespace ResNetMl.Networks;

/// <summary>A box or circle in pixels; X is its middle.</summary>
internal readonly record struct Placed(double X, double Top, double Width, double Height)
{
    internal double Bottom => Top + Height;

    internal double Middle => Top + (Height / 2);

    internal double Left => X - (Width / 2);

    internal double Right => X + (Width / 2);
}

/// <summary>A line from one node to another; every other way than straight down has corners.</summary>
/// <param name="Points">From the source to the target.</param>
/// <param name="IsShortcut">Whether it goes around the main path.</param>
/// <param name="ChangesShape">Whether what is on its way changes shape: the dotted shortcuts of He et al. 2015, figure 3.</param>
internal sealed record DrawnLine(IReadOnlyList<(double X, double Y)> Points, bool IsShortcut, bool ChangesShape);

/// <summary>
/// Places a unit's nodes: the main path straight down at X = 0, everything else in lanes at its right, the shorter the nearer.
/// The value that enters comes from (0, 0).
/// </summary>
internal sealed class UnitLayout
{
    internal const double MainWidth = 168;
    internal const double SideWidth = 142;
    private const double BoxHeight = 24;
    private const double ThinHeight = 16;
    private const double JunctionSize = 20;
    private const double Gap = 14;
    private const double ForkGap = 26;
    private const double ForkHeight = 9;
    private const double LaneMargin = 20;

    private readonly DrawnUnit _unit;
    private readonly HashSet<DrawnNode> _inside;
    private readonly List<DrawnNode> _main;
    private readonly Dictionary<DrawnNode, int> _placeOnMain = [];
    private readonly List<List<DrawnNode>> _chains = [];
    private readonly Dictionary<DrawnNode, List<DrawnNode>> _chainOf = [];
    private readonly Dictionary<DrawnNode, double> _tops = [];
    private readonly Dictionary<(DrawnNode? Source, DrawnNode Target), Lane> _lanes = [];

    internal UnitLayout(DrawnUnit unit)
    {
        _unit = unit;
        _inside = [.. unit.Nodes];
        _main = MainPath();
        foreach (DrawnNode node in _main)
        {
            _placeOnMain[node] = _placeOnMain.Count;
        }

        MakeChains();
        PlaceVertically();
        List<Lane> lanes = MakeLanes();
        PlaceHorizontally(lanes);
        foreach (DrawnNode node in unit.Nodes)
        {
            foreach (DrawnNode? source in node.Inputs.Select(input => _inside.Contains(input) ? input : null).Distinct())
            {
                Lines.Add(LineBetween(source, node));
            }
        }
    }

    internal Dictionary<DrawnNode, Placed> Places { get; } = [];

    internal List<DrawnLine> Lines { get; } = [];

    /// <summary>Where the value leaves: (0, Exit).</summary>
    internal double Exit => Places[_main[^1]].Bottom;

    internal double Bottom => Places.Values.Max(place => place.Bottom);

    internal double Right { get; private set; } = MainWidth / 2;

    /// <summary>Nodes of the main path, first to last.</summary>
    internal IReadOnlyList<DrawnNode> Main => _main;

    private static double Height(DrawnNode node) => node.Look == NodeLook.Junction ? JunctionSize : node.IsThin ? ThinHeight : BoxHeight;

    private List<DrawnNode> MainPath()
    {
        // Most convolutions first, then most multiply-adds, then most nodes.
        var best = new Dictionary<DrawnNode, (int Weights, long MultiplyAdds, int Nodes)>();
        var from = new Dictionary<DrawnNode, DrawnNode>();
        foreach (DrawnNode node in _unit.Nodes)
        {
            (int Weights, long MultiplyAdds, int Nodes) before = default;
            foreach (DrawnNode input in node.Ways.Where(_inside.Contains))
            {
                if (!from.ContainsKey(node) || best[input].CompareTo(before) > 0)
                {
                    before = best[input];
                    from[node] = input;
                }
            }

            best[node] = (before.Weights + (node.HasWeights ? 1 : 0), before.MultiplyAdds + node.MultiplyAdds, before.Nodes + 1);
        }

        var path = new List<DrawnNode>();
        for (DrawnNode? node = _unit.Last; node is not null; node = from.GetValueOrDefault(node))
        {
            path.Add(node);
        }

        path.Reverse();
        return path;
    }

    /// <summary>Divides the nodes beside the main path into chains, each node below the one before.</summary>
    private void MakeChains()
    {
        foreach (DrawnNode node in _unit.Nodes.Where(node => !_placeOnMain.ContainsKey(node)))
        {
            List<DrawnNode>? chain = node.Inputs
                .Select(_chainOf.GetValueOrDefault)
                .FirstOrDefault(each => each is not null && node.Inputs.Contains(each[^1]));
            if (chain is null)
            {
                _chains.Add(chain = []);
            }

            chain.Add(node);
            _chainOf[node] = chain;
        }
    }

    private void PlaceVertically()
    {
        foreach (DrawnNode node in _unit.Nodes)
        {
            _tops[node] = node.Inputs.Count == 0 ? 0 : node.Inputs.Max(input => BottomOf(input) + GapBefore(node, input));
        }

        // What stands beside the main path goes to the middle of the room it has.
        foreach (List<DrawnNode> chain in _chains)
        {
            double room = chain
                .SelectMany(node => node.Consumers.Where(consumer => _inside.Contains(consumer) && _chainOf.GetValueOrDefault(consumer) != chain)
                    .Select(consumer => _tops[consumer] + (Height(consumer) / 2) - ForkHeight - BottomOf(node)))
                .DefaultIfEmpty(0)
                .Min();
            foreach (DrawnNode node in chain)
            {
                _tops[node] += Math.Max(0, room / 2);
            }
        }
    }

    private double BottomOf(DrawnNode node) => _inside.Contains(node) ? _tops[node] + Height(node) : 0;

    private double GapBefore(DrawnNode node, DrawnNode input)
    {
        if (!_inside.Contains(input))
        {
            return input.Consumers.Count > 1 ? ForkGap : Gap;
        }

        bool isBelow = _chainOf.GetValueOrDefault(node) == _chainOf.GetValueOrDefault(input);
        bool leans = node.IsThin && input.Look != NodeLook.Junction && input.Look != NodeLook.Terminal && input.Consumers.Count == 1 && isBelow;
        return leans ? 0 : input.Consumers.Count > 1 ? ForkGap : Gap;
    }

    /// <summary>Chains, and lines that pass by at least one node, each with the height it takes, the shorter in the nearer lane.</summary>
    private List<Lane> MakeLanes()
    {
        var wanted = new List<Lane>();
        foreach (List<DrawnNode> chain in _chains)
        {
            double top = chain[0].Inputs.Select(BottomOf).DefaultIfEmpty(_tops[chain[0]]).Min();
            double bottom = chain.SelectMany(node => node.Consumers).Where(_inside.Contains).Select(consumer => _tops[consumer] + (Height(consumer) / 2))
                .Append(BottomOf(chain[^1])).Max();
            wanted.Add(new Lane(top, bottom, chain, null, null));
        }

        foreach (DrawnNode node in _unit.Nodes)
        {
            foreach (DrawnNode? source in node.Inputs.Select(input => _inside.Contains(input) ? input : null).Distinct())
            {
                if (NeedsLane(source, node))
                {
                    wanted.Add(new Lane(source is null ? 0 : BottomOf(source), _tops[node] + (Height(node) / 2), [], source, node));
                    if (_chainOf.GetValueOrDefault(node) is { } around)
                    {
                        // What joins a chain comes from its outer side.
                        wanted[^1].Reach = wanted.Find(lane => lane.Chain == around)!.Reach + 1;
                    }
                }
            }
        }

        return [.. wanted.OrderBy(lane => lane.Reach).ThenBy(lane => lane.Chain.Count == 0)];
    }

    private bool NeedsLane(DrawnNode? source, DrawnNode node)
    {
        if (_chainOf.TryGetValue(node, out List<DrawnNode>? chain))
        {
            return node != chain[0] && (source is null || (_chainOf.GetValueOrDefault(source) is var other && other != chain && other?[^1] != source));
        }

        int place = _placeOnMain[node];
        return source is null ? place > 0 : !_chainOf.ContainsKey(source) && _placeOnMain[source] != place - 1;
    }

    private void PlaceHorizontally(List<Lane> wanted)
    {
        var columns = new List<List<Lane>>();
        foreach (Lane lane in wanted)
        {
            List<Lane>? free = columns.Find(column => column.TrueForAll(other => other.Bottom <= lane.Top || lane.Bottom <= other.Top));
            if (free is null)
            {
                columns.Add(free = []);
            }

            free.Add(lane);
        }

        foreach (DrawnNode node in _main)
        {
            Place(node, 0, MainWidth);
        }

        double edge = MainWidth / 2;
        foreach (List<Lane> column in columns)
        {
            bool hasBoxes = column.Exists(lane => lane.Chain.Count > 0);
            double x = edge + LaneMargin + (hasBoxes ? SideWidth / 2 : 0);
            foreach (Lane lane in column)
            {
                lane.X = x;
                lane.Chain.ForEach(node => Place(node, x, SideWidth));
            }

            edge = x + (hasBoxes ? SideWidth / 2 : 0);
        }

        foreach (Lane lane in wanted)
        {
            if (lane.Target is not null)
            {
                _lanes[(lane.Source, lane.Target)] = lane;
            }
        }

        Right = edge;
    }

    private void Place(DrawnNode node, double x, double width) => Places[node] =
        new Placed(x, _tops[node], node.Look == NodeLook.Junction ? JunctionSize : width, Height(node));

    private DrawnLine LineBetween(DrawnNode? source, DrawnNode node)
    {
        Placed to = Places[node];
        Placed from = source is null ? new Placed(0, 0, 0, 0) : Places[source];
        double fork = from.Bottom + ForkHeight;
        bool leavesLayers = source is not null && _chainOf.GetValueOrDefault(source)?.Exists(ChangesShape) == true;
        if (_lanes.TryGetValue((source, node), out Lane? own))
        {
            return new DrawnLine([(from.X, from.Bottom), (from.X, fork), (own.X, fork), (own.X, to.Middle), (to.Right, to.Middle)], true, leavesLayers);
        }

        bool changesShape = leavesLayers || _chainOf.GetValueOrDefault(node)?.Exists(ChangesShape) == true;
        if (from.X == to.X)
        {
            return new DrawnLine([(from.X, from.Bottom), (to.X, to.Top)], to.X > 0, changesShape);
        }

        if (source is not null && _chainOf.TryGetValue(source, out List<DrawnNode>? left) && _chainOf.TryGetValue(node, out List<DrawnNode>? entered) && left != entered)
        {
            return new DrawnLine([(from.X, from.Bottom), (from.X, to.Middle), (to.X > from.X ? to.Left : to.Right, to.Middle)], true, changesShape);
        }

        if (to.X > from.X)
        {
            return new DrawnLine([(from.X, from.Bottom), (from.X, fork), (to.X, fork), (to.X, to.Top)], true, changesShape);
        }

        // Back to the main path: down from the last of a chain, or beside the rest of the chain.
        bool isLast = _chainOf[source!][^1] == source;
        double channel = isLast ? from.X : from.Left - (LaneMargin / 2);
        return isLast
            ? new DrawnLine([(from.X, from.Bottom), (from.X, to.Middle), (to.Right, to.Middle)], true, changesShape)
            : new DrawnLine([(from.X, from.Bottom), (from.X, fork), (channel, fork), (channel, to.Middle), (to.Right, to.Middle)], true, changesShape);
    }

    private static bool ChangesShape(DrawnNode node) => node.HasWeights || node.Look is NodeLook.Shaping || node.Look is NodeLook.Pooling;

    private sealed class Lane(double top, double bottom, List<DrawnNode> chain, DrawnNode? source, DrawnNode? target)
    {
        internal double Top => top;

        internal double Bottom => bottom;

        internal List<DrawnNode> Chain => chain;

        internal DrawnNode? Source => source;

        internal DrawnNode? Target => target;

        /// <summary>What brings it outwards: usually the height it spans.</summary>
        internal double Reach { get; set; } = bottom - top;

        internal double X { get; set; }
    }
}
