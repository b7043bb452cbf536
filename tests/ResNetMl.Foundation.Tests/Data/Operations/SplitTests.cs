using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Operations;

public sealed class SplitTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Each_row_is_in_one_of_the_two_sets_in_its_order()
    {
        DataOperationsCatalog.TrainTestData split = _context.Data.TrainTestSplit(NumberRows.List(_context, 1000), testFraction: 0.2);

        int[] train = split.TrainSet.Numbers();
        int[] test = split.TestSet.Numbers();

        Assert.Equal(Enumerable.Range(0, 1000), train.Concat(test).Order());
        Assert.Equal(train.Order(), train);
        Assert.Equal(test.Order(), test);
        Assert.Null(split.TestSet.GetRowCount());
    }

    // Witness: the number of test rows is binomial: mean np, standard deviation √(np(1−p)). Five deviations miss once in 1.7 million.
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_share_of_test_rows_is_near_the_fraction(double fraction)
    {
        const int count = 20_000;
        int test = _context.Data.TrainTestSplit(NumberRows.List(_context, count), fraction, seed: 3).TestSet.Numbers().Length;

        Assert.InRange(Math.Abs(test - (count * fraction)), 0, 5 * Math.Sqrt(count * fraction * (1 - fraction)));
    }

    [Fact]
    public void The_seed_chooses_the_split_and_the_contexts_is_the_default()
    {
        IDataView view = NumberRows.List(_context, 500);
        int[] first = _context.Data.TrainTestSplit(view, 0.3, seed: 7).TestSet.Numbers();

        Assert.Equal(first, _context.Data.TrainTestSplit(view, 0.3, seed: 7).TestSet.Numbers());
        Assert.NotEqual(first, _context.Data.TrainTestSplit(view, 0.3, seed: 8).TestSet.Numbers());
        Assert.Equal(first, new MLContext(seed: 7).Data.TrainTestSplit(view, 0.3).TestSet.Numbers());
    }

    // The tutorials of ML.NET split the test set again for validation, with the seed of the context both times.
    [Fact]
    public void A_set_of_a_split_is_split_again_by_other_numbers_under_the_same_seed()
    {
        const int count = 8_000;
        IDataView view = NumberRows.List(_context, count);
        IDataView fifth = _context.Data.TrainTestSplit(view, testFraction: 0.2).TestSet;
        IDataView[] halves =
        [
            _context.Data.TrainTestSplit(fifth, 0.5).TestSet,
            _context.Data.TrainTestSplit(_context.Data.Cache(_context.Data.ShuffleRows(fifth)), 0.5).TestSet,
            _context.Data.TrainTestSplit(_context.Transforms.CopyColumns("Copy", "Number").Fit(fifth).Transform(fifth), 0.5).TestSet,
            _context.Data.TrainTestSplit(_context.Data.TrainTestSplit(view, 0.2, "Group").TestSet, 0.5, "Group").TestSet,
            _context.Data.CrossValidationSplit(fifth, 2)[0].TestSet,
            _context.Data.BootstrapSample(fifth, complement: true),
        ];

        // An eighth of the rows, or e⁻¹ of a fifth; groups of five rows vary more.
        Assert.All(halves[..5], half => Assert.InRange(half.Numbers().Length, 650, 950));
        Assert.InRange(halves[5].Numbers().Length, 500, 680);
    }

    [Fact]
    public void Without_any_seed_one_is_drawn_and_reported()
    {
        var context = new MLContext();
        var messages = new List<string>();
        context.Log += (_, message) => messages.Add(message.Message);

        DataOperationsCatalog.TrainTestData split = context.Data.TrainTestSplit(NumberRows.List(context, 100), 0.5);

        string seed = Assert.Single(messages).Split("drew ")[1].Split('.')[0];
        Assert.Equal(
            $"[Source=DataOperationsCatalog, Kind=Info] No seed was given: drew {seed}. Give it to get the same rows again.", messages[0]);
        Assert.Equal(
            split.TestSet.Numbers(),
            context.Data.TrainTestSplit(NumberRows.List(context, 100), 0.5, seed: int.Parse(seed, null)).TestSet.Numbers());
    }

    [Fact]
    public void A_row_stays_in_its_set_when_the_view_is_read_in_another_order()
    {
        IDataView view = NumberRows.List(_context, 300);
        int[] plain = _context.Data.TrainTestSplit(view, 0.3, seed: 7).TestSet.Numbers();

        int[] shuffled = _context.Data.TrainTestSplit(_context.Data.ShuffleRows(view, seed: 2), 0.3, seed: 7).TestSet.Numbers();

        Assert.NotEqual(plain, shuffled);
        Assert.Equal(plain, shuffled.Order());
    }

    [Fact]
    public void Rows_with_the_same_sampling_key_stay_together()
    {
        DataOperationsCatalog.TrainTestData split = _context.Data.TrainTestSplit(
            NumberRows.List(_context, 500), 0.3, samplingKeyColumnName: "Group", seed: 7);

        string[] train = [.. split.TrainSet.GetColumn<string>("Group").Distinct()];
        string[] test = [.. split.TestSet.GetColumn<string>("Group").Distinct()];

        Assert.Empty(train.Intersect(test));
        Assert.Equal(100, train.Length + test.Length);
        Assert.NotEmpty(test);
    }

    [Fact]
    public void Rows_can_be_kept_together_by_a_number()
    {
        IDataView view = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(number => new { Patient = number % 10, Number = number }));

        DataOperationsCatalog.TrainTestData split = _context.Data.TrainTestSplit(view, 0.4, samplingKeyColumnName: "Patient", seed: 1);

        Assert.Empty(split.TrainSet.GetColumn<int>("Patient").Intersect(split.TestSet.GetColumn<int>("Patient")));
        Assert.Equal(0, split.TestSet.Numbers().Length % 10);
    }

    [Fact]
    public void Folds_partition_the_rows()
    {
        IReadOnlyList<DataOperationsCatalog.TrainTestData> folds = _context.Data.CrossValidationSplit(NumberRows.List(_context, 1000), numberOfFolds: 4);

        Assert.Equal(4, folds.Count);
        Assert.Equal(Enumerable.Range(0, 1000), folds.SelectMany(fold => fold.TestSet.Numbers()).Order());
        Assert.All(folds, fold =>
        {
            Assert.Equal(Enumerable.Range(0, 1000), fold.TrainSet.Numbers().Concat(fold.TestSet.Numbers()).Order());

            // Binomial with n = 1000, p = 1/4: five standard deviations are 68.
            Assert.InRange(fold.TestSet.Numbers().Length, 250 - 68, 250 + 68);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_fraction_that_leaves_a_set_empty_is_refused(double fraction)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.TrainTestSplit(NumberRows.List(_context, 5), fraction));

        Assert.StartsWith("The share to test on must be above 0 and below 1. (Parameter 'testFraction')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_fold_an_absent_key_column_and_a_vector_of_keys_are_refused()
    {
        IDataView view = NumberRows.List(_context, 5);
        Assert.StartsWith(
            "Cross-validation needs at least 2 folds. (Parameter 'numberOfFolds')",
            Assert.Throws<ArgumentOutOfRangeException>(() => _context.Data.CrossValidationSplit(view, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(
            "There is no column 'Patient' to split by; there are 'Number' (Int32), 'Group' (String). (Parameter 'samplingKeyColumnName')",
            Assert.Throws<ArgumentException>(() => _context.Data.TrainTestSplit(view, 0.5, "Patient")).Message);
        IDataView vectors = _context.Data.LoadFromEnumerable([new { Pixels = new byte[] { 1 } }]);
        Assert.Equal(
            "Column 'Pixels' is Vector<Byte>; rows are kept together by a text, number or key. (Parameter 'samplingKeyColumnName')",
            Assert.Throws<ArgumentException>(() => _context.Data.TrainTestSplit(vectors, 0.5, "Pixels")).Message);
    }
}
