using System.Diagnostics.CodeAnalysis;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>oneDNN's generated code for convolutions and matrix products, the engine's own SIMD passes for what is bound by memory.</summary>
internal sealed class OneDnnBackend : IBackend
{
    private readonly OneDnnLibrary _library;

    private OneDnnBackend(OneDnnLibrary library) => _library = library;

    /// <inheritdoc/>
    public string Name => "onednn";

    /// <inheritdoc/>
    public string Description => $"oneDNN {_library.Version}, {_library.InstructionSet}";

    /// <summary>The backend, where the library can be loaded.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="whyNot">One sentence for the user where it cannot.</param>
    internal static bool TryCreate([NotNullWhen(true)] out OneDnnBackend? backend, [NotNullWhen(false)] out string? whyNot)
    {
        backend = OneDnnLibrary.TryGet(out OneDnnLibrary? library, out whyNot) ? new OneDnnBackend(library) : null;
        return backend is not null;
    }

    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision is Precision.Auto or Precision.Float32;

    /// <inheritdoc/>
    public CompiledNetwork Compile(OperationList operations, StateDictionary weights, CompileOptions options)
    {
        Check(options);
        return new OneDnnCompiledNetwork(_library, operations, weights, options);
    }

    /// <inheritdoc/>
    public TrainingPlan CreateTrainingPlan(OperationList operations, StateDictionary weights, int batchSize, CompileOptions options)
    {
        Check(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        return new OneDnnTrainingPlan(_library, operations, weights, batchSize, options);
    }

    private void Check(CompileOptions options)
    {
        if (!Supports(options.Precision))
        {
            throw new NotSupportedException(
                $"The onednn backend computes in {Precision.Float32}; {options.Precision} was asked for. " +
                $"Use {Precision.Auto} or {Precision.Float32}.");
        }
    }
}
