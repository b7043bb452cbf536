namespace ResNetMl.Engine.Managed;

/// <summary>Where an operation finds its parameters and buffers, in the state dictionary's own layout.</summary>
internal unsafe interface IParameters
{
    /// <summary>First element of a parameter or buffer.</summary>
    float* ValueOf(string name);

    /// <summary>First element of a parameter's gradient; only in training.</summary>
    float* GradientOf(string name);
}

/// <summary>A training plan's: the arena.</summary>
internal sealed unsafe class ArenaParameters(ParameterArena arena) : IParameters
{
    public float* ValueOf(string name)
    {
        ArenaEntry entry = arena.Find(name);
        Tensors.Tensor holder = entry.Spec.Kind == Networks.StateKind.Parameter ? arena.Values : arena.BufferValues;
        return (float*)holder.Address + entry.Offset;
    }

    public float* GradientOf(string name) => (float*)arena.Gradients.Address + arena.Find(name).Offset;
}
