using static ResNetMl.Networks.Layers;

namespace ResNetMl.Networks;

/// <summary>Makes a block.</summary>
/// <param name="inChannels">Channels of its input.</param>
/// <param name="outChannels">Channels of its output.</param>
/// <param name="stride">Its stride; 1 keeps the resolution.</param>
public delegate Layer BlockFunction(int inChannels, int outChannels, int stride);

/// <summary>The parts around the blocks: stem, stages, classifier.</summary>
public static class Stages
{
    /// <summary>One 3×3 convolution, batch norm, ReLU: He et al. 2015, section 4.2. [N, inChannels, H, W] → [N, outChannels, H, W].</summary>
    /// <param name="inChannels">Channels of the images, ≥ 1.</param>
    /// <param name="outChannels">Channels of stage 1, ≥ 1.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer CifarStem(int inChannels, int outChannels, ActivationKind activation = ActivationKind.Relu) => Sequence(
        Conv3x3(inChannels, outChannels).Named("conv1"), BatchNorm(outChannels).Named("bn1"), Activate(activation));

    /// <summary>
    /// 7×7 convolution with stride 2, batch norm, ReLU, 3×3 max pool with stride 2: He et al. 2015, table 1.
    /// [N, inChannels, H, W] → [N, outChannels, ⌈H/4⌉, ⌈W/4⌉].
    /// </summary>
    /// <param name="inChannels">Channels of the images, ≥ 1.</param>
    /// <param name="outChannels">Channels of stage 1, ≥ 1.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer ImageNetStem(int inChannels, int outChannels, ActivationKind activation = ActivationKind.Relu) => Sequence(
        Conv7x7(inChannels, outChannels, stride: 2).Named("conv1"), BatchNorm(outChannels).Named("bn1"), Activate(activation),
        MaxPool(kernelSize: 3, stride: 2, padding: 1));

    /// <summary>
    /// Three 3×3 convolutions in the place of the 7×7: He et al. 2019 ("Bag of tricks", https://arxiv.org/abs/1812.01187), figure 2(b),
    /// ResNet-C. [N, inChannels, H, W] → [N, 2·width, ⌈H/4⌉, ⌈W/4⌉].
    /// </summary>
    /// <remarks>The numbers in the names count the layers between, as PyTorch's sequences do: <c>conv1.0</c>, <c>conv1.1</c>, <c>conv1.3</c>, …</remarks>
    /// <param name="inChannels">Channels of the images, ≥ 1.</param>
    /// <param name="width">Channels of the first two convolutions, ≥ 1; the third has twice as many.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer DeepStem(int inChannels, int width, ActivationKind activation = ActivationKind.Relu) => Sequence(
        Sequence(
            Conv3x3(inChannels, width, stride: 2).Named("0"), BatchNorm(width).Named("1"), Activate(activation),
            Conv3x3(width, width).Named("3"), BatchNorm(width).Named("4"), Activate(activation),
            Conv3x3(width, 2 * width).Named("6")).Named("conv1"),
        BatchNorm(2 * width).Named("bn1"), Activate(activation),
        MaxPool(kernelSize: 3, stride: 2, padding: 1));

    /// <summary>
    /// Blocks at one resolution: the first changes channels and resolution, the others keep them.
    /// [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].
    /// </summary>
    /// <param name="number">1 for the first stage; blocks are named <c>layer1.0</c>, <c>layer1.1</c>, … as in torchvision's weights.</param>
    /// <param name="blockCount">How many blocks, ≥ 1.</param>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Stride of the first block, ≥ 1.</param>
    /// <param name="block">Makes each block.</param>
    public static Layer Stage(int number, int blockCount, int inChannels, int outChannels, int stride, BlockFunction block)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockCount);
        Layer first = block(inChannels, outChannels, stride);
        IEnumerable<Layer> others = Enumerable.Range(1, blockCount - 1).Select(_ => block(outChannels, outChannels, 1));
        return Sequence(others.Prepend(first).Select((made, index) => made.Named($"{index}"))).Named($"layer{number}");
    }

    /// <summary>Global average pool and a linear layer: [N, inChannels, H, W] → [N, classes], the logits.</summary>
    /// <param name="inChannels">Channels of the last stage, ≥ 1.</param>
    /// <param name="classes">How many labels, ≥ 1.</param>
    /// <param name="name">Name of the linear layer: <c>fc</c> in torchvision's weights.</param>
    public static Layer Classifier(int inChannels, int classes, string name) =>
        Sequence(GlobalAveragePool(), Flatten(), Linear(inChannels, classes).Named(name));
}
