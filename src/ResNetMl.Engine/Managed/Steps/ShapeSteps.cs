using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Managed;

/// <summary>Max and average pooling.</summary>
internal sealed unsafe class PoolStep(WorkBuilder builder, PoolOperation operation) : Step(builder, operation)
{
    private PoolingPasses? _passes;
    private Slot? _winners;
    private int _forwardIndex;

    internal override void AddForward()
    {
        PoolingPasses passes = new(operation.Layer, InputLayout(0), OutputLayout, Builder.Team);
        _passes = passes;

        // Nobody but the backward half uses the winners: in a plan for scoring they get no memory and forward does not write them.
        Slot winners = Builder.NewSlot(OutputLayout.ElementCount);
        _winners = winners;
        Slot input = Input(0);
        Slot output = Output;
        _forwardIndex = Builder.Count;
        Builder.Add("pooling", [input, output], () => passes.Forward(input.Address, output.Address, winners.Address));
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!gradients.IsNeeded(InputIndex(0)))
        {
            return;
        }

        PoolingPasses passes = _passes!;
        Slot? winners = operation.Layer.Kind == PoolingKind.Max ? _winners : null;
        winners?.UsedBy(_forwardIndex);
        Slot target = gradients.Overwritten(InputIndex(0));
        Builder.Add("pooling backward", winners is null ? [outputGradient, target] : [outputGradient, target, winners], () =>
            passes.Backward(outputGradient.Address, winners is null ? null : winners.Address, target.Address));
        gradients.Give(InputIndex(0), target);
    }
}

/// <summary>Mean of each feature map.</summary>
internal sealed unsafe class GlobalAveragePoolStep(WorkBuilder builder, Operation operation) : Step(builder, operation)
{
    internal override void AddForward()
    {
        Slot input = Input(0);
        Slot output = Output;
        ImageLayout layout = InputLayout(0);
        Builder.Add("pooling", [input, output], () =>
            GlobalAveragePoolPasses.Forward(Builder.Team, layout, input.Address, output.Address));
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!gradients.IsNeeded(InputIndex(0)))
        {
            return;
        }

        ImageLayout layout = InputLayout(0);
        Slot target = gradients.Overwritten(InputIndex(0));
        Builder.Add("pooling backward", [outputGradient, target], () =>
            GlobalAveragePoolPasses.Backward(Builder.Team, layout, outputGradient.Address, target.Address));
        gradients.Give(InputIndex(0), target);
    }
}

/// <summary>Feature maps as rows in [C, H, W] order: what leaving a plan does as well. Rows stay rows.</summary>
internal sealed unsafe class FlattenStep(WorkBuilder builder, Operation operation) : Step(builder, operation)
{
    internal override void AddForward()
    {
        Slot input = Input(0);
        Slot output = Output;
        var pass = new LeavePass(InputLayout(0));
        Builder.Add("flatten", [input, output], () =>
        {
            pass.Value = input.Address;
            pass.Elements = output.Address;
            pass.Run(Builder.Team);
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!gradients.IsNeeded(InputIndex(0)))
        {
            return;
        }

        Slot target = gradients.Overwritten(InputIndex(0));
        var pass = new EnterPass(InputLayout(0));
        Builder.Add("flatten backward", [outputGradient, target], () =>
        {
            pass.Elements = outputGradient.Address;
            pass.Value = target.Address;
            pass.Run(Builder.Team);
        });
        gradients.Give(InputIndex(0), target);
    }
}

/// <summary>The shortcut of option A.</summary>
internal sealed unsafe class ZeroPadShortcutStep(WorkBuilder builder, ZeroPadShortcutOperation operation) : Step(builder, operation)
{
    private ZeroPadShortcutPasses NewPasses() => new(operation.Layer, InputLayout(0), OutputLayout, Builder.Team);

    internal override void AddForward()
    {
        Slot input = Input(0);
        Slot output = Output;
        ZeroPadShortcutPasses passes = NewPasses();
        Builder.Add("shortcut", [input, output], () => passes.Forward(input.Address, output.Address));
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!gradients.IsNeeded(InputIndex(0)))
        {
            return;
        }

        Slot target = gradients.Overwritten(InputIndex(0));
        ZeroPadShortcutPasses passes = NewPasses();
        Builder.Add("shortcut backward", [outputGradient, target], () => passes.Backward(outputGradient.Address, target.Address));
        gradients.Give(InputIndex(0), target);
    }
}
