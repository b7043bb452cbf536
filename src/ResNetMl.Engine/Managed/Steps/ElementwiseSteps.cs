using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>ReLU on its own.</summary>
internal sealed unsafe class ActivationStep(WorkBuilder builder, Operation operation) : Step(builder, operation)
{
    internal override void AddForward()
    {
        Slot input = Input(0);
        Slot output = Output;
        Builder.Add("activation", [input, output], () => ElementwisePasses.Relu(Builder.Team, input.Address, output.Address, output.Length));
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (!gradients.IsNeeded(InputIndex(0)))
        {
            return;
        }

        Slot output = Output;
        Slot target = gradients.TakeOver(InputIndex(0), outputGradient);
        Builder.Add("activation backward", [output, outputGradient, target], () => ElementwisePasses.ReluBackward(
            Builder.Team, output.Address, outputGradient.Address, null, target.Address, target.Length));
        gradients.Give(InputIndex(0), target);
    }
}

/// <summary>Sum of two or more values, then ReLU where asked for.</summary>
internal sealed unsafe class AddStep(WorkBuilder builder, AddOperation operation) : Step(builder, operation)
{
    internal override void AddForward()
    {
        Slot output = Output;
        Slot left = Input(0);
        for (int i = 1; i < operation.Inputs.Count; i++)
        {
            Slot first = left;
            Slot right = Input(i);
            bool hasRelu = operation.Activation is not null && i == operation.Inputs.Count - 1;
            Builder.Add("add", [first, right, output], () => ElementwisePasses.Add(
                Builder.Team, first.Address, right.Address, output.Address, output.Length, hasRelu));
            left = output;
        }
    }

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        Slot output = Output;
        if (operation.Activation is not null)
        {
            Builder.Add("add backward", [output, outputGradient], () => ElementwisePasses.ReluBackward(
                Builder.Team, output.Address, outputGradient.Address, null, outputGradient.Address, outputGradient.Length));
        }

        // Every input has the same gradient. Each gets a copy or an addition; the last that is first to have one keeps the original.
        List<int> wanted = [.. operation.Inputs.Where(gradients.IsNeeded)];
        int keeper = wanted.LastOrDefault(value => gradients.Find(value) is null && wanted.Count(other => other == value) == 1, -1);
        foreach (int value in wanted.Where(value => value != keeper))
        {
            AddTo(gradients, value, outputGradient);
        }

        if (keeper >= 0)
        {
            gradients.TakeOver(keeper, outputGradient);
        }
    }

    private void AddTo(GradientSlots gradients, int value, Slot outputGradient)
    {
        (Slot target, bool accumulates) = gradients.TargetOf(value);
        if (accumulates)
        {
            gradients.Give(value, outputGradient);
            return;
        }

        Builder.Add(
            "add backward",
            [outputGradient, target],
            () => ElementwisePasses.Copy(Builder.Team, outputGradient.Address, target.Address, target.Length));
    }
}

/// <summary>Dropout; the mask is computed again in the backward pass.</summary>
internal sealed unsafe class DropoutStep(WorkBuilder builder, DropoutOperation operation) : Step(builder, operation)
{
    internal override void AddForward() => Add("dropout", Input(0), Output);

    internal override void AddBackward(GradientSlots gradients, Slot outputGradient)
    {
        if (gradients.IsNeeded(InputIndex(0)))
        {
            Slot target = gradients.TakeOver(InputIndex(0), outputGradient);
            Add("dropout backward", outputGradient, target);
            gradients.Give(InputIndex(0), target);
        }
    }

    private void Add(string name, Slot from, Slot to) => Builder.Add(name, [from, to], () => DropoutPasses.Apply(
        Builder.Team, OutputLayout, Builder.Context, operation.Salt, operation.Rate, from.Address, to.Address));
}
