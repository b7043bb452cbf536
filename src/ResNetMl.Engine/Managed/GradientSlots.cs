using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>Knows, while the backward half of a plan is built from the last operation to the first, where each value's gradient lies.</summary>
internal sealed unsafe class GradientSlots
{
    private readonly WorkBuilder _builder;
    private readonly Slot?[] _gradients;
    private readonly bool[] _isNeeded;

    /// <summary>Finds out which values need a gradient: those that depend on a learned parameter, and where asked for the inputs.</summary>
    internal GradientSlots(WorkBuilder builder, bool needsInputs)
    {
        _builder = builder;
        OperationList operations = builder.Operations;
        _gradients = new Slot?[operations.Values.Count];
        _isNeeded = new bool[operations.Values.Count];
        foreach (int input in operations.Inputs)
        {
            _isNeeded[input] = needsInputs;
        }

        foreach (Operation operation in operations.Operations)
        {
            _isNeeded[operation.Output] = operation.LearnsParameters || operation.Inputs.Any(input => _isNeeded[input]);
        }
    }

    /// <summary>Whether anything depends on a value's gradient.</summary>
    internal bool IsNeeded(int value) => _isNeeded[value];

    /// <summary>The gradient of a value, complete once all its readers have been asked; null where the loss does not depend on it.</summary>
    internal Slot? Find(int value) => _gradients[value];

    /// <summary>Where an operation puts its part of a value's gradient, and whether it adds to what others put there.</summary>
    internal (Slot Slot, bool Accumulates) TargetOf(int value)
    {
        if (_gradients[value] is { } slot)
        {
            return (slot, true);
        }

        Slot created = _builder.NewSlot(_builder.Layouts[value].ElementCount);
        _gradients[value] = created;
        return (created, false);
    }

    /// <summary>
    /// For passes that overwrite and can work in place: the memory of the output's gradient, which nobody reads afterwards, becomes that of
    /// the input's; or memory of its own where the input has a part already, to be added by <see cref="Give"/>.
    /// </summary>
    internal Slot TakeOver(int value, Slot outputGradient)
    {
        if (_gradients[value] is null)
        {
            _gradients[value] = outputGradient;
            return outputGradient;
        }

        return _builder.NewSlot(_builder.Layouts[value].ElementCount);
    }

    /// <summary>For passes that only overwrite: where to write, to be followed by <see cref="Give"/>.</summary>
    internal Slot Overwritten(int value) =>
        _gradients[value] is null ? TargetOf(value).Slot : _builder.NewSlot(_builder.Layouts[value].ElementCount);

    /// <summary>Adds what was written to a value's gradient, unless it was written right there.</summary>
    internal void Give(int value, Slot written)
    {
        Slot target = _gradients[value]!;
        if (!ReferenceEquals(target, written))
        {
            WorkBuilder builder = _builder;
            builder.Add(
                "add gradients",
                [target, written],
                () => ElementwisePasses.Add(builder.Team, target.Address, written.Address, target.Address, target.Length, hasRelu: false));
        }
    }
}
