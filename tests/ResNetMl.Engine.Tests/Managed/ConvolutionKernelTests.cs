using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.Managed;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Managed;

/// <summary>Witness of all: <see cref="ScalarConvolution"/>, the definition in double, itself held to PyTorch by the contract suite.</summary>
public sealed unsafe class ConvolutionKernelTests
{
    // fp32 sums of up to 9·80 products in another order than the witness: 1e-5 of the largest is 80 roundings.
    private const double Tolerance = 1e-5;
    private const int Images = 3;

    private static readonly (string Name, Conv2d Layer, int Height, int Width)[] Cases =
    [
        ("3x3", new Conv2d(16, 16, 3, padding: 1), 8, 32),
        ("3x3 wide rows", new Conv2d(16, 32, 3, padding: 1), 5, 61),
        ("3x3 of three channels", new Conv2d(3, 16, 3, padding: 1), 9, 30),
        ("3x3 of one channel to odd", new Conv2d(1, 5, 3, padding: 1), 7, 6),
        ("3x3 stride 2", new Conv2d(16, 32, 3, stride: 2, padding: 1), 8, 8),
        ("3x3 stride 2 of odd sizes", new Conv2d(24, 40, 3, stride: 2, padding: 1), 9, 7),
        ("1x1", new Conv2d(40, 56, 1), 6, 29),
        ("1x1 stride 2", new Conv2d(32, 64, 1, stride: 2), 9, 8),
        ("1x1 padded", new Conv2d(16, 16, 1, padding: 1), 4, 4),
        ("7x7 stride 2", new Conv2d(3, 64, 7, stride: 2, padding: 3), 30, 31),
        ("stride greater than kernel", new Conv2d(16, 16, 2, stride: 5), 16, 17),
        ("different strides", new Conv2d(8, 16, 3, stride: new Size2d(1, 3), padding: new Padding2d(0, 1, 2, 3)), 7, 14),
        ("2x3 uneven padding", new Conv2d(20, 17, new Size2d(2, 3), padding: new Padding2d(1, 0, 0, 2)), 6, 9),
        ("padding larger than kernel", new Conv2d(4, 4, 2, padding: 3), 5, 5),
        ("dilated", new Conv2d(16, 24, 3, padding: 2, dilation: 2), 9, 10),
        ("dilated with stride", new Conv2d(16, 16, 3, stride: 2, padding: 3, dilation: 3), 11, 12),
        ("dilated with stride in common", new Conv2d(16, 16, 3, stride: 4, padding: 2, dilation: 2), 13, 14),
        ("groups of whole blocks", new Conv2d(64, 64, 3, padding: 1, groups: 2), 5, 8),
        ("groups of parts of blocks", new Conv2d(32, 64, 3, padding: 1, groups: 8), 6, 7),
        ("groups across blocks", new Conv2d(36, 24, 3, stride: 2, padding: 1, groups: 3), 6, 7),
        ("depthwise", new Conv2d(40, 40, 3, padding: 1, groups: 40), 8, 9),
        ("depthwise stride 2", new Conv2d(32, 32, 3, stride: 2, padding: 1, groups: 32), 9, 9),
        ("depthwise with multiplier", new Conv2d(12, 24, 3, padding: 1, groups: 12), 6, 6),
    ];

    public static TheoryData<string, int> CasesAndLevels
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach ((string name, _, _, _) in Cases)
            {
                foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
                {
                    data.Add(name, (int)level);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(CasesAndLevels))]
    public void Forward_matches_the_definition(string name, int level)
    {
        (_, Conv2d layer, int height, int width) = Cases.Single(c => c.Name == name);
        using var team = new ThreadTeam(2);
        using var workspace = new Workspace();
        Tensor x = ManagedFixture.Random([Images, layer.InChannels, height, width], seed: 1);
        Tensor w = ManagedFixture.Random(layer.Parameters[0].Shape, seed: 2);
        (int outHeight, int outWidth) = ScalarConvolution.OutputSize(layer, height, width);
        var inputMap = new ImageLayout(Images, layer.InChannels, height, width, ManagedLayout.Lanes);
        var outputMap = new ImageLayout(Images, layer.OutChannels, outHeight, outWidth, ManagedLayout.Lanes);
        using AlignedBuffer input = ManagedFixture.Enter(team, inputMap, x);
        using AlignedBuffer output = AlignedBuffer.OfFloats(outputMap.ElementCount);
        ConvolutionGeometry geometry = ConvolutionGeometry.Forward(layer, height, width);

        RunAll([geometry], (SimdLevel)level, team, workspace, w, input, output);

        double[] expected = ScalarConvolution.Forward(layer, Images, height, width, x.Span, w.Span);
        ManagedFixture.AssertClose(expected, ManagedFixture.Leave(team, outputMap, output), Tolerance);
    }

