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
    public static Layer CifarStem(int inChannels, int outChannels) => Sequence(
        Conv3x3(inChannels, outChannels).Named("conv1"), BatchNorm(outChannels).Named("bn1"), Relu());

    /// <summary>
    /// 7×7 convolution with stride 2, batch norm, ReLU, 3×3 max pool with stride 2: He et al. 2015, table 1.
    /// [N, inChannels, H, W] → [N, outChannels, ⌈H/4⌉, ⌈W/4⌉].
    /// </summary>
    /// <param name="inChannels">Channels of the images, ≥ 1.</param>
    /// <param name="outChannels">Channels of stage 1, ≥ 1.</param>
    public static Layer ImageNetStem(int inChannels, int outChannels) => Sequence(
        Conv7x7(inChannels, outChannels, stride: 2).Named("conv1"), BatchNorm(outChannels).Named("bn1"), Relu(),
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
