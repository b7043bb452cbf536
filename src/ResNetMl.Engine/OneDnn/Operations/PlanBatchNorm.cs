using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Batch norm, with the addition and the activation behind it in the engine's own passes.</summary>
/// <remarks>oneDNN's batch norm fuses no addition and reads memory more often; a training step spends a third of its time here.</remarks>
internal sealed unsafe class PlanBatchNorm : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly BatchNormOperation _operation;
    private readonly BatchNormPasses _passes;
    private readonly PlanArray _x;
    private readonly PlanArray _y;
    private readonly bool _hasRelu;
    private readonly bool _hasAddend;

    internal PlanBatchNorm(PlanBuilder builder, BatchNormOperation operation)
    {
        _builder = builder;
        _operation = operation;
        _hasRelu = operation.Activation == ActivationKind.Relu;
        _hasAddend = operation.Inputs.Count > 1;
        _x = builder.Read(operation.Inputs[0]);
        PlanArray? addend = _hasAddend ? builder.Read(operation.Inputs[1]) : null;
        _y = builder.Write(operation.Output);
        _passes = new BatchNormPasses(_x.Layout, builder.Runner, operation.Layer.Epsilon, operation.Layer.Momentum);
        var tensors = new BatchNormForward
        {
            X = _x.Address,
            Addend = addend is null ? null : addend.Address,
            Y = _y.Address,
            Weight = builder.AddressOf(operation.Weight),
            Bias = builder.AddressOf(operation.Bias),
            RunningMean = builder.AddressOf(operation.RunningMean),
            RunningVariance = builder.AddressOf(operation.RunningVariance),
            HasRelu = _hasRelu,
        };
        if (builder.IsTraining && !operation.IsFrozen)
        {
            builder.Forward.Add("batch norm", () => _passes.Forward(tensors));
        }
        else
        {
            builder.Forward.Add("batch norm", () => _passes.Score(tensors));
        }
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        (GradientPart first, GradientPart? second) = gradients.TakeParts(_operation.Output);
        int input = _operation.Inputs[0];
        bool givesAddend = _hasAddend && gradients.IsNeeded(_operation.Inputs[1]);

        // The gradient behind the activation is stored where it is needed again; in place where nobody else reads the array.
        GradientPart? stored = null;
        if ((_hasAddend && _hasRelu) || second is not null)
        {
            stored = first.Owners == 1 ? first : gradients.New(_operation.Output);
        }

        GradientPart sum = stored ?? first;
        GradientPart x = !givesAddend && sum.Owners == 1 ? GradientBook.Reuse(sum)
            : second is { Owners: 1 } ? GradientBook.Reuse(second)
            : gradients.New(input);

        var tensors = new BatchNormBackward
        {
            X = _x.Address,
            Y = _y.Address,
            HasRelu = _hasRelu,
            HasAddend = _hasAddend,
            YGradient = first.Array.Address,
            OtherYGradient = second is null ? null : second.Array.Address,
            AddendGradient = stored is null ? null : stored.Array.Address,
            XGradient = x.Array.Address,
            Weight = _builder.AddressOf(_operation.Weight),
            WeightGradient = _operation.IsFrozen ? null : _builder.GradientAddressOf(_operation.Weight),
            BiasGradient = _operation.IsFrozen ? null : _builder.GradientAddressOf(_operation.Bias),
        };
        gradients.Works.Add("batch norm backward", () => _passes.Backward(tensors));

        ReleaseUnless(gradients, second, takenOverBy: x);
        if (!ReferenceEquals(sum, first))
        {
            gradients.Release(first);
        }

        if (givesAddend)
        {
            gradients.Give(_operation.Inputs[1], sum);
        }
        else
        {
            ReleaseUnless(gradients, sum, takenOverBy: x);
        }

        gradients.Give(input, x);
    }

    /// <summary>Lets a part go, unless its memory lives on as another.</summary>
    private static void ReleaseUnless(GradientBook gradients, GradientPart? part, GradientPart takenOverBy)
    {
        if (part is not null && !ReferenceEquals(part.Array, takenOverBy.Array))
        {
            gradients.Release(part);
        }
    }
}
