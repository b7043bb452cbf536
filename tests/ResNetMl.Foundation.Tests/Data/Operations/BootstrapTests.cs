using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Operations;

public sealed class BootstrapTests
{
    private readonly MLContext _context = new(seed: 1);

    // Witness: a Poisson variable of mean 1 is k with probability 1/(e·k!): of 20,000 rows 7358 are left out, 7358 come once, 3679 twice,
    // 1226 thrice. Five standard deviations √(np(1−p)) miss once in 1.7 million.
    [Fact]
    public void Rows_come_as_often_as_a_Poisson_variable_of_mean_1_says()
    {
        const int count = 20_000;
        Dictionary<int, int> copies = _context.Data.BootstrapSample(NumberRows.List(_context, count), seed: 3).Numbers()
            .CountBy(number => number).ToDictionary();
        int[] rowsByCopies = [.. Enumerable.Range(0, 4).Select(k => Enumerable.Range(0, count).Count(row => copies.GetValueOrDefault(row) == k))];

        int factorial = 1;
        for (int k = 0; k < 4; k++)
        {
            factorial *= Math.Max(1, k);
            double probability = 1 / (Math.E * factorial);
            Assert.InRange(Math.Abs(rowsByCopies[k] - (count * probability)), 0, 5 * Math.Sqrt(count * probability * (1 - probability)));
        }

        // Mean and variance of one row's copies are 1.
        Assert.InRange(copies.Values.Sum(), count - (5 * Math.Sqrt(count)), count + (5 * Math.Sqrt(count)));
    }

    [Fact]
    public void The_sample_and_its_complement_share_no_row_and_leave_none_out()
    {
        IDataView view = NumberRows.List(_context, 300);
        int[] sample = _context.Data.BootstrapSample(view, seed: 5).Numbers();
        int[] complement = _context.Data.BootstrapSample(view, seed: 5, complement: true).Numbers();

        Assert.Empty(sample.Intersect(complement));
        Assert.Equal(Enumerable.Range(0, 300), sample.Union(complement).Order());
        Assert.Equal(complement.Distinct(), complement);
        Assert.Equal(sample.Order(), sample);
    }

    [Fact]
    public void The_seed_chooses_the_sample_and_the_contexts_is_the_default()
    {
        IDataView view = NumberRows.List(_context, 200);
        int[] first = _context.Data.BootstrapSample(view, seed: 7).Numbers();

        Assert.Equal(first, _context.Data.BootstrapSample(view, seed: 7).Numbers());
        Assert.NotEqual(first, _context.Data.BootstrapSample(view, seed: 8).Numbers());
        Assert.Equal(first, new MLContext(seed: 7).Data.BootstrapSample(view).Numbers());
    }

    [Fact]
    public void Blocks_of_any_size_give_the_same_sample_as_a_cursor()
    {
        BlockView sample = BlockView.Of(_context.Data.BootstrapSample(NumberRows.Sequence(_context, 100), seed: 2));
        int[] expected = sample.Numbers();

        foreach (int size in new[] { 1, 2, 7, 1000 })
        {
            using BlockReader reader = sample.OpenReader(sample.Schema);
            var numbers = new List<int>();
            while (reader.Read(size) is { } block)
            {
                Assert.InRange(block.RowCount, 1, size);
                numbers.AddRange(block.Values<int>(sample.Schema["Number"].Index));
            }

            Assert.Equal(expected, numbers);
            Assert.Null(reader.Read(size));
        }
    }

    [Fact]
    public void Copies_of_a_row_stay_on_one_side_of_a_split()
    {
        DataOperationsCatalog.TrainTestData split = _context.Data.TrainTestSplit(
            _context.Data.BootstrapSample(NumberRows.List(_context, 300), seed: 2), 0.4, seed: 3);

        Assert.Empty(split.TrainSet.Numbers().Intersect(split.TestSet.Numbers()));
    }

    [Fact]
    public void A_shuffled_sample_has_the_same_rows_with_copies_apart()
    {
        IDataView sample = _context.Data.BootstrapSample(NumberRows.List(_context, 300), seed: 2);
        int[] shuffled = _context.Data.ShuffleRows(sample, seed: 3).Numbers();

        Assert.Equal(sample.Numbers(), shuffled.Order());
        Assert.True(NeighboursAlike(shuffled) < NeighboursAlike(sample.Numbers()) / 4);

        static int NeighboursAlike(int[] numbers) => numbers.Zip(numbers.Skip(1)).Count(pair => pair.First == pair.Second);
    }
}
