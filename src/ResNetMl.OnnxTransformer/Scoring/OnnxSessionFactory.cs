using Microsoft.ML.OnnxRuntime;
using ResNetMl.Interchange;
using ResNetMl.Runtime;
using ResNetMl.Transforms.Onnx.Files;
using ResNetMl.Transforms.Onnx.Native;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Makes models ready as their settings say.</summary>
internal static class OnnxSessionFactory
{
    private const string ExternalDataFolder = "session.model_external_initializers_file_folder_path";

    /// <summary>Opens a model.</summary>
    /// <param name="environment">Its log hears what ONNX Runtime says.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="bytes">The ONNX file.</param>
    /// <param name="settings">How it is run.</param>
    internal static OnnxSession Open(IHostEnvironment environment, OnnxModelSource source, byte[] bytes, OnnxSettings settings)
    {
        OnnxFileScan scan = OnnxFileScan.Of(source.Name, bytes, settings.RecursionLimit);
        if (scan.ExternalFiles.Count > 0 && source.Folder is null)
        {
            throw new InterchangeException(
                $"{source.Name}: expected a whole ONNX model, got one whose numbers lie in another file, '{scan.ExternalFiles.First()}'. Load it from its path.");
        }

        source.NoteExternalFiles(scan.ExternalFiles);
        OnnxSessionOptions session = settings.Session ?? new OnnxSessionOptions();
        session.Check();
        OnnxRuntimeLibrary.EnsureLoaded(session.PerSessionThreads || session.CreateSessionOptions is not null ? null : () => new OrtThreadingOptions
        {
            GlobalIntraOpNumThreads = session.GlobalIntraOpNumThreads,
            GlobalInterOpNumThreads = session.GlobalInterOpNumThreads,
        });
        var log = SessionLog.For(environment, session.LogId);
        try
        {
            return settings.GpuDeviceId is { } gpu && session.CreateSessionOptions is null
                ? OpenOnGpu(environment, gpu, settings.FallbackToCpu, source.Name, gpuDeviceId => Open(source, bytes, scan, settings, session, log, gpuDeviceId))
                : Open(source, bytes, scan, settings, session, log, gpuDeviceId: null);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    private static OnnxSession OpenOnGpu(IHostEnvironment environment, int gpu, bool fallbackToCpu, string name, Func<int?, OnnxSession> open)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gpu, nameof(OnnxOptions.GpuDeviceId));
        try
        {
            return open(gpu);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            string reason = exception is OnnxRuntimeException ? exception.Message.Trim() : "this build of the library has no CUDA provider";
            string problem = $"{name}: GPU {gpu} cannot be used by ONNX Runtime {OnnxRuntimeLibrary.Version}: {reason}.".Replace("..", ".", StringComparison.Ordinal);
            if (!fallbackToCpu)
            {
                throw new InvalidOperationException(
                    $"{problem} Pass fallbackToCpu: true to use the CPU then, leave gpuDeviceId out, or set {OnnxRuntimeLibrary.PathVariable} to a library with CUDA.", exception);
            }

            environment.Report(OnnxTransformer.LogSource, ChannelMessageKind.Warning, $"{problem} The CPU is used.");
            return open(null);
        }
    }

    private static OnnxSession Open(
        OnnxModelSource source, byte[] bytes, OnnxFileScan scan, OnnxSettings settings, OnnxSessionOptions session, SessionLog log, int? gpuDeviceId)
    {
        using SessionOptions options = session.CreateSessionOptions?.Invoke() ?? Options(session, settings);
        options.LogId = log.Id;

        // A log that is not ours prints: only what was asked for goes there.
        options.LogSeverityLevel = OnnxRuntimeLibrary.HasOwnLog || settings.Session is not null ? session.LogSeverityLevel : OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        options.LogVerbosityLevel = session.LogVerbosityLevel;
        if (scan.ExternalFiles.Count > 0)
        {
            options.AddSessionConfigEntry(ExternalDataFolder, source.Folder);
        }

        if (gpuDeviceId is { } gpu)
        {
            options.AppendExecutionProvider_CUDA(gpu);
        }

        try
        {
            return new OnnxSession(source.Name, new InferenceSession(bytes, options), scan, log);
        }
        catch (OnnxRuntimeException exception) when (gpuDeviceId is null)
        {
            throw exception.Message.Contains("per session threadpools", StringComparison.OrdinalIgnoreCase)
                ? new InvalidOperationException(
                    $"{source.Name}: {nameof(OnnxSessionOptions.PerSessionThreads)} is false, but ONNX Runtime was started without threads to share, by the first model " +
                    "of the process. Set the session options before any model is loaded.", exception)
                : new InterchangeException(
                    $"{source.Name}: expected an ONNX model that ONNX Runtime {OnnxRuntimeLibrary.Version} can run, got: {exception.Message.Trim()} " +
                    "Check that the file is whole, and its opset and operators are known to this version.", exception);
        }
    }

    private static SessionOptions Options(OnnxSessionOptions session, OnnxSettings settings)
    {
        var options = new SessionOptions
        {
            EnableMemoryPattern = session.EnableMemoryPattern,
            ProfileOutputPathPrefix = session.ProfileOutputPathPrefix,
            EnableProfiling = session.EnableProfiling,
            OptimizedModelFilePath = session.OptimizedModelFilePath,
            EnableCpuMemArena = session.EnableCpuMemArena,
            IntraOpNumThreads = settings.IntraOpNumThreads ?? session.IntraOpNumThreads,
            InterOpNumThreads = settings.InterOpNumThreads ?? session.InterOpNumThreads,
            GraphOptimizationLevel = session.GraphOptimizationLevel,
            ExecutionMode = session.ExecutionMode,
        };
        if (!session.PerSessionThreads)
        {
            options.DisablePerSessionThreads();
        }

        return options;
    }
}