    [Theory, MemberData(nameof(CasesAndLevels))]
    public void Backward_data_matches_the_definition(string name, int level)
    {
        (_, Conv2d layer, int height, int width) = Cases.Single(c => c.Name == name);
        using var team = new ThreadTeam(2);
        using var workspace = new Workspace();
        (int outHeight, int outWidth) = ScalarConvolution.OutputSize(layer, height, width);
        Tensor dy = ManagedFixture.Random([Images, layer.OutChannels, outHeight, outWidth], seed: 3);
        Tensor w = ManagedFixture.Random(layer.Parameters[0].Shape, seed: 4);
        var inputMap = new ImageLayout(Images, layer.InChannels, height, width, ManagedLayout.Lanes);
        var outputMap = new ImageLayout(Images, layer.OutChannels, outHeight, outWidth, ManagedLayout.Lanes);
        using AlignedBuffer outputGradient = ManagedFixture.Enter(team, outputMap, dy);
        using AlignedBuffer inputGradient = AlignedBuffer.OfFloats(inputMap.ElementCount);
        ConvolutionGeometry geometry = ConvolutionGeometry.Forward(layer, height, width);

        RunAll(geometry.BackwardData(), (SimdLevel)level, team, workspace, w, outputGradient, inputGradient);

        double[] expected = ScalarConvolution.BackwardData(layer, Images, height, width, dy.Span, w.Span);
        ManagedFixture.AssertClose(expected, ManagedFixture.Leave(team, inputMap, inputGradient), Tolerance);
    }

    [Theory, MemberData(nameof(CasesAndLevels))]
    public void Backward_weights_matches_the_definition(string name, int level)
    {
        (_, Conv2d layer, int height, int width) = Cases.Single(c => c.Name == name);
        using var team = new ThreadTeam(2);
        using var workspace = new Workspace();
        (int outHeight, int outWidth) = ScalarConvolution.OutputSize(layer, height, width);
        Tensor x = ManagedFixture.Random([Images, layer.InChannels, height, width], seed: 5);
        Tensor dy = ManagedFixture.Random([Images, layer.OutChannels, outHeight, outWidth], seed: 6);
        using AlignedBuffer input = ManagedFixture.Enter(team, new ImageLayout(Images, layer.InChannels, height, width, ManagedLayout.Lanes), x);
        using AlignedBuffer outputGradient = ManagedFixture.Enter(
            team, new ImageLayout(Images, layer.OutChannels, outHeight, outWidth, ManagedLayout.Lanes), dy);
        var dw = new Tensor(layer.Parameters[0].Shape);
        ConvolutionGeometry geometry = ConvolutionGeometry.Forward(layer, height, width);
        var pass = WeightGradientPass.Create(geometry, Images, (SimdLevel)level, team.ThreadCount, workspace);
        pass.Source = input.Floats;
        pass.OutputGradient = outputGradient.Floats;
        pass.WeightGradient = (float*)dw.Address;
        workspace.Allocate();

        pass.RunWhole(team);

        double[] expected = ScalarConvolution.BackwardWeights(layer, Images, height, width, x.Span, dy.Span);
        ManagedFixture.AssertClose(expected, dw.Span, Tolerance);
    }

    private static void RunAll(
        IEnumerable<ConvolutionGeometry> parts,
        SimdLevel level,
        ThreadTeam team,
        Workspace workspace,
        Tensor weights,
        AlignedBuffer source,
        AlignedBuffer destination)
    {
        // What was in the destination must not matter.
        new Span<float>(destination.Floats, (int)(destination.ByteCount / sizeof(float))).Fill(float.NaN);
        var passes = parts.Select(part => ConvolutionPass.Create(part, Images, level, team.ThreadCount, workspace)).ToList();
        workspace.Allocate();
        foreach (ConvolutionPass pass in passes)
        {
            using AlignedBuffer packed = AlignedBuffer.OfFloats(pass.Weights.Length);
            new PackWeightsPass(pass.Weights) { Weights = (float*)weights.Address, Packed = packed.Floats }.Run(team);
            pass.PackedWeights = packed.Floats;
            pass.Source = source.Floats;
            pass.Destination = destination.Floats;
            pass.Run(team);
            pass.Dispose();
        }
    }
}
