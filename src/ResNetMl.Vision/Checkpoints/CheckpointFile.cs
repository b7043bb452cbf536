using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>What a checkpoint says about the run it is of.</summary>
/// <param name="Options">See <see cref="RunDescription.Options"/>.</param>
/// <param name="Inputs">See <see cref="RunDescription.Inputs"/>.</param>
/// <param name="Environment">See <see cref="RunDescription.Environment"/>.</param>
internal sealed record CheckpointRun(
    IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Inputs, IReadOnlyDictionary<string, string> Environment);

/// <summary>Copies of the weights of the best epoch so far, laid out as the arena.</summary>
internal sealed class BestWeights(ParameterArena arena)
{
    internal Tensor Values { get; } = new(arena.Values.Shape);

    internal Tensor Buffers { get; } = new(arena.BufferValues.Shape);

    internal void CopyFrom(ParameterArena source)
    {
        source.Values.Bytes.CopyTo(Values.Bytes);
        source.BufferValues.Bytes.CopyTo(Buffers.Bytes);
    }

    internal void CopyTo(ParameterArena target)
    {
        Values.Bytes.CopyTo(target.Values.Bytes);
        Buffers.Bytes.CopyTo(target.BufferValues.Bytes);
    }
}

/// <summary>The parts of a checkpoint's file.</summary>
/// <remarks>
/// <c>run.json</c> (<see cref="CheckpointRun"/>), <c>position.json</c> (<see cref="TrainingPosition"/>), <c>weights.safetensors</c> and
/// <c>optimizer.safetensors</c> (flat, in the arena's layout), and <c>best.safetensors</c> once there is a best epoch. Written as a whole or
/// not at all: a temporary file is flushed to disk and renamed over the one before.
/// </remarks>
internal static class CheckpointFile
{
    internal const string Loader = "TrainingCheckpoint";
    internal const int LoaderVersion = 1;
    private const string RunPart = "run.json";
    private const string PositionPart = "position.json";
    private const string WeightsPart = "weights.safetensors";
    private const string OptimizerPart = "optimizer.safetensors";
    private const string BestPart = "best.safetensors";

    internal static void Write(
        string path, CheckpointRun run, TrainingPosition position, ParameterArena arena, Optimizer optimizer, BestWeights? best)
    {
        List<ModelPart> parts =
        [
            ModelPart.FromText(RunPart, JsonSerializer.Serialize(run, FileJson.Options)),
            ModelPart.FromText(PositionPart, JsonSerializer.Serialize(position, FileJson.Options)),
            new ModelPart(WeightsPart, stream => SafetensorsPart.Write(stream, Weights(arena))),
            new ModelPart(OptimizerPart, stream => SafetensorsPart.Write(stream, State(optimizer))),
        ];
        if (best is not null && position.EarlyStopping.BestEpoch >= 0)
        {
            parts.Add(new ModelPart(BestPart, stream => SafetensorsPart.Write(stream, Weights(best))));
        }

        ModelArchive.Write(path, Loader, LoaderVersion, parts);
    }

    /// <summary>Reads of what run a checkpoint is.</summary>
    /// <exception cref="ModelFormatException">It is no checkpoint, damaged or too new.</exception>
    internal static CheckpointRun ReadRun(ModelArchive archive)
    {
        FileJson.RequireLoader(archive, Loader, LoaderVersion, "checkpoint");
        return FileJson.Read<CheckpointRun>(archive, RunPart);
    }

    /// <summary>Reads a checkpoint into a training made for the same run.</summary>
    /// <exception cref="ModelFormatException">A part is damaged.</exception>
    internal static TrainingPosition ReadState(ModelArchive archive, ParameterArena arena, Optimizer optimizer, BestWeights? best)
    {
        var position = FileJson.Read<TrainingPosition>(archive, PositionPart);
        SafetensorsPart.ReadInto(archive, WeightsPart, Weights(arena));
        SafetensorsPart.ReadInto(archive, OptimizerPart, State(optimizer));
        optimizer.StepsDone = position.OptimizerSteps;
        if (best is not null && position.EarlyStopping.BestEpoch >= 0)
        {
            SafetensorsPart.ReadInto(archive, BestPart, Weights(best));
        }

        return position;
    }

    private static NamedTensor[] Weights(ParameterArena arena) => [new("parameters", arena.Values), new("buffers", arena.BufferValues)];

    private static NamedTensor[] Weights(BestWeights best) => [new("parameters", best.Values), new("buffers", best.Buffers)];

    private static NamedTensor[] State(Optimizer optimizer) => [.. optimizer.State.Select(entry => new NamedTensor(entry.Name, entry.Tensor))];
}
