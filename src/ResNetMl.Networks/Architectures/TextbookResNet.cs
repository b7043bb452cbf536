using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// ResNet-18 as the textbook "Dive into Deep Learning" builds it (Zhang et al. 2023, section 8.6.3): convolutions with biases, and a 1×1
/// convolution without batch norm where the shape changes. For 10 classes and grey images of 96×96 unless said.
/// </summary>
public sealed record TextbookResNet : Architecture
{
    /// <summary>Describes the network.</summary>
    public TextbookResNet()
        : base(classes: 10, inputShape: [1, 96, 96])
    {
    }

    /// <summary>The catalogue's name: <c>textbook-resnet18</c>.</summary>
    public override string Name => "textbook-resnet18";

    private protected override Layer Compose() => Sequence(
        new Conv2d(InputShape[0], 64, 7, 2, padding: 3, hasBias: true).Named("conv1"), BatchNorm(64).Named("bn1"), Relu(),
        MaxPool(kernelSize: 3, stride: 2, padding: 1),
        Stage(1, 2, 64, 64, stride: 1, Block),
        Stage(2, 2, 64, 128, stride: 2, Block),
        Stage(3, 2, 128, 256, stride: 2, Block),
        Stage(4, 2, 256, 512, stride: 2, Block),
        Classifier(512, Classes, "fc"));

    private static Layer Block(int inChannels, int outChannels, int stride) =>
        TextbookBlock(inChannels, outChannels, stride, hasConvolution1x1: stride > 1);
}
