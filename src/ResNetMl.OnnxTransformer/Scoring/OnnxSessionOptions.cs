using Microsoft.ML.OnnxRuntime;

namespace ResNetMl.Transforms.Onnx;

/// <summary>How ONNX Runtime runs the models of a context (<see cref="OnnxSessionOptionsExtensions.SetOnnxSessionOption"/>). Copied when a model is opened, and saved with it.</summary>
public sealed class OnnxSessionOptions
{
    /// <summary>Makes ONNX Runtime's own options for a session.</summary>
    /// <returns>New options; disposed after the session is made.</returns>
    public delegate SessionOptions CreateOnnxSessionOptions();

    /// <summary>Whether later runs allocate memory as the first did; true.</summary>
    public bool EnableMemoryPattern { get; set; } = true;

    /// <summary>Where profiles are written: the beginning of a path, completed with a time.</summary>
    public string ProfileOutputPathPrefix { get; set; } = "onnxruntime_profile_";

    /// <summary>Whether runs are profiled; false. The profile is written when the model is freed.</summary>
    public bool EnableProfiling { get; set; }

    /// <summary>A file to write the optimised model to; empty for none.</summary>
    public string OptimizedModelFilePath { get; set; } = "";

    /// <summary>Whether freed memory is kept for later runs; true. Without, single runs are slower and memory is given back.</summary>
    public bool EnableCpuMemArena { get; set; } = true;

    /// <summary>Whether a model has threads of its own; true. False makes all such models of the process share the threads that the first of them made.</summary>
    public bool PerSessionThreads { get; set; } = true;

    /// <summary>Threads shared within operators where <see cref="PerSessionThreads"/> is false; 0 is one a core.</summary>
    public int GlobalIntraOpNumThreads { get; set; }

    /// <summary>Threads shared between operators where <see cref="PerSessionThreads"/> is false; 0 is one a core.</summary>
    public int GlobalInterOpNumThreads { get; set; }

    /// <summary>What messages of the session are called by in <see cref="MLContext.Log"/>: their source is <c>OnnxTransformer; </c> and this. Empty is <c>Session</c>.</summary>
    public string LogId { get; set; } = "";

    /// <summary>The least important messages that <see cref="MLContext.Log"/> gets; warnings. Nothing is printed.</summary>
    public OrtLoggingLevel LogSeverityLevel { get; set; } = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    /// <summary>How much is said at the severity VERBOSE, from 0.</summary>
    public int LogVerbosityLevel { get; set; }

    /// <summary>Threads that share the work of one operator; 0 is one a core. <see cref="OnnxOptions.IntraOpNumThreads"/> goes before it.</summary>
    public int IntraOpNumThreads { get; set; }

    /// <summary>Threads that share the operators of one run in parallel mode; 0 is one a core. <see cref="OnnxOptions.InterOpNumThreads"/> goes before it.</summary>
    public int InterOpNumThreads { get; set; }

    /// <summary>How far the graph is rewritten before it runs; all the way.</summary>
    public GraphOptimizationLevel GraphOptimizationLevel { get; set; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>Whether operators of one run may run at the same time; one after the other.</summary>
    public ExecutionMode ExecutionMode { get; set; } = ExecutionMode.ORT_SEQUENTIAL;

    /// <summary>
    /// Makes ONNX Runtime's own options, which then are used as they are, apart from the log; all other members but those of the log are ignored,
    /// and the GPU is its matter. Null for none. A delegate cannot be saved: a loading context sets it again.
    /// </summary>
    public CreateOnnxSessionOptions? CreateSessionOptions { get; set; }

    internal OnnxSessionOptions Copy() => (OnnxSessionOptions)MemberwiseClone();

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(IntraOpNumThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(InterOpNumThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(GlobalIntraOpNumThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(GlobalInterOpNumThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(LogVerbosityLevel);
    }
}
