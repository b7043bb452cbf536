using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Operations;

public sealed class FilterTests
{
    private static readonly Measured[] Rows =
    [
        new() { Id = 0, Size = 1, Weight = -1, Label = 1, Pixels = [1, 2], Tags = new VBuffer<uint>(2, [1, 2]) },
        new() { Id = 1, Size = float.NaN, Weight = 0, Label = 2, Pixels = [1, 2], Tags = new VBuffer<uint>(2, [1, 2]) },
        new() { Id = 2, Size = 2, Weight = double.NaN, Label = 3, Pixels = [1, float.NaN], Tags = new VBuffer<uint>(2, [1, 2]) },
        new() { Id = 3, Size = 3, Weight = double.PositiveInfinity, Label = 4, Pixels = [], Tags = new VBuffer<uint>(2, [1, 0]) },
        new() { Id = 4, Size = float.NegativeInfinity, Weight = 1e300, Label = 0, Pixels = null, Tags = new VBuffer<uint>(2, 1, [1], [1]) },
    ];

    private readonly MLContext _context = new(seed: 1);
    private readonly IDataView _view;

    public FilterTests() => _view = _context.Data.LoadFromEnumerable(Rows);

    [Fact]
    public void The_lower_bound_is_let_through_and_the_upper_is_not()
    {
        Assert.Equal([0, 2], Ids(_context.Data.FilterRowsByColumn(_view, "Size", lowerBound: 1, upperBound: 3)));
        Assert.Equal([2, 3], Ids(_context.Data.FilterRowsByColumn(_view, "Size", lowerBound: 2)));
        Assert.Equal([0, 4], Ids(_context.Data.FilterRowsByColumn(_view, "Size", upperBound: 2)));
        Assert.Empty(Ids(_context.Data.FilterRowsByColumn(_view, "Size", 2, 2)));
        Assert.Equal([1, 2, 3], Ids(_context.Data.FilterRowsByColumn(_view, "Id", 1, 4)));
    }

    // ML.NET: the interval is half open even where no bound was given, and no comparison with NaN holds.
    [Fact]
    public void Without_bounds_NaN_and_infinity_are_left_out()
        => Assert.Equal([0, 1, 4], Ids(_context.Data.FilterRowsByColumn(_view, "Weight")));

    // Keys 1 to 4 of 4 lie at 1/8, 3/8, 5/8 and 7/8.
    [Fact]
    public void Keys_are_let_through_by_where_their_middle_lies()
    {
        Assert.Equal([0, 1, 2, 3], Ids(_context.Data.FilterRowsByKeyColumnFraction(_view, "Label")));
        Assert.Equal([0, 1], Ids(_context.Data.FilterRowsByKeyColumnFraction(_view, "Label", upperBound: 0.5)));
        Assert.Equal([2, 3], Ids(_context.Data.FilterRowsByKeyColumnFraction(_view, "Label", lowerBound: 0.5)));
        Assert.Equal([1], Ids(_context.Data.FilterRowsByKeyColumnFraction(_view, "Label", 0.375, 0.625)));
    }

    [Fact]
    public void Rows_with_a_missing_value_in_any_named_column_are_left_out()
    {
        Assert.Equal([0, 2, 3, 4], Ids(_context.Data.FilterRowsByMissingValues(_view, "Size")));
        Assert.Equal([0, 3, 4], Ids(_context.Data.FilterRowsByMissingValues(_view, "Size", "Weight")));
        Assert.Equal([0, 1, 2, 3], Ids(_context.Data.FilterRowsByMissingValues(_view, "Label")));
        Assert.Equal([0, 1, 3, 4], Ids(_context.Data.FilterRowsByMissingValues(_view, "Pixels")));
        Assert.Equal([0, 1, 2], Ids(_context.Data.FilterRowsByMissingValues(_view, "Tags")));
    }

