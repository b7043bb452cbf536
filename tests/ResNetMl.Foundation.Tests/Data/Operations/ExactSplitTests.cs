using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Operations;

public sealed class ExactSplitTests
{
    private readonly MLContext _context = new(seed: 1);

    // Witness: arithmetic, the nearest whole number to 203·f; 203·0.3 = 60.9, 203·0.1 = 20.3, 203·0.5 = 101.5 (either side).
    [Theory]
    [InlineData(0.3, 61, 61)]
    [InlineData(0.1, 20, 20)]
    [InlineData(0.5, 101, 102)]
    public void The_test_set_has_exactly_its_share_of_the_rows(double fraction, int fewest, int most)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            DataOperationsCatalog.TrainTestData split = _context.Data.ExactTrainTestSplit(NumberRows.List(_context, 203), fraction, seed: seed);
            int[] test = split.TestSet.Numbers();

            Assert.InRange(test.Length, fewest, most);
            Assert.Equal(Enumerable.Range(0, 203), split.TrainSet.Numbers().Concat(test).Order());
            Assert.Equal(test.Order(), test);
        }
    }

    // Groups have 5 rows each: 5·0.4 = 2 of each are tested on.
    [Fact]
    public void Stratified_each_class_gives_its_share()
    {
        DataOperationsCatalog.TrainTestData split = _context.Data.ExactTrainTestSplit(
            NumberRows.Sequence(_context, 100), 0.4, stratificationColumnName: "Group", seed: 3);

        KeyValuePair<string, int>[] classes = [.. split.TestSet.GetColumn<string>("Group").CountBy(group => group)];
        Assert.Equal(20, classes.Length);
        Assert.All(classes, count => Assert.Equal(2, count.Value));
        Assert.NotEqual(
            split.TestSet.Numbers().Take(2).Select(number => number % 5), split.TestSet.Numbers().Skip(2).Take(2).Select(number => number % 5));
    }

    // 23 rows in 4 folds: 5 or 6 each; classes of 5 rows: 1 or 2 each.
    [Fact]
    public void Folds_differ_by_one_row_at_most_and_so_does_each_class_in_them()
    {
        IDataView view = NumberRows.List(_context, 23);
        IReadOnlyList<DataOperationsCatalog.TrainTestData> plain = _context.Data.ExactCrossValidationSplit(view, 4, seed: 2);
        IReadOnlyList<DataOperationsCatalog.TrainTestData> stratified = _context.Data.ExactCrossValidationSplit(
            NumberRows.List(_context, 100), 4, stratificationColumnName: "Group", seed: 2);

        Assert.Equal(Enumerable.Range(0, 23), plain.SelectMany(fold => fold.TestSet.Numbers()).Order());
        Assert.All(plain, fold => Assert.InRange(fold.TestSet.Numbers().Length, 5, 6));
        Assert.All(plain, fold => Assert.Equal(Enumerable.Range(0, 23), fold.TrainSet.Numbers().Concat(fold.TestSet.Numbers()).Order()));
        Assert.Equal(Enumerable.Range(0, 100), stratified.SelectMany(fold => fold.TestSet.Numbers()).Order());
        Assert.All(stratified, fold => Assert.All(
            fold.TestSet.GetColumn<string>("Group").CountBy(group => group), count => Assert.InRange(count.Value, 1, 2)));
    }

    [Fact]
    public void The_seed_chooses_the_rows_and_another_order_of_reading_does_not_change_them()
    {
        IDataView view = NumberRows.List(_context, 60);
        int[] first = _context.Data.ExactTrainTestSplit(view, 0.25, seed: 7).TestSet.Numbers();

        Assert.Equal(first, _context.Data.ExactTrainTestSplit(view, 0.25, seed: 7).TestSet.Numbers());
        Assert.NotEqual(first, _context.Data.ExactTrainTestSplit(view, 0.25, seed: 8).TestSet.Numbers());
        Assert.Equal(first, new MLContext(seed: 7).Data.ExactTrainTestSplit(view, 0.25).TestSet.Numbers());
        Assert.Equal(
            first, _context.Data.ExactTrainTestSplit(_context.Data.ShuffleRows(view, seed: 2), 0.25, seed: 7).TestSet.Numbers().Order());
    }

    [Fact]
    public void A_view_that_grows_after_it_was_split_is_told()
    {
        int count = 10;
        IDataView view = _context.Data.LoadFromEnumerable(Rows());
        DataOperationsCatalog.TrainTestData split = _context.Data.ExactTrainTestSplit(view, 0.5);
        Assert.Equal(5, split.TestSet.Numbers().Length);

        count = 11;

        Assert.Equal(
            "The view gives a row now that it did not give when it was split exactly, so no share can be kept. Cache the view before splitting it.",
            Assert.Throws<InvalidOperationException>(() => split.TrainSet.Numbers()).Message);

        IEnumerable<NumberRow> Rows()
        {
            for (int number = 0; number < count; number++)
            {
                yield return new NumberRow { Number = number };
            }
        }
    }

    [Fact]
    public void Wrong_columns_shares_and_folds_are_refused()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new { Label = "cat", Pixels = new byte[] { 1 } }]);

        Assert.Equal(
            "There is no column 'Class' to stratify by; there are 'Label' (String), 'Pixels' (Vector<Byte>). (Parameter 'stratificationColumnName')",
            Assert.Throws<ArgumentException>(() => _context.Data.ExactTrainTestSplit(view, 0.5, "Class")).Message);
        Assert.Equal(
            "Column 'Pixels' is Vector<Byte>; rows are stratified by a text, number or key. (Parameter 'stratificationColumnName')",
            Assert.Throws<ArgumentException>(() => _context.Data.ExactCrossValidationSplit(view, 2, "Pixels")).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.ExactTrainTestSplit(view, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.ExactCrossValidationSplit(view, 1));
    }
}
