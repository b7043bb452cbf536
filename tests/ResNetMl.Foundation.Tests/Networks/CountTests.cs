using System.Globalization;
using System.Text.RegularExpressions;
using ResNetMl.Networks;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Parameters, multiply-adds and depths against the papers and torchvision.</summary>
public sealed partial class CountTests
{
    // Witness: torchvision's published counts for 1000 classes.
    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("resnet101", 44_549_160)]
    [InlineData("resnet152", 60_192_808)]
    [InlineData("resnext50-32x4d", 25_028_904)]
    [InlineData("resnext101-32x8d", 88_791_336)]
    [InlineData("resnext101-64x4d", 83_455_272)]
    [InlineData("wide-resnet50-2", 68_883_240)]
    [InlineData("wide-resnet101-2", 126_886_696)]
    public void Parameter_counts_are_torchvisions(string name, long expected) =>
        Assert.Equal(expected, NetworkCatalog.Define(name).ParameterCount);

    // Witness: He et al. 2015, table 6, in millions as printed there.
    [Theory]
    [InlineData(20, 0.27)]
    [InlineData(32, 0.46)]
    [InlineData(44, 0.66)]
    [InlineData(56, 0.85)]
    [InlineData(110, 1.7)]
    [InlineData(1202, 19.4)]
    public void Parameter_counts_of_cifar_networks_are_the_papers(int depth, double expectedMillions)
    {
        double millions = new CifarResNet(depth).Define().ParameterCount / 1e6;
        int printedDigits = expectedMillions < 1 ? 2 : 1;
        Assert.Equal(expectedMillions, Math.Round(millions, printedDigits));
    }

    // Witness: tests/References/network_counts.py (torchvision's layers counting as they run; table 1 written out for option A).
    [Theory]
    [InlineData("resnet18", 1_814_073_344)]
    [InlineData("resnet34", 3_663_761_408)]
    [InlineData("resnet50", 4_089_184_256)]
    [InlineData("resnet101", 7_801_405_440)]
    [InlineData("resnet152", 11_513_626_624)]
    [InlineData("resnext50-32x4d", 4_230_479_872)]
    [InlineData("resnext101-32x8d", 16_414_015_488)]
    [InlineData("wide-resnet50-2", 11_398_021_120)]
    [InlineData("wide-resnet101-2", 22_753_050_624)]
    [InlineData("resnet50-v1", 3_857_973_248)]
    [InlineData("resnet101-v1", 7_570_194_432)]
    [InlineData("resnet152-v1", 11_282_415_616)]
    [InlineData("resnet18-option-a", 1_794_805_760)]
    [InlineData("resnet34-option-a", 3_644_493_824)]
    [InlineData("plain18", 1_794_805_760)]
    [InlineData("plain34", 3_644_493_824)]
    public void Multiply_adds_are_those_of_convolutions_and_classifier(string name, long expected) =>
        Assert.Equal(expected, NetworkCatalog.Define(name).MultiplyAdds);

    // Witness: He et al. 2015, table 1, bottom row, in 10⁹ as printed there. The 50-layer network is printed a hair low (3.858).
    [Theory]
    [InlineData("resnet18-option-a", 1.8)]
    [InlineData("resnet34-option-a", 3.6)]
    [InlineData("resnet50-v1", 3.8)]
    [InlineData("resnet101-v1", 7.6)]
    [InlineData("resnet152-v1", 11.3)]
    public void Multiply_adds_are_table_1s(string name, double printedBillions) =>
        Assert.Equal(printedBillions, NetworkCatalog.Define(name).MultiplyAdds / 1e9, tolerance: 0.06);

    [Theory]
    [InlineData("plain20", "resnet20")]
    [InlineData("plain56", "resnet56")]
    [InlineData("plain18", "resnet18-option-a")]
    [InlineData("plain34", "resnet34-option-a")]
    public void A_plain_network_costs_what_its_residual_twin_with_option_a_costs(string plain, string residual)
    {
        NetworkDefinition plainTwin = NetworkCatalog.Define(plain);
        NetworkDefinition residualTwin = NetworkCatalog.Define(residual);

        Assert.Equal(residualTwin.ParameterCount, plainTwin.ParameterCount);
        Assert.Equal(residualTwin.MultiplyAdds, plainTwin.MultiplyAdds);
        Assert.Equal(residualTwin.State, plainTwin.State);
        Assert.DoesNotContain(plainTwin.Nodes, node => node.Layer is Add);
        Assert.Contains(residualTwin.Nodes, node => node.Layer is Add);
    }

    // Names carry the depth that the papers count.
    [Theory]
    [InlineData("resnet20", 20)]
    [InlineData("resnet20-option-c", 20)]
    [InlineData("plain56", 56)]
    [InlineData("resnet1202", 1202)]
    [InlineData("resnet18", 18)]
    [InlineData("resnet34-option-c", 34)]
    [InlineData("resnet50", 50)]
    [InlineData("resnet101-v1", 101)]
    [InlineData("resnet152", 152)]
    [InlineData("cifar-resnet50", 50)]
    [InlineData("resnet110-exclusive-gating", 110)]
    [InlineData("resnet164-v2", 164)]
    [InlineData("resnet1001-v2", 1001)]
    [InlineData("resnet200-v2", 200)]
    [InlineData("resnext50-32x4d", 50)]
    [InlineData("resnext29-8x64d", 29)]
    [InlineData("wide-resnet101-2", 101)]
    [InlineData("se-resnet50", 50)]
    [InlineData("se-resnet110-v2", 110)]
    [InlineData("textbook-resnet18", 18)]
    public void Depth_is_the_number_in_the_name(string name, int expected) =>
        Assert.Equal(expected, NetworkCatalog.Define(name).Depth);

    [Fact]
    public void The_table_in_the_documentation_holds_these_counts()
    {
        string page = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "networks.md"));
        Match[] rows = CountRow().Matches(page).ToArray();

        Assert.Equal(NetworkCatalog.Names, rows.Select(row => row.Groups["name"].Value));
        foreach (Match row in rows)
        {
            NetworkDefinition network = NetworkCatalog.Define(row.Groups["name"].Value);
            string expected = string.Create(CultureInfo.InvariantCulture, $"{network.ParameterCount:N0} | {network.MultiplyAdds / 1e9:0.000}");
            Assert.Equal($"{network.Name} {expected}", $"{network.Name} {row.Groups["counts"].Value}");
        }
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z0-9.-]+)` \| (?<counts>[0-9,]+ \| [0-9.]+) \|", RegexOptions.Multiline)]
    private static partial Regex CountRow();
}
