using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.FineTuning;

public sealed class MixupTests
{
    // scipy.stats.beta.cdf(x, α, α) at x = 0.01, 0.1 and 0.3; the distribution is symmetric about a half.
    [Theory]
    [InlineData(0.2, 0.209778, 0.33669, 0.433204)]
    [InlineData(0.4, 0.093916, 0.239739, 0.387501)]
    [InlineData(1, 0.01, 0.1, 0.3)]
    [InlineData(4, 0, 0.002728, 0.126036)]
    public void Shares_are_distributed_as_Beta(double alpha, double belowHundredth, double belowTenth, double belowThird)
    {
        const int Count = 40_000;
        var shares = new double[Count];
        for (int step = 0; step < Count; step++)
        {
            CounterRandom random = CounterRandom.For(3, step, index: -2);
            shares[step] = Mixup.Share(alpha, ref random);
        }

        foreach ((double limit, double expected) in ((double, double)[])[(0.01, belowHundredth), (0.1, belowTenth), (0.3, belowThird)])
        {
            // Five standard deviations of a share of 40,000 draws are at most 0.0125.
            Assert.Equal(expected, shares.Count(share => share < limit) / (double)Count, 0.0125);
            Assert.Equal(expected, shares.Count(share => share > 1 - limit) / (double)Count, 0.0125);
        }
    }

    [Fact]
    public void A_tiny_alpha_gives_whole_images_and_never_no_number()
    {
        for (int step = 0; step < 1000; step++)
        {
            CounterRandom random = CounterRandom.For(3, step, index: -2);
            double share = Mixup.Share(1e-4, ref random);
            Assert.InRange(share, 0, 1);
        }
    }

    [Fact]
    public void Rows_are_mixed_with_those_of_their_partners_and_labels_go_along()
    {
        const int Rows = 7;
        const int Length = 19;
        var inputs = new Tensor([Rows, Length]);
        for (int i = 0; i < inputs.Span.Length; i++)
        {
            inputs.Span[i] = i / Length;
        }

        int[] labels = [10, 11, 12, 13, 14, 15, 16];
        var mixup = new Mixup(1, seed: 9, [inputs.Shape]);

        double share = mixup.Mix([inputs], labels, step: 5);

        Assert.Equal(labels, mixup.OtherLabels.ToArray().Order());
        for (int row = 0; row < Rows; row++)
        {
            int partner = mixup.OtherLabels[row] - 10;
            foreach (float mixed in mixup.Inputs[0].Span.Slice(row * Length, Length))
            {
                Assert.Equal((row * share) + (partner * (1 - share)), mixed, 1e-6);
            }
        }

        var again = new Mixup(1, seed: 9, [inputs.Shape]);
        Assert.Equal(share, again.Mix([inputs], labels, step: 5));
        Assert.Equal(mixup.OtherLabels.ToArray(), again.OtherLabels.ToArray());
        Assert.NotEqual(share, again.Mix([inputs], labels, step: 6));
    }
}
