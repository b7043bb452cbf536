using ResNetMl.Engine;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Shell;

/// <summary>What scores, and how: as --executor, --threads and --precision say.</summary>
internal sealed record Executor(IExecutor Scoring, int Threads, Precision Precision)
{
    /// <summary>The same for pipelines.</summary>
    internal ScoringOptions ScoringOptions => new() { Executor = Scoring, Predictor = Options };

    private PredictorOptions Options => new() { Threads = Threads, Precision = Precision };

    /// <summary>Makes a model ready to answer.</summary>
    /// <exception cref="UsageException">The executor cannot compute this model.</exception>
    internal Predictor Prepare(Model model)
    {
        try
        {
            return model.CreatePredictor(Scoring, Options);
        }
        catch (NotSupportedException exception)
        {
            throw new UsageException($"--executor {Scoring.Name}: {exception.Message}");
        }
    }
}

/// <summary>What trains, and how.</summary>
internal sealed record TrainingExecutor(IBackend Backend, int Threads, Precision Precision)
{
    /// <summary>The same for the finished model.</summary>
    internal Executor Scoring => new(new BackendExecutor(Backend), Threads, Precision);
}
