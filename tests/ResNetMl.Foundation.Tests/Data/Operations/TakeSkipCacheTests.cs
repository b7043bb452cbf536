using ResNetMl.Data;
using ResNetMl.Foundation.Tests.Data.Blocks;

namespace ResNetMl.Foundation.Tests.Data.Operations;

public sealed class TakeSkipCacheTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(99)]
    [InlineData(1000)]
    public void TakeRows_gives_the_first_and_SkipRows_the_others(int count)
    {
        IDataView view = NumberRows.List(_context, 100);
        IDataView taken = _context.Data.TakeRows(view, count);
        IDataView skipped = _context.Data.SkipRows(view, count);

        Assert.Equal(Enumerable.Range(0, Math.Min(100, count)), taken.Numbers());
        Assert.Equal(Enumerable.Range(Math.Min(100, count), Math.Max(0, 100 - count)), skipped.Numbers());
        Assert.Equal(Math.Min(100, count), taken.GetRowCount());
        Assert.Equal(Math.Max(0, 100 - count), skipped.GetRowCount());
        Assert.False(taken.CanShuffle);
        Assert.Null(_context.Data.TakeRows(NumberRows.Sequence(_context, 100), count).GetRowCount());
    }

    [Fact]
    public void TakeRows_computes_no_rows_beyond_those_it_takes()
    {
        int produced = 0;
        IDataView view = _context.Data.LoadFromEnumerable(Produce());

        Assert.Equal([0, 1, 2], _context.Data.TakeRows(view, 3).Numbers());

        Assert.Equal(3, produced);

        IEnumerable<NumberRow> Produce()
        {
            while (true)
            {
                yield return new NumberRow { Number = produced++ };
            }
        }
    }

    [Fact]
    public void Nothing_to_take_or_skip_is_wrong_usage()
    {
        IDataView view = NumberRows.List(_context, 5);

        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.TakeRows(view, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.SkipRows(view, 0));
    }

    [Fact]
    public void A_cached_column_is_computed_once()
    {
        var foreign = new ForeignNumbers(100);
        IDataView view = _context.Data.Cache(foreign);
        Assert.Empty(foreign.Requests);
        Assert.Null(view.GetRowCount());

        Assert.Equal(Enumerable.Range(0, 100), view.Numbers());
        Assert.Equal(Enumerable.Range(0, 100), view.Numbers());
        Assert.Equal("99", view.GetColumn<string>("Text").Last());
        Assert.Equal("99", view.GetColumn<string>("Text").Last());

        Assert.Equal([["Number"], ["Text"]], foreign.Requests);
        Assert.Equal(100, view.GetRowCount());
        Assert.Equal(0, foreign.OpenCursors);
    }

    [Fact]
    public void Columns_named_are_read_together_on_the_first_pass()
    {
        var foreign = new ForeignNumbers(3);
        IDataView view = _context.Data.Cache(foreign, "Text", "Pair");

        _ = view.GetColumn<string>("Text").Count();
        Assert.Equal([[2, -2]], view.GetColumn<float[]>("Pair").Skip(2));

        Assert.Equal([["Text", "Pair"]], foreign.Requests);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.Cache(foreign, "Absent"));
    }

    [Fact]
    public void A_cached_view_can_shuffle_and_an_empty_one_is_empty()
    {
        IDataView cached = _context.Data.Cache(NumberRows.Sequence(_context, 100));
        int[] order = _context.Data.ShuffleRows(cached, seed: 3, shufflePoolSize: 1).Numbers();

        Assert.Equal(Enumerable.Range(0, 100), order.Order());
        Assert.NotEqual(order.Order(), order);
        Assert.Empty(_context.Data.Cache(NumberRows.List(_context, 0)).Numbers());
    }

    [Fact]
    public void A_view_that_changes_between_passes_cannot_be_cached_column_by_column()
    {
        int pass = 0;
        IDataView view = _context.Data.Cache(_context.Data.LoadFromEnumerable(Rows()));
        Assert.Single(view.Numbers());

        var error = Assert.Throws<InvalidOperationException>(() => view.GetColumn<string>("Group").Count());

        Assert.Equal(
            "The cached view gave 1 rows on one pass and 2 on another, so its columns do not belong together. " +
            "Cache all needed columns at once, by name.",
            error.Message);

        IEnumerable<NumberRow> Rows()
        {
            pass++;
            for (int number = 0; number < pass; number++)
            {
                yield return new NumberRow { Number = number };
            }
        }
    }
}
