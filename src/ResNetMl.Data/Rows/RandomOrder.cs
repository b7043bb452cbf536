namespace ResNetMl.Data;

/// <summary>Orders that depend on nothing but the generator handed in.</summary>
internal static class RandomOrder
{
    /// <summary>The numbers 0 up to below <paramref name="count"/>, each order equally likely (Fisher–Yates).</summary>
    public static int[] Of(int count, Random random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }
}
