using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Definitions survive being written and read.</summary>
public sealed class NetworkJsonTests
{
    public static TheoryData<string> CatalogueNames => [.. NetworkCatalog.Names, "cifar-resnet50-option-c", "resnet6002"];

    [Theory, MemberData(nameof(CatalogueNames))]
    public void A_catalogue_network_is_read_as_it_was_written(string name)
    {
        NetworkDefinition written = NetworkCatalog.Define(name);
        string json = NetworkJson.Write(written);

        NetworkDefinition read = NetworkJson.Read(json);

        Assert.Equal(written.Name, read.Name);
        Assert.Equal(written.Inputs, read.Inputs);
        Assert.Equal(written.Outputs, read.Outputs);
        Assert.Equal(written.Nodes.Select(n => (n.Name, n.Layer)), read.Nodes.Select(n => (n.Name, n.Layer)));
        Assert.Equal(written.Nodes.SelectMany(n => n.Inputs), read.Nodes.SelectMany(n => n.Inputs));
        Assert.Equal(json, NetworkJson.Write(read));
    }
}
