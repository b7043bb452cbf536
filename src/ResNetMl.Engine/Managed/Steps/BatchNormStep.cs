using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>Batch norm with the addition and activation fused behind it.</summary>
internal sealed unsafe class BatchNormStep(WorkBuilder builder, BatchNormOperation operation, IParameters parameters, bool isTraining)
    : Step(builder, operation)
{
    private BatchNormPasses? _passes;

    private bool UsesBatch => isTraining && !operation.IsFrozen;

    private bool HasRelu => operation.Activation is not null;

    private Slot? Addend => operation.Inputs.Count > 1 ? Input(1) : null;

    internal override void AddForward()
    {
        BatchNormPasses passes = new(OutputLayout, Builder.Team, operation.Layer.Epsilon, operation.Layer.Momentum);
        _passes = passes;
        Slot input = Input(0);
        Slot output = Output;
        Slot? addend = Addend;
        var tensors = new BatchNormForward
        {
            Weight = parameters.ValueOf(operation.Weight),
            Bias = parameters.ValueOf(operation.Bias),
            RunningMean = parameters.ValueOf(operation.RunningMean),
            RunningVariance = parameters.ValueOf(operation.RunningVariance),
            HasRelu = HasRelu,
        };
        Builder.Add("batch norm forward", addend is null ? [input, output] : [input, output, addend], () =>
        {
            BatchNormForward now = tensors;
            now.X = input.Address;
            now.Y = output.Address;
            now.Addend = addend is null ? null : addend.Address;
            if (UsesBatch)
            {
                passes.Forward(now);
            }
            else
            {
                passes.Score(now);
            }
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        BatchNormPasses passes = _passes!;
        Slot input = Input(0);
        Slot output = Output;
        bool hasAddend = Addend is not null;
        bool wantsAddend = hasAddend && gradients.IsNeeded(InputIndex(1));

        // The addend's gradient is the output's where the activation let it through, so it is made in place. Where nobody wants it, it is
        // working memory of the pass, and the input's gradient may take the same place.
        Slot? addendGradient = wantsAddend ? gradients.TakeOver(InputIndex(1), outputGradient) : hasAddend ? outputGradient : null;
        bool addendTookPlace = wantsAddend && ReferenceEquals(addendGradient, outputGradient);
        bool wantsInput = gradients.IsNeeded(InputIndex(0));
        Slot inputGradient = !wantsInput ? Builder.NewSlot(OutputLayout.ElementCount)
            : addendTookPlace ? gradients.Overwritten(InputIndex(0))
            : gradients.TakeOver(InputIndex(0), outputGradient);
        var tensors = new BatchNormBackward
        {
            Weight = parameters.ValueOf(operation.Weight),
            WeightGradient = operation.IsFrozen ? null : parameters.GradientOf(operation.Weight),
            BiasGradient = operation.IsFrozen ? null : parameters.GradientOf(operation.Bias),
            HasRelu = HasRelu,
            HasAddend = hasAddend,
        };
        Slot[] uses = addendGradient is null
            ? [input, output, outputGradient, inputGradient]
            : [input, output, outputGradient, inputGradient, addendGradient];
        Builder.Add("batch norm backward", uses, () =>
        {
            BatchNormBackward now = tensors;
            now.X = input.Address;
            now.Y = output.Address;
            now.YGradient = outputGradient.Address;
            now.XGradient = inputGradient.Address;
            now.AddendGradient = addendGradient is null ? null : addendGradient.Address;
            passes.Backward(now);
        });
        if (wantsInput)
        {
            gradients.Give(InputIndex(0), inputGradient);
        }

        if (wantsAddend)
        {
            gradients.Give(InputIndex(1), addendGradient!);
        }
    }
}
