using ResNetMl.Networks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>The table of a network's costs.</summary>
public sealed class NetworkSummaryTests
{
    public static TheoryData<string> CatalogueNames => [.. NetworkCatalog.Names];

    // Arithmetic by hand: 16·3·9 + 32 = 464 parameters of the stem; 32²·16·27 = 442,368 multiply-adds; 3 values of 16·32²·4 bytes.
    // A stage's 6 convolutions have 9·16² weights each, 12 batch norms' vectors 16 each: 13,824 + 192.
    [Fact]
    public void The_stages_of_resnet20_are_a_table()
    {
        IReadOnlyList<string> lines = NetworkSummary.Of(NetworkCatalog.Define("resnet20")).Lines(SummaryDetail.Stages);

        string[] expected =
        [
            "resnet20: depth 20, input 3×32×32",
            "",
            "                     layer              output      parameters mult-add   memory",
            "stem                                    16×32×32           464  442.4 k  192 KiB",
            "stage 1                                 16×32×32        14,016  14.16 M 1.31 MiB",
            "stage 2                                 32×16×16        51,072  12.98 M  704 KiB",
            "stage 3                                 64×8×8         203,520  12.98 M  352 KiB",
            "classifier                              10                 650      640    552 B",
            "total                                   10             269,722  40.55 M 2.53 MiB",
            "",
            "For one image: multiply-adds of convolutions and linear layers, memory of all",
            "values in single precision.",
        ];
        Assert.Equal(expected, lines);
    }

    [Fact]
    public void Nodes_are_listed_below_their_stage()
    {
        IReadOnlyList<string> lines = NetworkSummary.Of(NetworkCatalog.Define("resnet50")).Lines(SummaryDetail.Nodes);

        Assert.Contains("  conv1              7×7 conv, 64, /2   64×112×112       9,408  118.0 M 3.06 MiB", lines);
        Assert.Contains("  maxpool            3×3 max pool, /2   64×56×56             0        0  784 KiB", lines);
        Assert.Contains("  0.downsample.0     1×1 conv, 2048, /2 2048×7×7     2,097,152  102.8 M  392 KiB", lines);
        Assert.Contains("  fc                 linear, 1000       1000         2,049,000  2.048 M 3.91 KiB", lines);
    }

