using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>How a backend runs a layer by a general pass: on its own arrays as they lie, or on row-major copies of its feature maps.</summary>
/// <param name="Pass">Computes the layer.</param>
/// <param name="IsOnBlocks">
/// Whether the pass works on blocked feature maps [N, ⌈C/lanes⌉, H, W, lanes]; else those of rank 4 are brought into row-major order first.
/// </param>
internal sealed record GeneralForm(GeneralPass Pass, bool IsOnBlocks)
{
    /// <summary>Chooses how a layer runs.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="inputs">Shapes of its inputs at the plan's batch size.</param>
    /// <param name="output">Shape of its output.</param>
    /// <param name="lanes">Channels of a block of the backend's feature maps.</param>
    /// <param name="salt">Differs between the operations of a network.</param>
    /// <param name="isTraining">Whether layers that do so draw random numbers.</param>
    internal static GeneralForm Choose(
        PrimitiveLayer layer, IReadOnlyList<Shape> inputs, Shape output, int lanes, int salt, bool isTraining)
    {
        bool isBlocked = inputs.Count > 0 && output.Rank == 4 && inputs.All(input => input.Rank == 4);
        if (isBlocked && BlockedLayer.Find(layer, inputs, output, lanes) is { } onBlocks)
        {
            return new GeneralForm(
                Create(onBlocks, [.. inputs.Select(input => Blocked(input, lanes))], Blocked(output, lanes), salt, isTraining), IsOnBlocks: true);
        }

        return new GeneralForm(Create(layer, inputs, output, salt, isTraining), IsOnBlocks: false);
    }

    /// <summary>Whether a value is brought into row-major order for the pass; others are so already.</summary>
    /// <param name="shape">Its shape.</param>
    internal bool Converts(Shape shape) => shape.Rank == 4 && !IsOnBlocks;

    /// <summary>Feature maps [N, C, H, W] as they lie in memory.</summary>
    private static Shape Blocked(Shape shape, int lanes) => [shape[0], (shape[1] + lanes - 1) / lanes, shape[2], shape[3], lanes];

    private static GeneralPass Create(PrimitiveLayer layer, IReadOnlyList<Shape> inputs, Shape output, int salt, bool isTraining) => layer switch
    {
        Activation activation => new ActivationPass(activation, output.ElementCount),
        Arithmetic arithmetic => new ArithmeticPass(arithmetic.Kind, inputs[0], inputs[1], output),
        Constant => new ConstantPass(output),
        Concat concat => new ConcatPass(concat, inputs),
        Slice slice => IndexPass.Of(slice, inputs[0]),
        Pad pad => IndexPass.Of(pad, inputs[0]),
        Reshape => new ReshapePass(output.ElementCount),
        Transpose transpose => new AxisOrderPass(transpose, inputs[0], output),
        Reduce reduce => new ReducePass(reduce, inputs[0]),
        Softmax softmax => new SoftmaxPass(softmax, output),
        LocalResponseNorm norm => new LocalResponseNormPass(norm, output),
        MatMul => new MatMulPass(inputs[0], inputs[1]),
        Conv3d conv => new Conv3dPass(conv, inputs[0], output),
        StochasticDepth depth => new StochasticDepthPass(depth, output, salt, isTraining),
        _ => throw new NotSupportedException($"The engine has no pass for {layer.GetType().Name}."),
    };
}

/// <summary>Finds the layer that does to the blocks [N, ⌈C/lanes⌉, H, W, lanes] of feature maps what a given one does to [N, C, H, W].</summary>
/// <remarks>Lanes beyond the channels are filling; a pass that does not keep zeros is followed by one that clears them.</remarks>
internal static class BlockedLayer
{
    /// <summary>The layer, or null where none does.</summary>
    internal static PrimitiveLayer? Find(PrimitiveLayer layer, IReadOnlyList<Shape> inputs, Shape output, int lanes) => layer switch
    {
        Activation or StochasticDepth => layer,
        Arithmetic => inputs[0][1] == inputs[1][1] ? layer : null,
        Concat { Axis: > 1 } => layer,
        Concat concat => inputs.SkipLast(1).All(input => input[1] % lanes == 0) ? concat : null,
        Slice { Axis: > 1 } => layer,
        Slice slice => OnBlocks(slice, inputs[0], lanes),
        Pad { Axis: > 1 } => layer,
        Pad pad => OnBlocks(pad, inputs[0], output, lanes),
        Transpose transpose => transpose.Order[1] == 1 ? new Transpose([.. transpose.Order, 4]) : null,
        Reduce { KeepsAxes: true } reduce => reduce.Axes[0] > 1 ? reduce : null,
        Softmax { Axis: > 1 } => layer,
        _ => null,
    };

    /// <summary>Channels that start and end with blocks, or end with the input's.</summary>
    private static Slice? OnBlocks(Slice slice, Shape input, int lanes)
    {
        bool endsWithBlock = slice.Length % lanes == 0 || slice.Start + slice.Length == input[1];
        return slice.Step == 1 && slice.Start % lanes == 0 && endsWithBlock
            ? new Slice(1, slice.Start / lanes, (slice.Length + lanes - 1) / lanes)
            : null;
    }

    /// <summary>Whole blocks before; after, whatever fills up.</summary>
    private static Pad? OnBlocks(Pad pad, Shape input, Shape output, int lanes)
    {
        bool fits = pad.Mode == PadMode.Constant && pad.Before % lanes == 0 && (pad.Value == 0 || input[1] % lanes == 0);
        int blocks = (input[1] + lanes - 1) / lanes;
        int before = pad.Before / lanes;
        return fits ? new Pad(1, before, ((output[1] + lanes - 1) / lanes) - before - blocks, PadMode.Constant, pad.Value) : null;
    }
}
