using Microsoft.ML.OnnxRuntime;
using ResNetMl.Interchange;
using ResNetMl.Transforms.Onnx.Native;

namespace ResNetMl.Transforms.Onnx;

/// <summary>A model made ready by ONNX Runtime, shared by a transformer and the passes over its views. The last of them frees it.</summary>
/// <remarks>So a transformer may be disposed while a prediction engine or a cursor still runs: what has begun ends as it began.</remarks>
internal sealed class OnnxSession
{
    private readonly InferenceSession _session;
    private readonly Lock _lock = new();
    private int _users = 1;

    private OnnxSession(string name, InferenceSession session)
    {
        Name = name;
        _session = session;
    }

    /// <summary>Where the model came from, for messages.</summary>
    internal string Name { get; }

    internal IReadOnlyList<string> InputNames => _session.InputNames;

    internal IReadOnlyList<string> OutputNames => _session.OutputNames;

    internal IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    internal IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    /// <summary>Makes a model ready.</summary>
    /// <param name="name">Where it came from.</param>
    /// <param name="bytes">A whole ONNX file.</param>
    /// <param name="options">How it is run; the caller's.</param>
    /// <exception cref="InterchangeException">It is no ONNX model, or one that ONNX Runtime cannot run.</exception>
    internal static OnnxSession Open(string name, byte[] bytes, SessionOptions options)
    {
        try
        {
            return new OnnxSession(name, new InferenceSession(bytes, options));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InterchangeException(
                $"{name}: expected an ONNX model that ONNX Runtime {OnnxRuntimeLibrary.Version} can run, got: {exception.Message.Trim()} " +
                "Check that the file is whole, and its opset and operators are known to this version.",
                exception);
        }
    }

    /// <summary>Joins the users, unless the last one has left.</summary>
    /// <returns>Whether the model can still be used.</returns>
    internal bool TryJoin()
    {
        lock (_lock)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>Leaves; the last user frees the model.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        _session.Dispose();
    }

    /// <summary>Computes outputs. Threads may run at the same time.</summary>
    /// <returns>One value for each output asked for; the caller's.</returns>
    internal IDisposableReadOnlyCollection<OrtValue> Run(string[] inputNames, OrtValue[] inputs, string[] outputNames)
    {
        using var options = new RunOptions();
        return _session.Run(options, inputNames, inputs, outputNames);
    }
}
