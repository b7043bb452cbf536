using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>Gradients against central differences of a float64 forward pass, on every operation and on whole networks.</summary>
public sealed class FiniteDifferenceTests
{
    private const double Step = 1e-5; // truncation ~1e-10 and cancellation ~1e-11 of the loss: far below fp32's rounding
    private const int ProbesPerTensor = 4;

    /// <inheritdoc cref="BackendContractTests.AllCases"/>
    public static TheoryData<string, string> AllCases => TestBackends.With(ContractCase.Names);

    [Theory, MemberData(nameof(AllCases))]
    public void Gradients_match_finite_differences(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        NetworkDefinition definition = contract.Definition;
        using TrainingPlan plan = TestBackends.Require(backendName).CreateTrainingPlan(
            Lowering.ForTraining(definition), contract.Weights, contract.BatchSize, new CompileOptions { ComputesInputGradients = true });
        plan.Forward(default, contract.Inputs);
        plan.Backward(contract.OutputGradient);

        Dictionary<string, double[]> state = contract.Weights.ToDictionary(entry => entry.Key, entry => Widen(entry.Value));
        double[][] inputs = [.. contract.Inputs.Select(Widen)];
        for (int i = 0; i < inputs.Length; i++)
        {
            Probe($"input {i}", inputs[i], plan.InputGradients[i].Span);
        }

        foreach (string name in contract.Gradients.Keys)
        {
            Probe(name, state[name], plan.State.GradientOf(name));
        }

        void Probe(string what, double[] elements, ReadOnlySpan<float> gradient)
        {
            double largest = 1e-3;
            foreach (float element in gradient)
            {
                largest = Math.Max(largest, Math.Abs(element));
            }

            for (int probe = 0; probe < Math.Min(ProbesPerTensor, elements.Length); probe++)
            {
                // A fixed spread of places: a prime stride visits rows, columns and channels alike.
                int index = (int)((probe * 7919L) % elements.Length);
                double kept = elements[index];
                elements[index] = kept + Step;
                double above = Loss();
                elements[index] = kept - Step;
                double below = Loss();
                elements[index] = kept;

                double expected = (above - below) / (2 * Step);
                Assert.True(
                    Math.Abs(expected - gradient[index]) <= 2e-4 * largest,
                    $"{what}[{index}]: finite difference {expected:R}, gradient {gradient[index]:R}, largest gradient {largest:R}.");
            }
        }

        double Loss() => ReferenceNetwork.Loss(definition, contract.BatchSize, state, inputs, contract.OutputGradient);
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_float64_reference_computes_what_PyTorch_computes(string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        double expected = 0;
        for (int i = 0; i < contract.Output.Span.Length; i++)
        {
            expected += (double)contract.Output.Span[i] * contract.OutputGradient.Span[i];
        }

        double loss = ReferenceNetwork.Loss(
            contract.Definition,
            contract.BatchSize,
            contract.Weights.ToDictionary(entry => entry.Key, entry => Widen(entry.Value)),
            [.. contract.Inputs.Select(Widen)],
            contract.OutputGradient);

        Assert.Equal(expected, loss, 1e-6 * Math.Max(1, contract.Output.Span.Length)); // the golden output was rounded to fp32
    }

    /// <summary>Every case once.</summary>
    public static TheoryData<string> Cases => new(ContractCase.Names);

    private static double[] Widen(Tensor tensor)
    {
        var wide = new double[tensor.Span.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = tensor.Span[i];
        }

        return wide;
    }
}
