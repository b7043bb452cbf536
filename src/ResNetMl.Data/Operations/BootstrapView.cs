namespace ResNetMl.Data;

/// <summary>A view's rows, each as often as a number drawn for it says, in their order.</summary>
/// <remarks>
/// Drawing n of n rows with replacement gives a row a number of copies that is, for many rows, Poisson-distributed with mean 1. Here each
/// row's number is drawn alone, from the seed and the row's id, so that rows stream, the sample is the same on every pass, and of the sample and its
/// complement each row is in exactly one. Copies keep the row's id: a split deals them to the same side.
/// </remarks>
/// <param name="input">The view.</param>
/// <param name="fractionOf">A number in [0, 1) for each row.</param>
/// <param name="complement">Whether to give the rows that the sample has not, once each.</param>
internal sealed class BootstrapView(BlockView input, Func<Block, int, double> fractionOf, bool complement) : BlockView(input.Schema)
{
    /// <summary>Shuffled from below, copies would stay neighbours; a pool parts them.</summary>
    public override bool CanShuffle => false;

    public override long? GetRowCount() => null;

    internal override int ChoicesMade => input.ChoicesMade + 1;

    protected override BlockReader Open(ColumnSet columns, Random? random) => new Reader(Open(input, columns, random: null), CountOf);

    private int CountOf(Block block, int row)
    {
        int drawn = PoissonQuantile(fractionOf(block, row));
        return complement ? (drawn == 0 ? 1 : 0) : drawn;
    }

    /// <summary>The smallest k with P(X ≤ k) above the fraction, for X Poisson-distributed with mean 1: P(X = k) = 1/(e·k!).</summary>
    private static int PoissonQuantile(double fraction)
    {
        int count = 0;
        double probability = 1 / Math.E;
        double cumulative = probability;

        // Fractions are multiples of 2⁻⁵³; beyond 18 the probabilities left are below that.
        while (fraction >= cumulative && count < 18)
        {
            count++;
            probability /= count;
            cumulative += probability;
        }

        return count;
    }

    private sealed class Reader(BlockReader input, Func<Block, int, int> countOf) : BlockReader
    {
        private Block? _block;
        private int[] _rows = [];
        private int _given;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            while (_given == _rows.Length)
            {
                _block = input.Read(maxRows);
                if (_block is null)
                {
                    return null;
                }

                Block block = _block;
                _rows = [.. Enumerable.Range(0, block.RowCount).SelectMany(row => Enumerable.Repeat(row, countOf(block, row)))];
                _given = 0;
            }

            int count = Math.Min(maxRows, _rows.Length - _given);
            _given += count;
            return _block!.Select(_rows.AsSpan(_given - count, count));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
