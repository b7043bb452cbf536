using ResNetMl.Engine.OneDnn.Native;

namespace ResNetMl.Engine.OneDnn;

/// <summary>[N, C, H, W] → [N, C·H·W]: the blocked feature maps in row-major order.</summary>
internal sealed unsafe class PlanFlatten : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly FlattenOperation _operation;
    private readonly MemoryDescriptor _rowMajor;

    internal PlanFlatten(PlanBuilder builder, FlattenOperation operation)
    {
        _builder = builder;
        _operation = operation;
        _rowMajor = PlanBuilder.PlainDescriptorOf(builder.ShapeOf(operation.Inputs[0]));
        PlanArray x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);
        builder.AddReorder(builder.Forward, x.Memory, builder.NewMemory(_rowMajor, y.Address), operation.Name);
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart output = gradients.Take(_operation.Output);
        GradientPart input = gradients.New(_operation.Inputs[0]);
        _builder.AddReorder(
            gradients.Works, _builder.NewMemory(_rowMajor, output.Array.Address), input.Array.Memory, $"{_operation.Name} backward");
        gradients.Release(output);
        gradients.Give(_operation.Inputs[0], input);
    }
}
