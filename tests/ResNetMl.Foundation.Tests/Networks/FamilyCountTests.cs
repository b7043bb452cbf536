using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Parameters of the families after 2015 against their papers and against arithmetic.</summary>
public sealed class FamilyCountTests
{
    // Witness: the papers, in millions as printed there. ResNet-1001: He et al. 2016, table 4, which leaves batch norm out; see below.
    [Theory]
    [InlineData("resnet110-v2", 1.7)] // He et al. 2016, table 4
    [InlineData("resnet164-v2", 1.7)]
    [InlineData("wrn-28-10", 36.5)] // Zagoruyko and Komodakis 2016, table 4
    [InlineData("wrn-40-4", 8.9)]
    [InlineData("wrn-16-8", 11.0)]
    [InlineData("resnext29-8x64d", 34.4)] // Xie et al. 2017, table 7
    [InlineData("se-resnet50", 28.1)] // Hu et al. 2018, section 3: 25.6 and 2.5
    public void Parameter_counts_are_the_papers(string name, double millions) =>
        Assert.Equal(millions, Math.Round(NetworkCatalog.Define(name).ParameterCount / 1e6, 1));

    // Arithmetic. A unit of widths 4w → w → w → 4w has 17w² weights in its convolutions and 2·(4w + w + w) numbers in its batch norms;
    // the first of a stage reads c channels: cw + 13w² + 4cw weights with its projection, and 2·(c + w + w).
    [Theory]
    [InlineData("resnet164-v2", 18, 1_703_258)]
    [InlineData("resnet1001-v2", 111, 10_327_706)]
    public void Pre_activated_bottlenecks_add_up(string name, int blocks, long expected)
    {
        long total = (3 * 9 * 16) + (2 * 256) + (256 * 10) + 10;
        int inChannels = 16;
        foreach (int width in (int[])[16, 32, 64])
        {
            total += (5 * inChannels * width) + (13 * width * width) + (2 * (inChannels + (2 * width)));
            total += (blocks - 1L) * ((17 * width * width) + (2 * 6 * width));
            inChannels = 4 * width;
        }

        Assert.Equal(expected, total);
        Assert.Equal(expected, NetworkCatalog.Define(name).ParameterCount);
    }

    [Fact]
    public void Resnet1001_has_the_papers_count_where_batch_norm_is_left_out()
    {
        long withoutBatchNorm = NetworkCatalog.Define("resnet1001-v2").Nodes
            .Where(node => node.Layer is not BatchNorm)
            .Sum(node => node.Layer.Parameters.Sum(parameter => parameter.Shape.ElementCount));
        Assert.Equal(10.2, Math.Round(withoutBatchNorm / 1e6, 1));
    }

    // Arithmetic: with k = 10, 432 + 3·(9 + …): see the sum. The three projections are the convolutions that the paper's depth counts too.
    [Fact]
    public void Wide_resnet_28_10_counts_its_projections()
    {
        long total = (3 * 9 * 16) + (2 * 640) + (640 * 10) + 10;
        long projections = 0;
        int inChannels = 16;
        foreach (int channels in (int[])[160, 320, 640])
        {
            total += (9 * inChannels * channels) + (9 * channels * channels) + (2 * inChannels) + (2 * channels);
            total += 3L * ((2 * 9 * channels * channels) + (2 * 2 * channels));
            projections += inChannels * channels;
            inChannels = channels;
        }

        Assert.Equal(258_560, projections);
        Assert.Equal(36_479_194, total + projections);
        Assert.Equal(36_479_194, NetworkCatalog.Define("wrn-28-10").ParameterCount);
        Assert.Equal(28, NetworkCatalog.Define("wrn-28-10").Nodes.Count(node => node.Layer is Conv2d));
    }

    // Hu et al. 2018, equation 5: 2/r·Σ N·C² weights more, and here the biases C/r + C of each block's two layers.
    [Theory]
    [InlineData("se-resnet50", "resnet50", 28_088_024)]
    [InlineData("se-resnet101", "resnet101", 49_326_872)]
    [InlineData("se-resnext50-32x4d", "resnext50-32x4d", 27_559_896)]
    public void Squeeze_and_excitation_adds_what_equation_5_says(string name, string without, long expected)
    {
        int[] blocks = name.Contains("101", StringComparison.Ordinal) ? [3, 4, 23, 3] : [3, 4, 6, 3];
        long added = 0;
        for (int stage = 0; stage < 4; stage++)
        {
            long channels = 256 << stage;
            added += blocks[stage] * ((2 * channels * channels / 16) + (channels / 16) + channels);
        }

        Assert.Equal(expected, NetworkCatalog.Define(without).ParameterCount + added);
        Assert.Equal(expected, NetworkCatalog.Define(name).ParameterCount);
    }

    // Arithmetic: the 7×7 convolution's 64·3·49 and its batch norm's 128 become those of three 3×3 convolutions; S also widens what
    // stage 1's first block reads from 64 to 128 channels: 64·64 and 64·256 more.
    [Theory]
    [InlineData("resnet50-c", 25_557_032 - 9_408 + (27 * 32) + 64 + (9 * 32 * 32) + 64 + (9 * 32 * 64))]
    [InlineData("resnet50-d", 25_557_032 - 9_408 + (27 * 32) + 64 + (9 * 32 * 32) + 64 + (9 * 32 * 64))]
    [InlineData("resnet50-s", 25_557_032 - 9_408 - 128 + (27 * 64) + 128 + (9 * 64 * 64) + 128 + (9 * 64 * 128) + 256 + (64 * 64) + (64 * 256))]
    public void A_deep_stem_costs_its_convolutions(string name, long expected) =>
        Assert.Equal(expected, NetworkCatalog.Define(name).ParameterCount);

    // Zero padding, batch norm and ReLU are moved, not added: table 2 compares networks of equal size.
    [Theory]
    [InlineData("resnet110-bn-after-addition")]
    [InlineData("resnet110-relu-before-addition")]
    [InlineData("resnet110-relu-preactivation")]
    [InlineData("resnet110-v2")]
    [InlineData("resnet110-constant-scaling")]
    [InlineData("resnet110-constant-scaling-both")]
    [InlineData("resnet110-dropout-shortcut")]
    [InlineData("resnet110-stochastic-depth")]
    [InlineData("resnet110-elu")]
    public void Orders_and_factors_cost_no_parameter(string name) =>
        Assert.Equal(NetworkCatalog.Define("resnet110").ParameterCount, NetworkCatalog.Define(name).ParameterCount);

    // Each gate is a 1×1 convolution with bias: c·c + c for a block that keeps its shape.
    [Theory]
    [InlineData("resnet110-exclusive-gating")]
    [InlineData("resnet110-shortcut-gating")]
    public void Gates_cost_a_1x1_convolution_a_block(string name)
    {
        long gates = (18 * ((16 * 16) + 16)) + (16 * 32) + 32 + (17 * ((32 * 32) + 32)) + (32 * 64) + 64 + (17 * ((64 * 64) + 64));
        Assert.Equal(1_727_962 + gates, NetworkCatalog.Define(name).ParameterCount);
    }

    // A definition is data; a thousand layers are little of it.
    [Fact]
    public void A_thousand_layers_are_defined_and_summed_up_within_two_seconds()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.NotEmpty(NetworkSummary.Of(NetworkCatalog.Define("resnet1001-v2")).Lines(SummaryDetail.Nodes));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
    }
}
