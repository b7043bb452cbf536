using System.CommandLine;
using ResNetMl.Engine;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Shell;

/// <summary>The options that every command takes.</summary>
internal static class CommonOptions
{
    private const string OnnxRuntimeName = "onnxruntime";

    internal static readonly Option<bool> Json = new("--json")
    {
        Description = "Write one JSON document to standard output, everything else to standard error.",
        Recursive = true,
    };

    internal static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Seed of all random numbers. Same seed, executor and threads: same weights.",
        DefaultValueFactory = _ => 1,
        Recursive = true,
        HelpName = "N",
    };

    internal static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads that compute; 0 is one a core.",
        Recursive = true,
        HelpName = "N",
    };

    internal static readonly Option<string> Executor = new("--executor")
    {
        Description = "What computes: auto, onednn, managed, or for scoring alone onnxruntime.",
        DefaultValueFactory = _ => "auto",
        Recursive = true,
        HelpName = "NAME",
    };

    internal static readonly Option<string> PrecisionName = new("--precision")
    {
        Description = "Numbers it computes with: auto, fp32 or bf16.",
        DefaultValueFactory = _ => "auto",
        Recursive = true,
        HelpName = "NAME",
    };

    /// <summary>Adds all of them to the root, from where every command takes them.</summary>
    internal static void AddTo(Command root)
    {
        root.Options.Add(Json);
        root.Options.Add(Seed);
        root.Options.Add(Threads);
        root.Options.Add(Executor);
        root.Options.Add(PrecisionName);
    }

    /// <summary>What the command line asks to score with.</summary>
    /// <exception cref="UsageException">This machine or this product lacks what was asked for.</exception>
    internal static Executor ChooseExecutor(ParseResult arguments)
    {
        (int threads, Precision precision) = ReadThreadsAndPrecision(arguments);
        string name = arguments.GetValue(Executor)!;
        IExecutor executor = name == OnnxRuntimeName
            ? OnnxRuntimeExecutor.Instance
                ?? throw new UsageException($"--executor {name}: {OnnxRuntimeExecutor.UnavailableReason} Use --executor {AbleBackends(Precision.Auto)}, or auto.")
            : new BackendExecutor(FindBackend(name));
        RequirePrecision(executor.Supports(precision), executor.Name, executor.Description, arguments, precision);
        return new Executor(executor, threads, precision);
    }

    /// <summary>What the command line asks to train with.</summary>
    /// <exception cref="UsageException">This machine or this product lacks what was asked for, or it does not train.</exception>
    internal static TrainingExecutor ChooseTrainingExecutor(ParseResult arguments)
    {
        (int threads, Precision precision) = ReadThreadsAndPrecision(arguments);
        string name = arguments.GetValue(Executor)!;
        IBackend backend = name == OnnxRuntimeName
            ? throw new UsageException($"--executor {name}: it scores and does not train; use --executor {AbleBackends(precision)}.")
            : FindBackend(name);
        RequirePrecision(backend.Supports(precision), backend.Name, backend.Description, arguments, precision);
        return new TrainingExecutor(backend, threads, precision);
    }

    private static (int Threads, Precision Precision) ReadThreadsAndPrecision(ParseResult arguments)
    {
        int threads = arguments.GetValue(Threads);
        string precision = arguments.GetValue(PrecisionName)!;
        return threads < 0
            ? throw new UsageException($"--threads {threads}: expected 0 (one a core) or more.")
            : (threads, precision switch
            {
                "auto" => Precision.Auto,
                "fp32" => Precision.Float32,
                "bf16" => Precision.BFloat16,
                _ => throw new UsageException($"--precision {precision}: expected auto, fp32 or bf16."),
            });
    }

    private static void RequirePrecision(bool isSupported, string name, string description, ParseResult arguments, Precision precision)
    {
        if (!isSupported)
        {
            string able = AbleBackends(precision);
            throw new UsageException(
                $"--precision {arguments.GetValue(PrecisionName)}: the executor {name} ({description}) does not compute in it; " +
                (able.Length > 0 ? $"use --executor {able}." : "none on this machine does; use --precision fp32."));
        }
    }

    /// <summary>Names of the backends here that compute in a precision, as "onednn or managed"; empty where none does.</summary>
    private static string AbleBackends(Precision precision) =>
        string.Join(" or ", Backends.Available.Where(backend => backend.Supports(precision)).Select(backend => backend.Name));

    private static IBackend FindBackend(string name) => name switch
    {
        "auto" => Backends.Default,
        "managed" => Backends.Managed,
        "onednn" => Backends.OneDnn
            ?? throw new UsageException($"--executor onednn: {Backends.OneDnnUnavailableReason} Use --executor managed, or auto."),
        _ => throw new UsageException($"--executor {name}: expected auto, onednn, managed or {OnnxRuntimeName}."),
    };
}
