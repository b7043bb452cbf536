using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

public class CounterRandomTests
{
    // Witness: the reference implementation of SplitMix64 (Vigna, prng.di.unimi.it/splitmix64.c), first five outputs of seed 1234567.
    [Fact]
    public void The_sequence_of_a_seed_is_that_of_SplitMix64()
    {
        var random = new CounterRandom(1234567);

        ulong[] numbers = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];

        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], numbers);
    }

    [Fact]
    public void Seed_epoch_and_index_each_give_another_sequence_and_equal_ones_the_same()
    {
        HashSet<ulong> firsts = [];
        for (ulong seed = 0; seed < 10; seed++)
        {
            for (int epoch = 0; epoch < 10; epoch++)
            {
                for (int index = -1; index < 100; index++)
                {
                    CounterRandom random = CounterRandom.For(seed, epoch, index);
                    CounterRandom same = CounterRandom.For(seed, epoch, index);
                    ulong first = random.NextUInt64();
                    Assert.Equal(first, same.NextUInt64());
                    firsts.Add(first);
                }
            }
        }

        Assert.Equal(10 * 10 * 101, firsts.Count);
    }

    [Fact]
    public void Whole_numbers_and_fractions_are_spread_evenly()
    {
        var counts = new int[9];
        double sum = 0;
        const int Draws = 90_000;
        for (int index = 0; index < Draws; index++)
        {
            CounterRandom random = CounterRandom.For(seed: 1, epoch: 2, index);
            counts[random.NextInt32(9)]++;
            sum += random.NextDouble();
        }

        // 10,000 expected in each; five standard deviations of a binomial count are 471, of the mean 0.0048.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 471, 10_000 + 471));
        Assert.InRange(sum / Draws, 0.5 - 0.0048, 0.5 + 0.0048);
    }

    [Fact]
    public void Every_order_of_four_is_equally_likely()
    {
        Dictionary<string, int> counts = [];
        const int Draws = 24_000;
        for (int index = 0; index < Draws; index++)
        {
            char[] letters = ['a', 'b', 'c', 'd'];
            CounterRandom.For(seed: 3, epoch: 0, index).Shuffle<char>(letters);
            string order = new(letters);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        // 1,000 expected of each of 24 orders; five standard deviations are 155.
        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 845, 1155));
    }
}
