using System.CommandLine;
using ResNetMl.Engine;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Shell;

/// <summary>What computes, and how: as --executor, --threads and --precision say.</summary>
internal sealed record Executor(IBackend Backend, int Threads, Precision Precision)
{
    /// <summary>Makes a model ready to answer.</summary>
    internal Predictor Prepare(Model model) => model.CreatePredictor(Backend, new PredictorOptions { Threads = Threads, Precision = Precision });
}

/// <summary>The options that every command takes.</summary>
internal static class CommonOptions
{
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
        Description = "What computes: auto, onednn or managed.",
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

    /// <summary>The backend and the compile options that the command line asks for.</summary>
    /// <exception cref="UsageException">This machine or this product lacks what was asked for.</exception>
    internal static Executor ChooseExecutor(ParseResult arguments)
    {
        int threads = arguments.GetValue(Threads);
        if (threads < 0)
        {
            throw new UsageException($"--threads {threads}: expected 0 (one a core) or more.");
        }

        string precisionName = arguments.GetValue(PrecisionName)!;
        Precision precision = precisionName switch
        {
            "auto" => Precision.Auto,
            "fp32" => Precision.Float32,
            "bf16" => Precision.BFloat16,
            _ => throw new UsageException($"--precision {precisionName}: expected auto, fp32 or bf16."),
        };
        IBackend backend = FindBackend(arguments.GetValue(Executor)!);
        if (!backend.Supports(precision))
        {
            string[] able = [.. Backends.Available.Where(b => b.Supports(precision)).Select(b => b.Name)];
            throw new UsageException(
                $"--precision {precisionName}: the executor {backend.Name} ({backend.Description}) does not compute in it; " +
                (able.Length > 0 ? $"use --executor {string.Join(" or ", able)}." : "none on this machine does; use --precision fp32."));
        }

        return new Executor(backend, threads, precision);
    }

    private static IBackend FindBackend(string name)
    {
        switch (name)
        {
            case "auto":
                return Backends.Default;
            case "managed":
                return Backends.Managed;
            case "onednn":
                return Backends.OneDnn
                    ?? throw new UsageException($"--executor onednn: {Backends.OneDnnUnavailableReason} Use --executor managed, or auto.");
            default:
                throw new UsageException($"--executor {name}: expected auto, onednn or managed.");
        }
    }
}
