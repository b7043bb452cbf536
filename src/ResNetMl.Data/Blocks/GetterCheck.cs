namespace ResNetMl.Data;

/// <summary>The checks every row of ours makes when a getter is asked for.</summary>
internal static class GetterCheck
{
    public static void TypeAndActivity<TValue>(DataViewSchema.Column column, bool isActive)
    {
        if (!isActive)
        {
            throw new InvalidOperationException(
                $"Column '{column.Name}' was not asked for when the pass began, so it is not computed. Name it in columnsNeeded.");
        }

        if (column.Type.RawType != typeof(TValue))
        {
            throw new InvalidOperationException(
                $"Column '{column.Name}' is {column.Type}, read as {RawTypes.NameOf(column.Type.RawType)}, not as {RawTypes.NameOf(typeof(TValue))}.");
        }
    }
}
