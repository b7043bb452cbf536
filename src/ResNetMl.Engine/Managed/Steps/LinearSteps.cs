using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>A linear layer in a plan for scoring.</summary>
internal sealed unsafe class InferenceLinearStep(WorkBuilder builder, LinearOperation operation, PreparedWeights weights)
    : Step(builder, operation)
{
    internal override void AddForward()
    {
        var product = new MatrixProductPass(Builder.BatchSize, operation.Layer.OutFeatures, operation.Layer.InFeatures)
        {
            LeftRowStep = operation.Layer.InFeatures,
            LeftTermStep = 1,
            Right = weights.PackedOf(operation),
            Bias = operation.Bias is { } bias ? weights.ValueOf(bias) : null,
        };
        Slot input = Input(0);
        Slot output = Output;
        Builder.Add("linear", [input, output], () =>
        {
            product.Left = input.Address;
            product.Product = output.Address;
            product.Run(Builder.Team);
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient) =>
        throw new InvalidOperationException("A plan for scoring has no backward half.");
}

/// <summary>A linear layer in a training plan.</summary>
internal sealed unsafe class TrainingLinearStep(WorkBuilder builder, LinearOperation operation, IParameters parameters)
    : Step(builder, operation)
{
    private int InFeatures => operation.Layer.InFeatures;

    private int OutFeatures => operation.Layer.OutFeatures;

    internal override void AddForward()
    {
        var transpose = new TransposePass(OutFeatures, InFeatures) { Source = parameters.ValueOf(operation.Weight) };
        var product = new MatrixProductPass(Builder.BatchSize, OutFeatures, InFeatures)
        {
            LeftRowStep = InFeatures,
            LeftTermStep = 1,
            Bias = operation.Bias is { } bias ? parameters.ValueOf(bias) : null,
        };
        Slot transposed = Builder.NewSlot((long)InFeatures * OutFeatures);
        Slot input = Input(0);
        Slot output = Output;
        Builder.Add("linear", [input, output, transposed], () =>
        {
            transpose.Target = transposed.Address;
            transpose.Run(Builder.Team);
            product.Left = input.Address;
            product.Right = transposed.Address;
            product.Product = output.Address;
            product.Run(Builder.Team);
        });
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!operation.IsFrozen)
        {
            AddParameterGradients(outputGradient);
        }

        if (gradients.IsNeeded(InputIndex(0)))
        {
            AddInputGradient(gradients, outputGradient);
        }
    }

    private void AddParameterGradients(Slot outputGradient)
    {
        Slot input = Input(0);
        var weightGradient = new MatrixProductPass(OutFeatures, InFeatures, Builder.BatchSize)
        {
            LeftRowStep = 1,
            LeftTermStep = OutFeatures,
            Product = parameters.GradientOf(operation.Weight),
        };
        var biasGradient = new ChannelSumPass(OutputLayout)
        {
            Sums = operation.Bias is { } bias ? parameters.GradientOf(bias) : null,
        };
        bool hasBias = operation.Bias is not null;
        Builder.Add("linear backward", [input, outputGradient], () =>
        {
            weightGradient.Left = outputGradient.Address;
            weightGradient.Right = input.Address;
            weightGradient.Run(Builder.Team);
            biasGradient.Value = outputGradient.Address;
            if (hasBias)
            {
                biasGradient.Run(Builder.Team);
            }
        });
    }

    private void AddInputGradient(GradientSlots gradients, Slot outputGradient)
    {
        Slot target = gradients.Overwritten(InputIndex(0));
        var product = new MatrixProductPass(Builder.BatchSize, InFeatures, OutFeatures)
        {
            LeftRowStep = OutFeatures,
            LeftTermStep = 1,
            Right = parameters.ValueOf(operation.Weight),
        };
        Builder.Add("linear backward", [target, outputGradient], () =>
        {
            product.Left = outputGradient.Address;
            product.Product = target.Address;
            product.Run(Builder.Team);
        });
        gradients.Give(InputIndex(0), target);
    }
}
