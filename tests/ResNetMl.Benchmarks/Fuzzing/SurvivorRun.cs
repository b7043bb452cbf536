using ResNetMl.Engine;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>Runs what came through the reader: no network that a reader lets pass may make a kernel leave its memory.</summary>
internal static class SurvivorRun
{
    private const long MostWork = 1 << 22;

    /// <summary>Formats whose files hold a network.</summary>
    internal static IReadOnlyList<FuzzTarget> Targets(IReadOnlyList<FuzzTarget> all) =>
    [
        all.Single(target => target.Name == "onnx") with { Read = path => Run(OnnxFile.Read(path, new OnnxImportOptions { InputShape = [3, 8, 8] })) },
        all.Single(target => target.Name == "network") with { Read = path => Run(Untrained(NetworkJson.Read(File.ReadAllBytes(path)))) },
    ];

    private static ImportedNetwork? Untrained(NetworkDefinition definition) =>
        IsSmall(definition) ? new ImportedNetwork(definition, InitialState.Create(definition, seed: 1)) : null;

    private static void Run(ImportedNetwork? network)
    {
        if (network is null || !IsSmall(network.Definition))
        {
            return;
        }

        Tensor[] inputs = [.. network.Definition.Inputs.Select(input => new Tensor(input.Shape))];
        foreach (IBackend backend in Backends.Available)
        {
            (OperationList operations, StateDictionary weights) = Lowering.ForInference(network.Definition, network.Weights);
            using CompiledNetwork compiled = backend.Compile(operations, weights, new CompileOptions { Threads = 1, Precision = Precision.Float32 });
            using Plan plan = compiled.CreatePlan(batchSize: 1);
            plan.Run(inputs);

            using TrainingPlan training = backend.CreateTrainingPlan(
                Lowering.ForTraining(network.Definition), network.Weights, batchSize: 1, new CompileOptions { Threads = 1, Precision = Precision.Float32 });
            training.Backward(new Tensor(training.Forward(new StepContext(1, 1), inputs).Shape));
        }
    }

    private static bool IsSmall(NetworkDefinition definition) =>
        definition.MultiplyAdds <= MostWork &&
        definition.State.Sum(spec => spec.Shape.ElementCount) <= MostWork &&
        definition.Inputs.Sum(input => input.Shape.ElementCount) + definition.Nodes.Sum(node => definition.ShapeOf(node.Name).ElementCount) <= MostWork;
}
