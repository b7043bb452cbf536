using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using ResNetMl.Runtime;

namespace ResNetMl.Transforms.Onnx.Native;

/// <summary>Brings what ONNX Runtime has to say of a session to the log of the context that the session was made in.</summary>
/// <remarks>ONNX Runtime has one log for the process and tells sessions apart by an identifier, so this table is the process's, too.</remarks>
internal sealed class SessionLog : IDisposable
{
    private static readonly ConcurrentDictionary<string, SessionLog> Open = new(StringComparer.Ordinal);

    private readonly WeakReference<IHostEnvironment> _environment;
    private readonly string _source;

    private SessionLog(IHostEnvironment environment, string userId)
    {
        // The table must not keep a context alive that nobody else does.
        _environment = new WeakReference<IHostEnvironment>(environment);
        _source = userId.Length > 0 ? $"OnnxTransformer; {userId}" : OnnxTransformer.LogSource;
        Id = $"ResNetMl.{Guid.NewGuid():N}";
    }

    /// <summary>The session's identifier in ONNX Runtime's log.</summary>
    internal string Id { get; }

    /// <summary>Begins to bring messages.</summary>
    /// <param name="environment">Gets them.</param>
    /// <param name="userId">What the user calls the session; may be empty.</param>
    internal static SessionLog For(IHostEnvironment environment, string userId)
    {
        var log = new SessionLog(environment, userId);
        Open[log.Id] = log;
        return log;
    }

    /// <summary>What ONNX Runtime calls, on any thread.</summary>
    internal static void Receive(nint parameter, OrtLoggingLevel severity, string category, string logId, string codeLocation, string message)
    {
        if (!Open.TryGetValue(logId, out SessionLog? log) || !log._environment.TryGetTarget(out IHostEnvironment? environment))
        {
            return;
        }

        ChannelMessageKind kind = severity switch
        {
            OrtLoggingLevel.ORT_LOGGING_LEVEL_VERBOSE => ChannelMessageKind.Trace,
            OrtLoggingLevel.ORT_LOGGING_LEVEL_INFO => ChannelMessageKind.Info,
            OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING => ChannelMessageKind.Warning,
            _ => ChannelMessageKind.Error,
        };
        environment.Report(log._source, kind, message);
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => Open.TryRemove(Id, out _);
}
