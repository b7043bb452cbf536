namespace ResNetMl.Data;

/// <summary>A view's rows in a random order, the same on every pass.</summary>
/// <remarks>
/// A view that can shuffle itself gives any order, each equally likely. Another is read through a pool: it is filled with the first rows,
/// then each row read takes the place of one drawn from it, so that a row moves back by any distance but forward by at most the pool.
/// </remarks>
internal sealed class ShuffledView(BlockView input, int seed, int poolRows, bool shuffleSource) : BlockView(input.Schema)
{
    public override bool CanShuffle => true;

    public override long? GetRowCount() => input.GetRowCount();

    internal override int ChoicesMade => input.ChoicesMade;

    protected override BlockReader Open(ColumnSet columns, Random? random)
    {
        random ??= new Random(seed);
        return shuffleSource && input.CanShuffle
            ? Open(input, columns, random)
            : new PoolReader(Open(input, columns, random: null), random, poolRows);
    }

    private sealed class PoolReader(BlockReader input, Random random, int poolRows) : BlockReader
    {
        // Blocks of one row: a larger block would stay in memory until the last of its rows is drawn.
        private readonly List<Block> _pool = [];
        private readonly Queue<Block> _ahead = [];
        private bool _ended;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            while (_pool.Count < poolRows && Next() is { } row)
            {
                _pool.Add(row);
            }

            var drawn = new List<Block>();
            while (drawn.Count < maxRows && _pool.Count > 0)
            {
                int place = random.Next(_pool.Count);
                drawn.Add(_pool[place]);
                if (Next() is { } row)
                {
                    _pool[place] = row;
                }
                else
                {
                    _pool[place] = _pool[^1];
                    _pool.RemoveAt(_pool.Count - 1);
                }
            }

            return drawn.Count == 0 ? null : Block.Concat(drawn);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
            }

            base.Dispose(disposing);
        }

        private Block? Next()
        {
            if (_ahead.Count == 0 && !_ended)
            {
                Block? block = input.Read(DefaultBlockRows);
                _ended = block is null;
                for (int row = 0; row < (block?.RowCount ?? 0); row++)
                {
                    _ahead.Enqueue(block!.Select([row]));
                }
            }

            return _ahead.TryDequeue(out Block? next) ? next : null;
        }
    }
}