    [Theory, MemberData(nameof(CatalogueNames))]
    public void Rows_add_up_to_the_definitions_totals_and_fit_80_columns(string name)
    {
        NetworkDefinition network = NetworkCatalog.Define(name);
        NetworkSummary summary = NetworkSummary.Of(network);

        Assert.Equal(network.Nodes.Select(node => node.Name), summary.Stages.SelectMany(stage => stage.Rows).Select(row => row.Name));
        Assert.Equal(network.ParameterCount, summary.Parameters);
        Assert.Equal(network.MultiplyAdds, summary.MultiplyAdds);
        Assert.Equal(network.Nodes.Sum(node => 4 * network.ShapeOf(node.Name).ElementCount), summary.ActivationBytes);
        Assert.All(summary.Lines(SummaryDetail.Nodes), line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain(summary.Lines(SummaryDetail.Nodes), line => line.Contains('…', StringComparison.Ordinal));
        Assert.Equal("stem", summary.Stages[0].Name);
        Assert.Equal("stage 1", summary.Stages[1].Name);
        Assert.Equal("classifier", summary.Stages[^1].Name);
    }

    [Fact]
    public void Names_of_other_kinds_are_grouped_by_their_first_part()
    {
        Layer network = Sequence(
            Relu().Named("features.first"), Relu().Named("features.second"), Relu().Named("between"), Relu().Named("more.of_a_name_that_is_much_too_long_for_any_column_of_any_table"));
        NetworkSummary summary = NetworkSummary.Of(NetworkDefinition.FromLayer("other", [3, 2, 2], network));

        Assert.Equal(["features", "more"], summary.Stages.Select(stage => stage.Name));
        Assert.Equal(["features.first", "features.second", "between"], summary.Stages[0].Rows.Select(row => row.Name));
        Assert.Contains(
            summary.Lines(SummaryDetail.Nodes), line => line.StartsWith("…_long_for_any_column_of_any_table ReLU ", StringComparison.Ordinal));
    }

    [Fact]
    public void Wide_shapes_and_groups_of_channels_get_the_room_that_names_leave()
    {
        IReadOnlyList<string> lines = NetworkSummary.Of(NetworkCatalog.Define("resnext50-32x4d")).Lines(SummaryDetail.Nodes);
        Assert.Contains("  0.conv2        3×3 conv, 1024, /2, g32 1024×7×7      294,912  14.45 M  196 KiB", lines);
        Assert.Contains("/2: stride 2, g32: 32 groups.", lines);
        Assert.Contains(
            NetworkSummary.Of(NetworkCatalog.Define("resnet50-s")).Lines(SummaryDetail.Nodes),
            line => line.StartsWith("  conv1.6            3×3 conv, 128      128×112×112     73,728", StringComparison.Ordinal));
    }

    // As PyTorch's exporter names nodes, and as others do: only resolutions tell the stages then.
    [Fact]
    public void Exported_names_are_grouped_by_stage_or_by_resolution()
    {
        NetworkSummary exported = NetworkSummary.Of(NetworkDefinition.FromLayer("exported", [3, 8, 8], Sequence(
            Conv3x3(3, 8).Named("/conv1/Conv"), Conv3x3(8, 8).Named("/layer1/layer1.0/conv1/Conv"), Conv3x3(8, 8, stride: 2).Named("/layer2/layer2.0/conv1/Conv"),
            Classifier(8, 2, "/fc/Gemm"))));
        NetworkSummary plain = NetworkSummary.Of(NetworkDefinition.FromLayer("plain", [3, 8, 8], Sequence(
            Conv3x3(3, 8).Named("Conv_0"), Product(Identity(), Sequence(GlobalAveragePool(), Sigmoid())), Conv3x3(8, 8, stride: 2).Named("Conv_9"),
            Classifier(8, 2, "Gemm_12"))));

        Assert.Equal(["stem", "stage 1", "stage 2", "classifier"], exported.Stages.Select(stage => stage.Name));
        Assert.Equal(["8×8", "4×4", "classifier"], plain.Stages.Select(stage => stage.Name));
        Assert.Equal(["Conv_0", "avgpool", "sigmoid", "multiply"], plain.Stages[0].Rows.Select(row => row.Name));
    }

    [Fact]
    public void A_name_cannot_command_the_terminal()
    {
        NetworkSummary summary = NetworkSummary.Of(NetworkDefinition.FromLayer("odd", [3, 2, 2], Relu().Named("a\u001b[2Jb")));
        Assert.Contains(summary.Lines(SummaryDetail.Nodes), line => line.StartsWith("  a\uFFFD[2Jb", StringComparison.Ordinal));
    }

    [Fact]
    public void A_network_without_parts_is_one_group()
    {
        NetworkSummary summary = NetworkSummary.Of(NetworkDefinition.FromLayer("small", [3, 2, 2], Sequence(Flatten(), Dropout(0.25f), Linear(12, 2))));
        Assert.Equal("network", Assert.Single(summary.Stages).Name);
        Assert.Equal(["flatten", "dropout, 0.25", "linear, 2"], summary.Stages[0].Rows.Select(row => row.Layer));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1000, "1.000 k")]
    [InlineData(9_999, "9.999 k")]
    [InlineData(99_994, "99.99 k")]
    [InlineData(99_996, "100.0 k")]
    [InlineData(999_949, "999.9 k")]
    [InlineData(999_951, "1.000 M")]
    [InlineData(4_089_184_256, "4.089 G")]
    [InlineData(long.MaxValue, "9.223 E")]
    public void Counts_are_scaled_to_four_digits(long count, string expected) => Assert.Equal(expected, SummaryTable.Scaled(count));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(4000, "3.91 KiB")]
    [InlineData(1_047_552, "1 MiB")]
    [InlineData(10_433_331, "9.95 MiB")]
    [InlineData(long.MaxValue, "8 EiB")]
    public void Bytes_are_scaled_to_three_digits(long bytes, string expected) => Assert.Equal(expected, SummaryTable.Bytes(bytes));
}
