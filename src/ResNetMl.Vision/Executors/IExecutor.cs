using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>What scores a network: one of the engine's backends, or another runtime that is given the network in a format of its own.</summary>
/// <remarks>Every executor computes the same function up to rounding. Training is the backends' alone.</remarks>
public interface IExecutor
{
    /// <summary>Its name on the command line: <c>onednn</c>, <c>managed</c> or <c>onnxruntime</c>.</summary>
    string Name { get; }

    /// <summary>Library and version, for people: <c>oneDNN 2.6.3, AVX-512</c>.</summary>
    string Description { get; }

    /// <summary>Whether it computes in this precision on this CPU; <see cref="Precision.Auto"/> always.</summary>
    /// <param name="precision">The precision asked for.</param>
    bool Supports(Precision precision);

    /// <summary>Makes a network ready for scoring.</summary>
    /// <param name="definition">The network; any number of inputs and outputs.</param>
    /// <param name="weights">Every parameter and buffer that the definition names; copied.</param>
    /// <param name="options">Threads and precision.</param>
    /// <exception cref="NotSupportedException">The executor cannot compute this network, or not in this precision; the message says which can.</exception>
    PreparedNetwork Prepare(NetworkDefinition definition, StateDictionary weights, CompileOptions options);
}
