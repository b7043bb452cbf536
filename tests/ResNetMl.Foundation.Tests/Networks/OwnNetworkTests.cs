using ResNetMl.Networks;
using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Shortcuts;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>A network that someone outside the library writes.</summary>
public sealed class OwnNetworkTests
{
    // Arithmetic: stem 1·24·9 + 48; stage 1 has 2 blocks of 2·(24·24·9 + 48); stage 2 has 24·48·9 + 48·48·9 + 192, the projection
    // 24·48 + 96, then 2·(48·48·9 + 96); classifier 48·5 + 5.
    [Fact]
    public void A_network_of_ones_own_is_made_of_the_same_parts()
    {
        NetworkDefinition definition = Define();

        Assert.Equal(264 + 20_928 + 31_296 + 1_248 + 41_664 + 245, definition.ParameterCount);
        Assert.Equal(10, definition.Depth);
        Assert.Equal([1, 48, 14, 14], definition.ShapeOf("layer2.1.add"));
        Assert.Contains(definition.State, parameter => parameter.Name == "layer2.0.shortcut.0.weight");
        Assert.Equal(definition.State, NetworkJson.Read(NetworkJson.Write(definition)).State);
    }

    private static NetworkDefinition Define()
    {
        #region snippet: own-network
        static Layer Block(int inChannels, int outChannels, int stride) => Residual(
            BasicBranch(inChannels, outChannels, stride),
            Shortcut(ShortcutOption.ProjectionWhereShapeChanges, inChannels, outChannels, stride, "shortcut"));

        Layer network = Sequence(
            CifarStem(inChannels: 1, 24),
            Stage(1, blockCount: 2, 24, 24, stride: 1, Block),
            Stage(2, blockCount: 2, 24, 48, stride: 2, Block),
            Dropout(0.2f),
            Classifier(48, classes: 5, "linear"));

        NetworkDefinition definition = NetworkDefinition.FromLayer("own10", [1, 28, 28], network);
        #endregion

        return definition;
    }
}
