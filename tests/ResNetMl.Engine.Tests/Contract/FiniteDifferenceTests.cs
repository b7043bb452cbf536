using System.Collections.Concurrent;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>Gradients against central differences of a float64 forward pass, on every operation and on whole networks.</summary>
public sealed class FiniteDifferenceTests
{
    private const double Step = 1e-5; // truncation ~1e-10 and cancellation ~1e-11 of the loss: far below fp32's rounding
    private const int ProbesPerTensor = 4;

    // They depend on the case alone: what one backend was held to, the other is.
    private static readonly ConcurrentDictionary<string, List<Slope>> Slopes = new(StringComparer.Ordinal);

    /// <inheritdoc cref="BackendContractTests.AllCases"/>
    public static TheoryData<string, string> AllCases => TestBackends.With(ContractCase.Names);

    [Theory, MemberData(nameof(AllCases))]
    public void Gradients_match_finite_differences(string backendName, string caseName)
    {
        ContractCase contract = ContractCase.Load(caseName);
        using TrainingPlan plan = TestBackends.Require(backendName).CreateTrainingPlan(
            Lowering.ForTraining(contract.Definition),
            contract.Weights,
            contract.BatchSize,
            new CompileOptions { ComputesInputGradients = true });
        plan.Forward(default, contract.Inputs);
        plan.Backward(contract.OutputGradient);

        foreach (Slope slope in Slopes.GetOrAdd(caseName, _ => SlopesOf(contract)))
        {
            ReadOnlySpan<float> gradient = slope.Input >= 0 ? plan.InputGradients[slope.Input].Span : plan.State.GradientOf(slope.Name);
            double largest = 1e-3;
            foreach (float element in gradient)
            {
                largest = Math.Max(largest, Math.Abs(element));
            }

            Assert.True(
                Math.Abs(slope.Value - gradient[slope.Index]) <= 2e-4 * largest,
                $"{slope.Name}[{slope.Index}]: finite difference {slope.Value:R}, gradient {gradient[slope.Index]:R}, largest gradient {largest:R}.");
        }
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

    /// <summary>Finite differences for some elements of each input and parameter.</summary>
    private static List<Slope> SlopesOf(ContractCase contract)
    {
        Dictionary<string, double[]> state = contract.Weights.ToDictionary(entry => entry.Key, entry => Widen(entry.Value));
        double[][] inputs = [.. contract.Inputs.Select(Widen)];
        var slopes = new List<Slope>();
        for (int i = 0; i < inputs.Length; i++)
        {
            Probe($"input {i}", i, inputs[i]);
        }

        foreach (string name in contract.Gradients.Keys)
        {
            Probe(name, -1, state[name]);
        }

        return slopes;

        void Probe(string name, int input, double[] elements)
        {
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
                slopes.Add(new Slope(name, input, index, (above - below) / (2 * Step)));
            }
        }

        double Loss() => ReferenceNetwork.Loss(contract.Definition, contract.BatchSize, state, inputs, contract.OutputGradient);
    }

    private static double[] Widen(Tensor tensor)
    {
        var wide = new double[tensor.Span.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = tensor.Span[i];
        }

        return wide;
    }

    /// <summary>∂loss/∂element as a central difference.</summary>
    /// <param name="Name">The parameter, or "input i".</param>
    /// <param name="Input">Index of the input, or −1.</param>
    /// <param name="Index">Which element.</param>
    /// <param name="Value">The difference.</param>
    private sealed record Slope(string Name, int Input, int Index, double Value);
}
