using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <summary>Works that copy between the caller's tensors and a plan's values.</summary>
internal static unsafe class Border
{
    /// <summary>Adds the works that take the inputs in; where a run's tensors are is told to the passes before it.</summary>
    internal static EnterPass[] AddInputs(WorkBuilder builder)
    {
        var passes = new List<EnterPass>();
        foreach (int value in builder.Operations.Inputs)
        {
            passes.Add(AddEnter(builder, builder.Layouts[value], builder.Values[value]));
        }

        return [.. passes];
    }

    /// <summary>Adds a work that takes a tensor in.</summary>
    internal static EnterPass AddEnter(WorkBuilder builder, ImageLayout layout, Slot slot)
    {
        var pass = new EnterPass(layout);
        builder.Add("enter", [slot], () =>
        {
            pass.Value = slot.Address;
            pass.Run(builder.Team);
        });
        return pass;
    }

    /// <summary>Adds a work that hands a value out, and the tensor it goes to.</summary>
    internal static Tensor AddLeave(WorkBuilder builder, int value, Slot slot)
    {
        var tensor = new Tensor(ShapeOf(builder, value));
        var pass = new LeavePass(builder.Layouts[value]) { Elements = (float*)tensor.Address };
        builder.Add("leave", [slot], () =>
        {
            pass.Value = slot.Address;
            pass.Run(builder.Team);
        });
        return tensor;
    }

    /// <summary>Tells the passes where the inputs of this run are.</summary>
    internal static void Point(EnterPass[] passes, ReadOnlySpan<Tensor> tensors)
    {
        for (int i = 0; i < passes.Length; i++)
        {
            passes[i].Point(tensors[i]);
        }
    }

    /// <summary>Shape of a value at the plan's batch size.</summary>
    internal static Shape ShapeOf(WorkBuilder builder, int value) =>
        builder.Operations.Values[value].Shape.With(0, builder.BatchSize);
}
