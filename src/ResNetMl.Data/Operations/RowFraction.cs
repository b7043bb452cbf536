using System.Runtime.InteropServices;

namespace ResNetMl.Data;

/// <summary>Deals rows out by a number in [0, 1) that depends on a seed and the row's id or the text of one of its values, and on nothing else.</summary>
/// <remarks>
/// ML.NET draws the numbers in the order in which rows are read, so that a view read in another order on another pass would put a row into
/// both sets; here a row always gets its own number.
/// </remarks>
internal static class RowFraction
{
    /// <summary>A function that gives rows their numbers, and the column it reads, if any.</summary>
    /// <param name="view">The view.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here get the same number; null for each row its own.</param>
    /// <param name="seed">Chooses among the ways to deal.</param>
    public static (int[] Columns, Func<Block, int, double> FractionOf) By(BlockView view, string? samplingKeyColumnName, int seed)
    {
        // Where a split is split again, numbers of the same seed would put all rows into one of the two sets.
        ulong stream = view.ChoicesMade == 0 ? (ulong)seed : Mix((ulong)seed ^ Mix((ulong)view.ChoicesMade));
        if (samplingKeyColumnName is null)
        {
            return ([], (block, row) => Fraction(Mix(Mix(stream ^ block.Ids[row].Low) + block.Ids[row].High)));
        }

        DataViewSchema.Column column = view.Schema.GetColumnOrNull(samplingKeyColumnName) ?? throw new ArgumentException(
            $"There is no column '{samplingKeyColumnName}' to split by; there {view.Schema.Describe()}.", nameof(samplingKeyColumnName));
        if (column.Type is not PrimitiveDataViewType)
        {
            throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}; rows are kept together by a text, number or key.", nameof(samplingKeyColumnName));
        }

        return ([column.Index], (block, row) => Fraction(HashOf(block.Column(column.Index).TextOf(row), stream)));
    }

    /// <summary>A hash of text that is the same in every process, unlike string.GetHashCode (FNV-1a, then mixed).</summary>
    private static ulong HashOf(ReadOnlySpan<char> text, ulong stream)
    {
        const ulong offsetBasis = 14695981039346656037;
        const ulong prime = 1099511628211;
        ulong hash = offsetBasis;
        foreach (byte value in MemoryMarshal.AsBytes(text))
        {
            hash = (hash ^ value) * prime;
        }

        return Mix(hash ^ Mix(stream));
    }

    /// <summary>Steele, Lea and Flood's SplitMix64: each bit of the input changes each bit of the result with probability near one half.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static double Fraction(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
