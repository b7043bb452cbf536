using ResNetMl.Engine.General;
using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Managed;

/// <summary>A convolution in a plan for scoring, with what is fused behind it.</summary>
internal sealed unsafe class InferenceConvolutionStep(WorkBuilder builder, ConvolutionOperation operation, PreparedWeights weights)
    : Step(builder, operation)
{
    internal override void AddForward()
    {
        ConvolutionGeometry geometry = ConvolutionGeometry.Forward(operation.Layer, InputLayout(0).Height, InputLayout(0).Width);
        ConvolutionPass pass = Builder.Own(
            ConvolutionPass.Create(geometry, Builder.BatchSize, Builder.Level, Builder.Team.ThreadCount, Builder.Workspace));
        pass.PackedWeights = weights.PackedOf(operation);
        pass.Bias = weights.BiasOf(operation);
        pass.IsActivated = operation.Activation is { Kind: ActivationKind.Relu };
        ActivationPass? clip = operation.Activation is { Kind: not ActivationKind.Relu } layer
            ? new ActivationPass(layer, OutputLayout.ElementCount)
            : null;
        Slot input = Input(0);
        Slot output = Output;
        Slot? addend = operation.Inputs.Count > 1 ? Input(1) : null;
        Builder.Add("convolution", addend is null ? [input, output] : [input, output, addend], () =>
        {
            pass.Source = input.Address;
            pass.Destination = output.Address;
            pass.Addend = addend is null ? null : addend.Address;
            pass.Run(Builder.Team);
            if (clip is not null)
            {
                clip.Inputs[0] = output.Address;
                clip.Output = output.Address;
                clip.RunForward(Builder.Team);
            }
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient) =>
        throw new InvalidOperationException("A plan for scoring has no backward half.");
}

/// <summary>A convolution in a training plan; nothing is fused behind it there.</summary>
internal sealed unsafe class TrainingConvolutionStep(WorkBuilder builder, ConvolutionOperation operation, IParameters parameters)
    : Step(builder, operation)
{
    private ConvolutionGeometry Geometry =>
        ConvolutionGeometry.Forward(operation.Layer, InputLayout(0).Height, InputLayout(0).Width);

    internal override void AddForward()
    {
        ConvolutionPass pass = NewPass(Geometry, out Slot packed);
        Slot input = Input(0);
        Slot output = Output;
        if (operation.Bias is { } biasName)
        {
            int channels = operation.Layer.OutChannels;
            AlignedBuffer padded = Builder.Own(AlignedBuffer.OfFloats(OutputLayout.PaddedChannels));
            float* bias = parameters.ValueOf(biasName);
            pass.Bias = padded.Floats;
            Builder.Add("pack weights", [], () => new ReadOnlySpan<float>(bias, channels).CopyTo(new Span<float>(padded.Floats, channels)));
        }

        Builder.Add("convolution forward", [input, output, packed], () =>
        {
            pass.PackedWeights = packed.Address;
            pass.Source = input.Address;
            pass.Destination = output.Address;
            pass.Run(Builder.Team);
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!operation.IsFrozen)
        {
            AddWeightGradient(outputGradient);
        }

        if (!operation.IsFrozen && operation.Bias is { } bias)
        {
            var sum = new ChannelSumPass(OutputLayout) { Sums = parameters.GradientOf(bias) };
            Builder.Add("bias gradient", [outputGradient], () =>
            {
                sum.Value = outputGradient.Address;
                sum.Run(Builder.Team);
            });
        }

        if (gradients.IsNeeded(InputIndex(0)))
        {
            AddInputGradient(gradients, outputGradient);
        }
    }

    private void AddWeightGradient(Slot outputGradient)
    {
        Slot input = Input(0);
        var pass = WeightGradientPass.Create(Geometry, Builder.BatchSize, Builder.Level, Builder.Team.ThreadCount, Builder.Workspace);
        pass.WeightGradient = parameters.GradientOf(operation.Weight);
        Builder.Add("convolution backward weights", [input, outputGradient], () =>
        {
            pass.Source = input.Address;
            pass.OutputGradient = outputGradient.Address;
            pass.RunWhole(Builder.Team);
        });
    }

    private void AddInputGradient(GradientSlots gradients, Slot outputGradient)
    {
        (Slot target, bool accumulates) = gradients.TargetOf(InputIndex(0));
        foreach (ConvolutionGeometry part in Geometry.BackwardData())
        {
            ConvolutionPass pass = NewPass(part, out Slot packed);
            Builder.Add("convolution backward data", [target, outputGradient, packed], () =>
            {
                pass.PackedWeights = packed.Address;
                pass.Source = outputGradient.Address;
                pass.Destination = target.Address;
                pass.Addend = accumulates ? target.Address : null;
                pass.Run(Builder.Team);
            });
        }
    }

    /// <summary>A pass whose weights are packed anew before it each time.</summary>
    private ConvolutionPass NewPass(ConvolutionGeometry geometry, out Slot packed)
    {
        ConvolutionPass pass = Builder.Own(
            ConvolutionPass.Create(geometry, Builder.BatchSize, Builder.Level, Builder.Team.ThreadCount, Builder.Workspace));
        Slot slot = Builder.NewSlot(Math.Max(1, pass.Weights.Length));
        var packing = new PackWeightsPass(pass.Weights) { Weights = parameters.ValueOf(operation.Weight) };
        Builder.Add("pack weights", [slot], () =>
        {
            packing.Packed = slot.Address;
            packing.Run(Builder.Team);
        });
        packed = slot;
        return pass;
    }
}
