using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Operations;

/// <summary>Rows with a number and a group, as a list (which can shuffle itself) or a sequence (which cannot).</summary>
internal static class NumberRows
{
    public static IDataView List(MLContext context, int count) => context.Data.LoadFromEnumerable(Rows(count).ToList());

    public static IDataView Sequence(MLContext context, int count) => context.Data.LoadFromEnumerable(Rows(count));

    public static int[] Numbers(this IDataView view) => [.. view.GetColumn<int>("Number")];

    private static IEnumerable<NumberRow> Rows(int count)
    {
        for (int number = 0; number < count; number++)
        {
            yield return new NumberRow { Number = number, Group = $"group {number / 5}" };
        }
    }
}

internal sealed class NumberRow
{
    public int Number { get; set; }

    public string Group { get; set; } = "";
}
