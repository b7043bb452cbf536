using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>Divides rows into those learned from and those held out, both in random order.</summary>
internal static class ValidationSplit
{
    /// <summary>Holds out ⌊n · fraction⌋ rows, of each class as many as its share; one of each class at least stays to be learned from.</summary>
    /// <param name="classes">For each row its class.</param>
    /// <param name="fraction">In [0, 1).</param>
    /// <param name="seed">What the order follows from.</param>
    public static (int[] Training, int[] Validation) Of(IReadOnlyList<int> classes, double fraction, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, classes.Count)];
        CounterRandom.For(seed, epoch: 0, index: 1).Shuffle(order.AsSpan());
        int wanted = (int)(classes.Count * fraction);
        int[][] groups = [.. order.GroupBy(row => classes[row]).OrderBy(group => group.Key).Select(group => group.ToArray())];
        int[] held = [.. groups.Select(group => Math.Min((int)(group.Length * fraction), group.Length - 1))];

        // Largest remainder: what rounding down left goes to the classes that it cost most, among equal ones to the larger.
        IEnumerable<int> byRemainder = Enumerable.Range(0, groups.Length)
            .OrderByDescending(k => (groups[k].Length * fraction) - held[k])
            .ThenByDescending(k => groups[k].Length);
        foreach (int k in byRemainder.TakeWhile(_ => held.Sum() < wanted))
        {
            held[k] += held[k] < groups[k].Length - 1 ? 1 : 0;
        }

        var isHeld = new HashSet<int>(groups.SelectMany((group, k) => group.Take(held[k])));
        return ([.. order.Where(row => !isHeld.Contains(row))], [.. order.Where(isHeld.Contains)]);
    }
}
