using Microsoft.ML.OnnxRuntime;
using ResNetMl.Transforms.Onnx.Files;
using ResNetMl.Transforms.Onnx.Native;

namespace ResNetMl.Transforms.Onnx;

/// <summary>A model made ready by ONNX Runtime, shared by a transformer and the passes over its views. The last of them frees it.</summary>
/// <remarks>So a transformer may be disposed while a prediction engine or a cursor still runs: what has begun ends as it began.</remarks>
internal sealed class OnnxSession
{
    private readonly InferenceSession _session;
    private readonly Lock _lock = new();
    private readonly SessionLog _log;

    // A run keeps memory for all its values, and one core for itself at least: what comes beyond the cores waits rather than takes turns.
    private readonly SemaphoreSlim _runs = new(Environment.ProcessorCount);
    private int _users = 1;

    /// <param name="name">Where the model came from.</param>
    /// <param name="session">The model made ready; owned.</param>
    /// <param name="file">What else is known of its file.</param>
    /// <param name="log">Ends with it.</param>
    internal OnnxSession(string name, InferenceSession session, OnnxFileScan file, SessionLog log)
    {
        Name = name;
        _session = session;
        File = file;
        _log = log;
    }

    /// <summary>Where the model came from, for messages.</summary>
    internal string Name { get; }

    internal OnnxFileScan File { get; }

    internal IReadOnlyList<string> InputNames => _session.InputNames;

    internal IReadOnlyList<string> OutputNames => _session.OutputNames;

    internal IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    internal IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

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
        _log.Dispose();
        _runs.Dispose();
    }

    /// <summary>Computes outputs. Threads may run at the same time.</summary>
    /// <param name="inputNames">Which inputs.</param>
    /// <param name="inputs">A value for each; the caller's.</param>
    /// <param name="outputNames">Which outputs.</param>
    /// <param name="isTrial">Whether a failure is expected, and so not worth a message.</param>
    /// <returns>A value for each output; the caller's.</returns>
    internal IDisposableReadOnlyCollection<OrtValue> Run(string[] inputNames, OrtValue[] inputs, string[] outputNames, bool isTrial)
    {
        using var options = new RunOptions();
        if (isTrial)
        {
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        }

        _runs.Wait();
        try
        {
            return _session.Run(options, inputNames, inputs, outputNames);
        }
        finally
        {
            _runs.Release();
        }
    }
}