    [Fact]
    public void A_filter_reads_no_further_than_the_rows_taken_and_keeps_hidden_columns_in_place()
    {
        int produced = 0;
        IDataView view = _context.Transforms.CopyColumns("Weight", "Size").Fit(_view)
            .Transform(_context.Data.LoadFromEnumerable(Endless()));
        IDataView filtered = _context.Data.FilterRowsByColumn(view, "Weight", lowerBound: 2);

        Assert.Equal([2, 3], Ids(_context.Data.TakeRows(filtered, 2)));

        Assert.InRange(produced, 4, 4 + BlockView.DefaultBlockRows);
        Assert.Same(view.Schema, filtered.Schema);
        Assert.True(filtered.Schema.Single(column => column.Name == "Weight" && column.IsHidden).Index < filtered.Schema["Weight"].Index);
        Assert.Null(filtered.GetRowCount());

        IEnumerable<Measured> Endless()
        {
            while (true)
            {
                yield return Rows[produced++ % Rows.Length];
            }
        }
    }

    [Fact]
    public void A_shuffled_filter_lets_the_same_rows_through()
    {
        IDataView shuffled = _context.Data.ShuffleRows(_context.Data.FilterRowsByColumn(NumberRows.List(_context, 100), "Number", 20, 60), seed: 2);

        Assert.Equal(Enumerable.Range(20, 40), shuffled.Numbers().Order());
        Assert.NotEqual(Enumerable.Range(20, 40), shuffled.Numbers());
    }

    [Fact]
    public void Wrong_columns_and_bounds_are_told_with_what_would_be_right()
    {
        DataOperationsCatalog data = _context.Data;
        IDataView view = data.LoadFromEnumerable([new { Path = "a.jpg", Size = 1f }]);

        Assert.Equal(
            "There is no column 'Sise' to filter by; there are 'Path' (String), 'Size' (Single). (Parameter 'columnName')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByColumn(view, "Sise", 0)).Message);
        Assert.Equal(
            "Column 'Path' is String; rows are let through by a number. (Parameter 'columnName')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByColumn(view, "Path", 0)).Message);
        Assert.Equal(
            "Column 'Label' is Key<UInt32, 0-3>; rows are let through by a number. For keys there is FilterRowsByKeyColumnFraction. " +
            "(Parameter 'columnName')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByColumn(_view, "Label", 0)).Message);
        Assert.Equal(
            "Column 'Size' is Single; a share of the rows is taken by a key. For numbers there is FilterRowsByColumn. (Parameter 'columnName')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByKeyColumnFraction(view, "Size")).Message);
        Assert.Equal(
            "Column 'Path' is String, whose values are never missing. Missing can be Single, Double, keys, and elements of vectors of these. " +
            "(Parameter 'columns')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByMissingValues(view, "Size", "Path")).Message);
        Assert.Equal(
            "Name the columns to look for missing values in; there are 'Path' (String), 'Size' (Single). (Parameter 'columns')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByMissingValues(view)).Message);
        Assert.Equal(
            "The lower bound (2) must not be above the upper (1), and neither may be NaN. (Parameter 'lowerBound')",
            Assert.Throws<ArgumentException>(() => data.FilterRowsByColumn(view, "Size", 2, 1)).Message);
        Assert.Throws<ArgumentException>(() => data.FilterRowsByColumn(view, "Size", double.NaN));
        Assert.Throws<ArgumentException>(() => data.FilterRowsByKeyColumnFraction(_view, "Label", 0, double.NaN));
    }

    private static int[] Ids(IDataView view) => [.. view.GetColumn<int>("Id")];

    private sealed class Measured
    {
        public int Id { get; set; }

        public float Size { get; set; }

        public double Weight { get; set; }

        [KeyType(4)]
        public uint Label { get; set; }

        public float[]? Pixels { get; set; }

        [KeyType(9)]
        public VBuffer<uint> Tags { get; set; }
    }
}
