using ResNetMl.Engine.General;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.General;

/// <summary>Which layers run on blocks of channels as they lie: those that image classifiers spend time on, and no layer that would be wrong there.</summary>
public sealed class BlockedLayerTests
{
    private const int Lanes = 16;

    [Fact]
    public void Element_wise_functions_and_gates_run_on_blocks_whatever_the_channels()
    {
        Assert.NotNull(Find(new Activation(ActivationKind.Silu), [2, 21, 5, 4]));
        Assert.NotNull(Find(new Arithmetic(ArithmeticKind.Multiply), [2, 21, 1, 1], [2, 21, 5, 4]));
        Assert.NotNull(Find(new Arithmetic(ArithmeticKind.Add), [2, 21, 5, 1], [2, 21, 1, 4]));
        Assert.NotNull(Find(new StochasticDepth(0.5f), [2, 21, 5, 4]));
    }

    [Fact]
    public void Arithmetic_that_repeats_a_channel_does_not()
    {
        Assert.Null(Find(new Arithmetic(ArithmeticKind.Multiply), [2, 1, 5, 4], [2, 21, 5, 4]));
    }

    [Fact]
    public void Channels_are_joined_as_blocks_where_every_input_but_the_last_fills_its_blocks()
    {
        Assert.NotNull(Find(new Concat(1), [2, 32, 5, 4], [2, 16, 5, 4], [2, 5, 5, 4]));
        Assert.Null(Find(new Concat(1), [2, 5, 5, 4], [2, 32, 5, 4]));
        Assert.NotNull(Find(new Concat(2), [2, 5, 5, 4], [2, 5, 3, 4]));
    }

    [Fact]
    public void Channels_are_cut_as_blocks_where_the_cut_lies_between_blocks()
    {
        Assert.Equal(new Slice(1, 1, 2), Find(new Slice(1, 16, 32), [2, 64, 5, 4]));
        Assert.Equal(new Slice(1, 2, 1), Find(new Slice(1, 32, 5), [2, 37, 5, 4]));
        Assert.Null(Find(new Slice(1, 0, 20), [2, 37, 5, 4]));
        Assert.Null(Find(new Slice(1, 8, 16), [2, 37, 5, 4]));
        Assert.Null(Find(new Slice(1, 36, 37, -1), [2, 37, 5, 4]));
    }

    [Fact]
    public void Channels_of_zeros_are_added_as_blocks_and_other_numbers_only_beside_whole_blocks()
    {
        Assert.Equal(new Pad(1, 1, 0), Find(new Pad(1, 16, 8), [2, 5, 5, 4]));
        Assert.Equal(new Pad(1, 1, 1), Find(new Pad(1, 16, 12), [2, 5, 5, 4]));
        Assert.Null(Find(new Pad(1, 8, 8), [2, 16, 5, 4]));
        Assert.Null(Find(new Pad(1, 0, 8, PadMode.Constant, 1), [2, 5, 5, 4]));
        Assert.Null(Find(new Pad(1, 16, 0, PadMode.Edge), [2, 16, 5, 4]));
    }

    [Fact]
    public void Rows_and_columns_are_reduced_and_exchanged_on_blocks_and_channels_are_not()
    {
        Assert.NotNull(Find(new Reduce(ReductionKind.Mean, [2, 3], KeepsAxes: true), [2, 5, 5, 4]));
        Assert.Null(Find(new Reduce(ReductionKind.Mean, [1, 2], KeepsAxes: true), [2, 5, 5, 4]));
        Assert.Equal(new Transpose([0, 1, 3, 2, 4]), Find(new Transpose([0, 1, 3, 2]), [2, 5, 5, 4]));
        Assert.Null(Find(new Transpose([0, 2, 3, 1]), [2, 5, 5, 4]));
        Assert.Null(Find(new Softmax(1), [2, 5, 5, 4]));
    }

    private static PrimitiveLayer? Find(PrimitiveLayer layer, params Shape[] inputs) =>
        BlockedLayer.Find(layer, inputs, layer.InferShape("layer", inputs), Lanes);
}
