using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.OneDnn;

/// <summary>An activation that nothing could take along.</summary>
internal sealed unsafe class PlanActivation : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly ActivationOperation _operation;
    private readonly PlanArray _y;

    internal PlanActivation(PlanBuilder builder, ActivationOperation operation)
    {
        _builder = builder;
        _operation = operation;
        PlanArray x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);
        _y = y;
        OpenMpRunner runner = builder.Runner;
        builder.Forward.Add("relu", () => ElementwisePasses.Relu(runner, x.Address, y.Address, y.ElementCount));
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients) =>
        gradients.Give(_operation.Inputs[0], ReluGradient.Add(_builder, gradients, _operation.Output, _y));
}

/// <summary>The sum of two or more values, with an activation where asked for.</summary>
internal sealed unsafe class PlanAdd : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly AddOperation _operation;
    private readonly PlanArray _sum;

    internal PlanAdd(PlanBuilder builder, AddOperation operation)
    {
        _builder = builder;
        _operation = operation;
        PlanArray[] addends = [.. operation.Inputs.Select(builder.Read)];
        PlanArray sum = builder.Write(operation.Output);
        _sum = sum;
        OpenMpRunner runner = builder.Runner;
        bool hasRelu = operation.Activation == ActivationKind.Relu;
        PlanArray left = addends[0];
        for (int i = 1; i < addends.Length; i++)
        {
            PlanArray soFar = left;
            PlanArray next = addends[i];
            bool isLast = i == addends.Length - 1;
            builder.Forward.Add("add", () => ElementwisePasses.Add(
                runner, soFar.Address, next.Address, sum.Address, sum.ElementCount, hasRelu && isLast));
            left = sum;
        }
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart part = _operation.Activation == ActivationKind.Relu
            ? ReluGradient.Add(_builder, gradients, _operation.Output, _sum)
            : gradients.Take(_operation.Output);

        // The gradient of a sum is that of each addend: one array, read by all.
        part.Owners += _operation.Inputs.Count - 1;
        foreach (int input in _operation.Inputs)
        {
            gradients.Give(input, part);
        }
    }
}

/// <summary>The gradient behind an activation.</summary>
internal static unsafe class ReluGradient
{
    /// <summary>Adds the pass that keeps the gradient where the activation's output is positive.</summary>
    /// <param name="builder">The plan's.</param>
    /// <param name="gradients">The book, which has the gradient of the output.</param>
    /// <param name="output">Index of the activation's output.</param>
    /// <param name="y">Its array.</param>
    internal static GradientPart Add(PlanBuilder builder, GradientBook gradients, int output, PlanArray y)
    {
        (GradientPart first, GradientPart? second) = gradients.TakeParts(output);
        GradientPart result = first.Owners == 1 ? first : gradients.New(output);
        float* gradient = first.Array.Address;
        float* other = second is null ? null : second.Array.Address;
        float* target = result.Array.Address;
        OpenMpRunner runner = builder.Runner;
        gradients.Works.Add("relu backward", () => ElementwisePasses.ReluBackward(runner, y.Address, gradient, other, target, y.ElementCount));
        if (!ReferenceEquals(result, first))
        {
            gradients.Release(first);
        }

        if (second is not null)
        {
            gradients.Release(second);
        }

        return result;
    }
}

/// <summary>Dropout in a step of training; in scoring the value itself.</summary>
internal sealed unsafe class PlanDropout : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly DropoutOperation _operation;
    private readonly StepHolder _step;
    private readonly PlanArray _x;

    internal PlanDropout(PlanBuilder builder, DropoutOperation operation, StepHolder step)
    {
        _builder = builder;
        _operation = operation;
        _step = step;
        _x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);
        OpenMpRunner runner = builder.Runner;
        PlanArray x = _x;
        if (builder.IsTraining)
        {
            builder.Forward.Add("dropout", () => DropoutPasses.Apply(
                runner, x.Layout, step.Context, operation.Salt, operation.Rate, x.Address, y.Address));
        }
        else
        {
            builder.Forward.Add("copy", () => ElementwisePasses.Copy(runner, x.Address, y.Address, y.ElementCount));
        }
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart output = gradients.Take(_operation.Output);
        GradientPart input = output.Owners == 1 ? output : gradients.New(_operation.Inputs[0]);
        float* from = output.Array.Address;
        float* to = input.Array.Address;
        OpenMpRunner runner = _builder.Runner;
        gradients.Works.Add("dropout backward", () => DropoutPasses.Apply(
            runner, _x.Layout, _step.Context, _operation.Salt, _operation.Rate, from, to));
        if (!ReferenceEquals(input, output))
        {
            gradients.Release(output);
        }

        gradients.Give(_operation.Inputs[0], input);
    }
}
