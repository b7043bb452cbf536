using System.Runtime.ExceptionServices;

namespace ResNetMl.Transforms.Image;

/// <summary>Makes a value for each row of a block, on all cores.</summary>
internal static class ParallelRows
{
    /// <summary>The values in the order of the rows. Where rows fail, the first of them says why, as it would one after the other.</summary>
    internal static T[] Map<T>(int rowCount, Func<int, T> map)
    {
        var values = new T[rowCount];
        if (rowCount == 1)
        {
            values[0] = map(0);
            return values;
        }

        var failures = new ExceptionDispatchInfo?[rowCount];
        Parallel.For(0, rowCount, (row, state) =>
        {
            try
            {
                values[row] = map(row);
            }
            catch (Exception exception)
            {
                // Rows before this one are still mapped: one of them may fail too, and is then the first.
                failures[row] = ExceptionDispatchInfo.Capture(exception);
                state.Break();
            }
        });
        Array.Find(failures, failure => failure is not null)?.Throw();
        return values;
    }
}
