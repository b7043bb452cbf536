using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.OneDnn;

/// <summary>A part of ∂loss/∂value: the array, and how many values it is a part of.</summary>
internal sealed class GradientPart(PlanArray array)
{
    /// <summary>Where it is.</summary>
    internal PlanArray Array { get; } = array;

    /// <summary>How many values still need it; with one, the pass that reads it may overwrite it.</summary>
    internal int Owners { get; set; } = 1;
}

/// <summary>
/// Knows, while the backward half of a plan is built from the last operation to the first, which arrays hold each value's gradient.
/// </summary>
/// <remarks>
/// A value with several readers has several parts. Two are left unsummed as long as possible: batch norm's backward pass adds them
/// on the way, which saves a pass over memory.
/// </remarks>
internal sealed unsafe class GradientBook
{
    private readonly PlanBuilder _builder;
    private readonly bool[] _isNeeded;
    private readonly List<GradientPart>[] _parts;

    /// <summary>Finds out which values need a gradient: those that depend on a learned parameter, and where asked for the inputs.</summary>
    /// <param name="builder">The plan's.</param>
    /// <param name="needsInputs">Whether ∂loss/∂input is asked for.</param>
    internal GradientBook(PlanBuilder builder, bool needsInputs)
    {
        _builder = builder;
        OperationList operations = builder.Operations;
        _isNeeded = new bool[operations.Values.Count];
        _parts = [.. operations.Values.Select(_ => new List<GradientPart>())];
        foreach (int input in operations.Inputs)
        {
            _isNeeded[input] = needsInputs;
        }

        foreach (Operation operation in operations.Operations)
        {
            _isNeeded[operation.Output] = operation.LearnsParameters || operation.Inputs.Any(input => _isNeeded[input]);
        }
    }

    /// <summary>What the backward half of a step does.</summary>
    internal WorkList Works { get; } = new();

    /// <summary>Whether anything depends on a value's gradient.</summary>
    /// <param name="value">Index of the value.</param>
    internal bool IsNeeded(int value) => _isNeeded[value];

    /// <summary>Whether the loss depends on a value.</summary>
    /// <param name="value">Index of the value.</param>
    internal bool Has(int value) => _parts[value].Count > 0;

    /// <summary>A new array for a gradient of a value.</summary>
    /// <param name="value">Index of the value.</param>
    internal GradientPart New(int value)
    {
        Tensors.Shape shape = _builder.ShapeOf(value);
        return new GradientPart(_builder.NewArray(shape, _builder.Pool.Rent(_builder.ByteCountOf(shape))));
    }

    /// <summary>An array as the memory of another value's gradient of the same shape, where the work before it is its last reader.</summary>
    internal static GradientPart Reuse(GradientPart part) => new(part.Array);

    /// <summary>Adds a part to a value's gradient; a third is summed up at once. Parts of values that need none are let go.</summary>
    /// <param name="value">Index of the value.</param>
    /// <param name="part">The part.</param>
    internal void Give(int value, GradientPart part)
    {
        if (!_isNeeded[value])
        {
            Release(part);
            return;
        }

        _parts[value].Add(part);
        if (_parts[value].Count > 2)
        {
            _parts[value] = [Sum(value, _parts[value][0], _parts[value][1]), _parts[value][2]];
        }
    }

    /// <summary>The whole gradient of a value in one array; the caller releases it.</summary>
    /// <param name="value">Index of the value; it has a gradient.</param>
    internal GradientPart Take(int value)
    {
        (GradientPart first, GradientPart? second) = TakeParts(value);
        return second is null ? first : Sum(value, first, second);
    }

    /// <summary>The gradient of a value in one or two parts; the caller releases them.</summary>
    /// <param name="value">Index of the value; it has a gradient.</param>
    internal (GradientPart First, GradientPart? Second) TakeParts(int value)
    {
        List<GradientPart> parts = _parts[value];
        _parts[value] = [];
        return (parts[0], parts.Count > 1 ? parts[1] : null);
    }

    /// <summary>Says that the work added so far was the last for one of the part's owners.</summary>
    /// <param name="part">The part.</param>
    internal void Release(GradientPart part)
    {
        if (--part.Owners == 0)
        {
            _builder.Pool.Return(part.Array.Buffer);
        }
    }

    private GradientPart Sum(int value, GradientPart first, GradientPart second)
    {
        // In place where nobody else reads one of the two.
        GradientPart result = first.Owners == 1 ? first : second.Owners == 1 ? second : New(value);
        float* left = first.Array.Address;
        float* right = second.Array.Address;
        float* sum = result.Array.Address;
        long count = result.Array.ElementCount;
        OpenMpRunner runner = _builder.Runner;
        Works.Add("add gradients", () => ElementwisePasses.Add(runner, left, right, sum, count, hasRelu: false));
        if (!ReferenceEquals(result, first))
        {
            Release(first);
        }

        if (!ReferenceEquals(result, second))
        {
            Release(second);
        }

        return result;
    }
}
