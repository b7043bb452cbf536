using ResNetMl.Engine;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Transforms.Onnx.Native;
using ResNetMl.Vision;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Scores with ONNX Runtime: the network is written as an ONNX model in memory and handed over. It does not train.</summary>
public sealed class OnnxRuntimeExecutor : IExecutor
{
    private static readonly Lazy<OnnxRuntimeExecutor?> Found = new(() => OnnxRuntimeLibrary.WhyNot is null ? new OnnxRuntimeExecutor() : null);

    private OnnxRuntimeExecutor()
    {
    }

    /// <summary>The executor; null where its library cannot be loaded, <see cref="UnavailableReason"/> saying why.</summary>
    public static OnnxRuntimeExecutor? Instance => Found.Value;

    /// <summary>Why there is no ONNX Runtime, in a sentence or two; null where there is.</summary>
    public static string? UnavailableReason => OnnxRuntimeLibrary.WhyNot;

    /// <inheritdoc/>
    public string Name => "onnxruntime";

    /// <inheritdoc/>
    public string Description => $"ONNX Runtime {OnnxRuntimeLibrary.Version}";

    /// <summary>Float32 alone: an exported model says its numbers, and ours are float32.</summary>
    /// <param name="precision">The precision asked for.</param>
    public bool Supports(Precision precision) => precision is Precision.Auto or Precision.Float32;

    /// <inheritdoc/>
    public PreparedNetwork Prepare(NetworkDefinition definition, StateDictionary weights, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        if (!Supports(options.Precision))
        {
            throw new NotSupportedException(
                $"The executor {Name} ({Description}) does not compute in {options.Precision}. Use Precision.Float32, or the executor onednn where the CPU has bfloat16.");
        }

        return new OnnxRuntimeNetwork(definition, Export(definition, weights), options);
    }

    private static byte[] Export(NetworkDefinition definition, StateDictionary weights)
    {
        try
        {
            return OnnxFile.ToBytes(new ImportedNetwork(definition, weights));
        }
        catch (InterchangeException exception)
        {
            throw new NotSupportedException(
                $"Network '{definition.Name}' cannot be handed over as an ONNX model: {exception.Message} Use the executor onednn or managed.", exception);
        }
    }
}
