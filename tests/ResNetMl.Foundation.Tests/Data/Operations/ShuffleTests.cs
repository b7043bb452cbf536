using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Operations;

public sealed class ShuffleTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_rows_come_once_in_another_order_the_same_on_every_pass(bool list)
    {
        IDataView view = _context.Data.ShuffleRows(Rows(list, 500), seed: 4, shufflePoolSize: 50);

        int[] order = view.Numbers();

        Assert.Equal(Enumerable.Range(0, 500), order.Order());
        Assert.NotEqual(order.Order(), order);
        Assert.Equal(order, view.Numbers());
        Assert.Equal(order, view.GetColumn<string>("Group").Zip(order, (group, number) => group == $"group {number / 5}" ? number : -1));
        Assert.NotEqual(order, _context.Data.ShuffleRows(Rows(list, 500), seed: 5, shufflePoolSize: 50).Numbers());
    }

    // Through a pool of 50 a row cannot come more than 49 places early: 50 rows are drawn from before it is read.
    [Fact]
    public void A_view_that_cannot_shuffle_itself_is_shuffled_through_a_pool()
    {
        int[] order = _context.Data.ShuffleRows(NumberRows.Sequence(_context, 500), seed: 4, shufflePoolSize: 50).Numbers();

        Assert.All(order.Select((number, place) => number - place), early => Assert.InRange(early, -500, 49));
        Assert.Contains(order.Select((number, place) => place - number), late => late > 50);
    }

    [Fact]
    public void A_pool_of_one_keeps_the_order_and_a_view_that_can_shuffle_needs_none()
    {
        IDataView list = NumberRows.List(_context, 100);

        Assert.Equal(Enumerable.Range(0, 100), _context.Data.ShuffleRows(list, 1, shufflePoolSize: 1, shuffleSource: false).Numbers());
        Assert.Contains(
            _context.Data.ShuffleRows(list, 1, shufflePoolSize: 1).Numbers().Select((number, place) => number - place), early => early > 20);
    }

    // Each of the 6 orders of 3 rows has probability 1/6: over 3000 seeds, mean 500, standard deviation 20.4.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_order_is_equally_likely(bool list)
    {
        IDataView rows = Rows(list, 3);

        int[] counts = [.. Enumerable.Range(0, 3000)
            .Select(seed => string.Join(",", _context.Data.ShuffleRows(rows, seed).Numbers())).CountBy(order => order).Select(pair => pair.Value)];

        Assert.Equal(6, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 500 - 102, 500 + 102));
    }

    [Fact]
    public void Count_and_schema_are_the_inputs()
    {
        IDataView list = NumberRows.List(_context, 7);
        IDataView view = _context.Data.ShuffleRows(list);

        Assert.Equal(7, view.GetRowCount());
        Assert.Same(list.Schema, view.Schema);
        Assert.True(view.CanShuffle);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.ShuffleRows(list, shufflePoolSize: 0));
    }

    private IDataView Rows(bool list, int count) => list ? NumberRows.List(_context, count) : NumberRows.Sequence(_context, count);
}
