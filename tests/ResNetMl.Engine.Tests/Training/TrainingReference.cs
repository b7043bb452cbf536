using System.Text.Json;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Engine.Tests.Training;

/// <summary>What PyTorch computed in float64: tests/References/training.py wrote training.json.</summary>
internal static class TrainingReference
{
    private static readonly JsonDocument _document = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "tests", "References", "training.json")));

    internal static JsonElement Section(string name) => _document.RootElement.GetProperty(name);

    internal static double[] Doubles(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    internal static float[] Floats(this JsonElement element, string name) => [.. element.Doubles(name).Select(number => (float)number)];

    /// <summary>The weight [5, 9] and bias [5] of the trajectories, at their first values.</summary>
    internal static ParameterArena Arena()
    {
        JsonElement start = Section("optimisers").GetProperty("start");
        var initial = new StateDictionary
        {
            ["fc.weight"] = new Tensor([5, 9], start.Floats("weight")),
            ["fc.bias"] = new Tensor([5], start.Floats("bias")),
        };
        return new ParameterArena(
            [
                new ParameterSpec("fc.weight", [5, 9], StateKind.Parameter, Initialization.Zeros),
                new ParameterSpec("fc.bias", [5], StateKind.Parameter, Initialization.Zeros),
            ],
            initial);
    }
}

/// <summary>Does the work of several threads one after another: what is shared out must not depend on who does it.</summary>
internal sealed unsafe class InTurnRunner(int threadCount) : ParallelRunner
{
    public override int ThreadCount => threadCount;

    internal override void Run(delegate*<void*, int, int, void> body, void* argument)
    {
        for (int thread = 0; thread < threadCount; thread++)
        {
            body(argument, thread, threadCount);
        }
    }
}
