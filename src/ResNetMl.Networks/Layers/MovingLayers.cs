using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Two or more values one after another along an axis, their other lengths being equal. ONNX Concat.</summary>
/// <param name="Axis">The axis, ≥ 1.</param>
public sealed record Concat(int Axis) : PrimitiveLayer
{
    /// <summary>The axis, ≥ 1; 1 is the channels.</summary>
    public int Axis { get; } = Networks.Axis.RequireInner(Axis);

    /// <inheritdoc/>
    public override string DefaultName => "concat";

    /// <inheritdoc/>
    public override int InputCount => -1;

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Networks.Axis.Require(nodeName, Axis, inputs[0]);
        foreach (Shape input in inputs)
        {
            if (input.Rank != inputs[0].Rank || input.With(Axis, 0) != inputs[0].With(Axis, 0))
            {
                throw new ShapeMismatchException(
                    $"{nodeName}: expected inputs that differ along axis {Axis} alone, got {string.Join(" and ", inputs)}.");
            }
        }

        return inputs[0].With(Axis, Networks.Axis.Length(nodeName, inputs.Sum(input => (long)input[Axis])));
    }
}

/// <summary>Some elements along an axis: the indices Start, Start + Step, … ONNX Slice, of one axis.</summary>
/// <param name="Axis">The axis, ≥ 1.</param>
/// <param name="Start">Index of the first, ≥ 0.</param>
/// <param name="Length">How many, ≥ 1.</param>
/// <param name="Step">From one to the next; negative goes backwards, 0 is none.</param>
public sealed record Slice(int Axis, int Start, int Length, int Step = 1) : PrimitiveLayer
{
    /// <summary>The axis, ≥ 1.</summary>
    public int Axis { get; } = Networks.Axis.RequireInner(Axis);

    /// <summary>Index of the first.</summary>
    public int Start { get; } = Require.AtLeast(0, Start);

    /// <summary>How many.</summary>
    public int Length { get; } = Require.AtLeast(1, Length);

    /// <summary>From one index to the next.</summary>
    public int Step { get; } = Step != 0 ? Step : throw new ArgumentOutOfRangeException(nameof(Step), "Step must not be 0.");

    /// <inheritdoc/>
    public override string DefaultName => "slice";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        Networks.Axis.Require(nodeName, Axis, input);
        long last = Start + ((Length - 1L) * Step);
        return Start < input[Axis] && last >= 0 && last < input[Axis]
            ? input.With(Axis, Length)
            : throw new ShapeMismatchException(
                $"{nodeName}: expected an input that has the indices {Start} to {last} along axis {Axis}, got {input}.");
    }
}

/// <summary>What <see cref="Pad"/> adds.</summary>
public enum PadMode
{
    /// <summary>One number.</summary>
    Constant = 0,

    /// <summary>The elements mirrored at the border, which is not repeated: c b | a b c | b a.</summary>
    Reflect = 1,

    /// <summary>The element at the border.</summary>
    Edge = 2,
}

/// <summary>Adds elements before and after those of an axis. ONNX Pad, of one axis.</summary>
/// <param name="Axis">The axis, ≥ 1.</param>
/// <param name="Before">How many before, ≥ 0.</param>
/// <param name="After">How many after, ≥ 0.</param>
/// <param name="Mode">What is added; <see cref="PadMode.Reflect"/> at most as many as there are, less 1.</param>
/// <param name="Value">The number that <see cref="PadMode.Constant"/> adds, finite.</param>
public sealed record Pad(int Axis, int Before, int After, PadMode Mode = PadMode.Constant, float Value = 0) : PrimitiveLayer
{
    /// <summary>The axis, ≥ 1.</summary>
    public int Axis { get; } = Networks.Axis.RequireInner(Axis);

    /// <summary>How many before.</summary>
    public int Before { get; } = Require.AtLeast(0, Before);

    /// <summary>How many after.</summary>
    public int After { get; } = Require.AtLeast(0, After);

    /// <summary>The number that <see cref="PadMode.Constant"/> adds.</summary>
    public float Value { get; } = Require.Within(float.MinValue, float.MaxValue, Value);

    /// <inheritdoc/>
    public override string DefaultName => "pad";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        Networks.Axis.Require(nodeName, Axis, input);
        if (Mode == PadMode.Reflect && Math.Max(Before, After) >= input[Axis])
        {
            throw new ShapeMismatchException(
                $"{nodeName}: expected an input of more than {Math.Max(Before, After)} elements along axis {Axis} to mirror, got {input}.");
        }

        return input.With(Axis, Networks.Axis.Length(nodeName, (long)Before + input[Axis] + After));
    }
}

/// <summary>The same elements in the same (row-major) order with other axes: [N, …] → [N, ElementShape…]. ONNX Reshape.</summary>
/// <param name="ElementShape">The shape for one image; as many elements as the input has for one.</param>
public sealed record Reshape(Shape ElementShape) : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "reshape";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        return input.Rank >= 1 && (Int128)input.ElementCount == Product(ElementShape) * input[0]
            ? ElementShape.Prepend(input[0])
            : throw Mismatch(nodeName, $"of as many elements as {ElementShape} for each image", input, "The batch axis comes first and stays.");
    }

    private static Int128 Product(Shape shape)
    {
        Int128 product = 1;
        foreach (int length in shape)
        {
            product = Int128.Min(product * length, long.MaxValue);
        }

        return product;
    }
}

/// <summary>The axes in another order: output axis i is input axis Order[i]. ONNX Transpose.</summary>
/// <param name="Order">Each axis once; the batch, 0, first.</param>
public sealed record Transpose(Shape Order) : PrimitiveLayer
{
    /// <summary>Each axis once; the batch first.</summary>
    public Shape Order { get; } = Order.Rank > 0 && Order[0] == 0 && Order.Order().SequenceEqual(Enumerable.Range(0, Order.Rank))
        ? Order
        : throw new ArgumentException($"order ({Order}) must name each axis once, the batch (0) first.", nameof(Order));

    /// <inheritdoc/>
    public override string DefaultName => "transpose";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0].Rank == Order.Rank
        ? new Shape([.. Order.Select(axis => inputs[0][axis])])
        : throw Mismatch(nodeName, $"of rank {Order.Rank}", inputs[0], "The order names each axis.");
}
