using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>What <see cref="Arithmetic"/> computes from two elements.</summary>
public enum ArithmeticKind
{
    /// <summary>a + b. ONNX Add.</summary>
    Add = 0,

    /// <summary>a − b. ONNX Sub.</summary>
    Subtract = 1,

    /// <summary>a·b. ONNX Mul.</summary>
    Multiply = 2,

    /// <summary>a/b. ONNX Div.</summary>
    Divide = 3,

    /// <summary>The larger of both. ONNX Max.</summary>
    Maximum = 4,

    /// <summary>The smaller of both. ONNX Min.</summary>
    Minimum = 5,

    /// <summary>a to the power of b. ONNX Pow.</summary>
    Power = 6,
}

/// <summary>
/// An element-wise function of two values. Their ranks are equal, and along each axis but the batch their lengths are equal or one of them
/// is 1 and repeats (NumPy's broadcasting): gates [N, C, 1, 1] times feature maps [N, C, H, W].
/// </summary>
/// <param name="Kind">Which function.</param>
public sealed record Arithmetic(ArithmeticKind Kind) : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => Kind.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        (Shape left, Shape right) = (inputs[0], inputs[1]);
        bool fits = left.Rank == right.Rank;
        int[] lengths = new int[left.Rank];
        for (int axis = 0; fits && axis < lengths.Length; axis++)
        {
            lengths[axis] = left[axis] == 1 && axis > 0 ? right[axis] : left[axis];
            fits = left[axis] == right[axis] || (axis > 0 && (left[axis] == 1 || right[axis] == 1));
        }

        return fits
            ? new Shape(lengths)
            : throw new ShapeMismatchException(
                $"{nodeName}: expected two inputs whose lengths are equal or 1 along each axis, got {left} and {right}. Reshape one of them.");
    }
}

/// <summary>Numbers that are the same for every image: no input, output [N, Shape…].</summary>
/// <param name="Shape">The shape for one image.</param>
/// <param name="IsTrained">Whether the optimiser changes them.</param>
public sealed record Constant(Shape Shape, bool IsTrained = false) : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "constant";

    /// <inheritdoc/>
    public override int InputCount => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [new("value", Shape, IsTrained ? StateKind.Parameter : StateKind.Buffer, Initialization.Zeros)];

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => Shape.Prepend(1);
}

/// <summary>The matrix product of two values: [N, …, m, k] and [N, …, k, n] → [N, …, m, n], the axes before the last two being equal. ONNX MatMul.</summary>
public sealed record MatMul : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "matmul";

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        (Shape left, Shape right) = (inputs[0], inputs[1]);
        return left.Rank == right.Rank && left.Rank >= 3 && left[^1] == right[^2] && left.AsSpan()[..^2].SequenceEqual(right.AsSpan()[..^2])
            ? left.With(left.Rank - 1, right[^1])
            : throw new ShapeMismatchException(
                $"{nodeName}: expected matrices [N, …, m, k] and [N, …, k, n], got {left} and {right}. Transpose or reshape one of them.");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(IReadOnlyList<Shape> inputs, Shape output) => output.ElementCount * inputs[0][^1];
}

/// <summary>What <see cref="Reduce"/> makes of the elements along its axes.</summary>
public enum ReductionKind
{
    /// <summary>Their mean. ONNX ReduceMean.</summary>
    Mean = 0,

    /// <summary>Their sum. ONNX ReduceSum.</summary>
    Sum = 1,

    /// <summary>The largest. ONNX ReduceMax, GlobalMaxPool.</summary>
    Max = 2,

    /// <summary>The smallest. ONNX ReduceMin.</summary>
    Min = 3,
}

/// <summary>One number for all elements along some axes, never the batch.</summary>
/// <param name="Kind">Which number.</param>
/// <param name="Axes">The axes, ascending, each ≥ 1.</param>
/// <param name="KeepsAxes">Whether the axes stay with length 1, or go.</param>
public sealed record Reduce(ReductionKind Kind, Shape Axes, bool KeepsAxes) : PrimitiveLayer
{
    /// <summary>The axes, ascending, each ≥ 1.</summary>
    public Shape Axes { get; } = Axis.RequireAscending(Axes);

    /// <inheritdoc/>
    public override string DefaultName => $"reduce{Kind.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        Axis.Require(nodeName, Axes[^1], input);
        int[] axes = [.. Axes];
        return new Shape([.. Enumerable.Range(0, input.Rank)
            .Where(axis => KeepsAxes || !axes.Contains(axis))
            .Select(axis => axes.Contains(axis) ? 1 : input[axis])]);
    }
}
