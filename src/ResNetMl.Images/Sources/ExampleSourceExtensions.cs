namespace ResNetMl.Images;

/// <summary>Views of example sources: counts, parts, splits and other label orders. None reads an image.</summary>
public static class ExampleSourceExtensions
{
    /// <summary>Examples of each label, in the order of the labels.</summary>
    /// <param name="source">The examples.</param>
    public static IReadOnlyList<int> CountPerLabel(this IExampleSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var counts = new int[source.Labels.Count];
        for (int index = 0; index < source.Count; index++)
        {
            counts[source.GetLabelIndex(index)]++;
        }

        return counts;
    }

    /// <summary>Checks that a classifier can be trained on the source.</summary>
    /// <param name="source">The examples.</param>
    /// <exception cref="DatasetException">Fewer than two labels have examples.</exception>
    public static void RequireTwoLabels(this IExampleSource source)
    {
        int[] present = [.. source.CountPerLabel().Index().Where(entry => entry.Item > 0).Select(entry => entry.Index)];
        if (present.Length < 2)
        {
            string got = present.Length == 0 ? "no examples" : $"only '{source.Labels[present[0]]}'";
            throw new DatasetException(
                $"{source.Name}: expected examples of at least two labels to train a classifier, got {got}. Add a folder (or rows) of another label.");
        }
    }

    /// <summary>Labels that have a single example: it can be trained on or tested on, not both.</summary>
    /// <param name="source">The examples.</param>
    public static IReadOnlyList<string> LabelsWithOneExample(this IExampleSource source) =>
        [.. source.CountPerLabel().Index().Where(entry => entry.Item == 1).Select(entry => source.Labels[entry.Index])];

    /// <summary>Some of the examples, in the order given. Disposing the part leaves the source open.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="indices">Indices into the source.</param>
    public static IExampleSource Subset(this IExampleSource source, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(indices);
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)source.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"{source.Name} has {source.Count} examples.");
            }
        }

        return new ExampleView(source, [.. indices], source.Labels, labelMap: null);
    }

    /// <summary>Divides the examples at random, every label in the same proportion.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="fraction">Share of each label that goes to the second part, in (0, 1); rounded, but at least one stays.</param>
    /// <param name="seed">Equal seeds give equal parts.</param>
    /// <returns>What is left and the held-out part, each in the source's order. Disposing them leaves the source open.</returns>
    public static (IExampleSource Kept, IExampleSource HeldOut) Split(this IExampleSource source, double fraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!(fraction > 0 && fraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "Expected a share between 0 and 1, for example 0.1.");
        }

        var perLabel = new List<int>[source.Labels.Count];
        for (int label = 0; label < perLabel.Length; label++)
        {
            perLabel[label] = [];
        }

        for (int index = 0; index < source.Count; index++)
        {
            perLabel[source.GetLabelIndex(index)].Add(index);
        }

        List<int> rest = [];
        List<int> heldOut = [];
        for (int label = 0; label < perLabel.Length; label++)
        {
            int[] indices = [.. perLabel[label]];
            CounterRandom.For(seed, epoch: 0, label).Shuffle<int>(indices);
            int held = Math.Min((int)Math.Round(indices.Length * fraction), Math.Max(indices.Length - 1, 0));
            heldOut.AddRange(indices[..held]);
            rest.AddRange(indices[held..]);
        }

        rest.Sort();
        heldOut.Sort();
        return (source.Subset(rest), source.Subset(heldOut));
    }

    /// <summary>The same examples with label indices of another list, for scoring by a model that was trained on it.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="labels">The other list; it may hold labels of which the source has no example.</param>
    /// <exception cref="DatasetException">An example's label is not in the list.</exception>
    public static IExampleSource WithLabels(this IExampleSource source, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(labels);
        Dictionary<string, int> positions = labels.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        IReadOnlyList<int> counts = source.CountPerLabel();
        string[] unknown = [.. source.Labels.Where((label, index) => counts[index] > 0 && !positions.ContainsKey(label))];
        if (unknown.Length > 0)
        {
            throw new DatasetException(
                $"{source.Name}: expected labels among {Listing(labels)}, got also {Listing(unknown)}. " +
                "Rename the folders (or rows) to the model's labels, or leave them out.");
        }

        int[] map = [.. source.Labels.Select(label => positions.GetValueOrDefault(label, -1))];
        return new ExampleView(source, [.. Enumerable.Range(0, source.Count)], labels, map);
    }

    private static string Listing(IReadOnlyList<string> labels)
    {
        const int Shown = 8;
        string shown = string.Join(", ", labels.Take(Shown).Select(label => $"'{label}'"));
        return labels.Count > Shown ? $"{shown} and {labels.Count - Shown} more" : shown;
    }

    private sealed class ExampleView(IExampleSource source, int[] indices, IReadOnlyList<string> labels, int[]? labelMap) : IExampleSource
    {
        public string Name => source.Name;

        public int Count => indices.Length;

        public IReadOnlyList<string> Labels => labels;

        public IReadOnlyList<BadImage> LeftOut => source.LeftOut;

        public int GetLabelIndex(int index) => Map(source.GetLabelIndex(indices[index]));

        public string GetPath(int index) => source.GetPath(indices[index]);

        public Example Get(int index)
        {
            Example example = source.Get(indices[index]);
            int label = Map(example.LabelIndex);
            return label == example.LabelIndex ? example
                : example.Pixels is { } pixels ? new Example(pixels, label, example.Path)
                : new Example(example.Encoded!.Value, label, example.Path);
        }

        public void Dispose()
        {
            // The source belongs to whoever opened it.
        }

        private int Map(int label) => labelMap is null ? label : labelMap[label];
    }
}
