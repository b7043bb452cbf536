using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Networks;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Max or average pooling over a sliding window.</summary>
internal sealed unsafe class PlanPool : PlanOperation
{
    private readonly PoolOperation _operation;
    private readonly PoolingPasses _passes;
    private readonly NativeBuffer? _winners;

    internal PlanPool(PlanBuilder builder, PoolOperation operation)
    {
        _operation = operation;
        PlanArray x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);
        _passes = new PoolingPasses(operation.Layer, x.Layout, y.Layout, builder.Runner);
        if (builder.IsTraining && operation.Layer.Kind == PoolingKind.Max)
        {
            _winners = builder.Own(new NativeBuffer(y.ElementCount * sizeof(float)));
        }

        float* winners = Winners;
        builder.Forward.Add("pooling", () => _passes.Forward(x.Address, y.Address, winners));
    }

    private float* Winners => _winners is null ? null : (float*)_winners.Address;

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart output = gradients.Take(_operation.Output);
        GradientPart input = gradients.New(_operation.Inputs[0]);
        float* from = output.Array.Address;
        float* to = input.Array.Address;
        float* winners = Winners;
        gradients.Works.Add("pooling backward", () => _passes.Backward(from, winners, to));
        gradients.Release(output);
        gradients.Give(_operation.Inputs[0], input);
    }
}

/// <summary>Mean of each feature map.</summary>
internal sealed unsafe class PlanGlobalAveragePool : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly GlobalAveragePoolOperation _operation;
    private readonly PlanArray _x;

    internal PlanGlobalAveragePool(PlanBuilder builder, GlobalAveragePoolOperation operation)
    {
        _builder = builder;
        _operation = operation;
        PlanArray x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);
        _x = x;
        OpenMpRunner runner = builder.Runner;
        builder.Forward.Add("global pooling", () => GlobalAveragePoolPasses.Forward(runner, x.Layout, x.Address, y.Address));
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart output = gradients.Take(_operation.Output);
        GradientPart input = gradients.New(_operation.Inputs[0]);
        float* from = output.Array.Address;
        float* to = input.Array.Address;
        OpenMpRunner runner = _builder.Runner;
        ImageLayout layout = _x.Layout;
        gradients.Works.Add("global pooling backward", () => GlobalAveragePoolPasses.Backward(runner, layout, from, to));
        gradients.Release(output);
        gradients.Give(_operation.Inputs[0], input);
    }
}

/// <summary>The shortcut of option A.</summary>
internal sealed unsafe class PlanZeroPadShortcut : PlanOperation
{
    private readonly ZeroPadShortcutOperation _operation;
    private readonly ZeroPadShortcutPasses _passes;

    internal PlanZeroPadShortcut(PlanBuilder builder, ZeroPadShortcutOperation operation)
    {
        _operation = operation;
        PlanArray x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);
        _passes = new ZeroPadShortcutPasses(operation.Layer, x.Layout, y.Layout, builder.Runner);
        builder.Forward.Add("shortcut", () => _passes.Forward(x.Address, y.Address));
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart output = gradients.Take(_operation.Output);
        GradientPart input = gradients.New(_operation.Inputs[0]);
        float* from = output.Array.Address;
        float* to = input.Array.Address;
        gradients.Works.Add("shortcut backward", () => _passes.Backward(from, to));
        gradients.Release(output);
        gradients.Give(_operation.Inputs[0], input);
    }
}
