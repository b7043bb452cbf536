using System.Globalization;
using System.Security.Cryptography;
using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl.Trainers;

/// <summary>Trains a maximum-entropy classifier on a column of features by stochastic dual coordinate ascent.</summary>
/// <remarks>
/// <para>Minimised is the mean of −ln probability of the label over the training rows, by weight, + L2·(‖(W, b)‖²/2 + L1·‖W‖₁): L1 is relative to L2, as
/// ML.NET's trainer thresholds with it. It ends where the duality gap, a bound of how far the loss is above its minimum, is small enough.</para>
/// <para>Features are used as they are; <c>NormalizeMeanVariance</c> before makes it faster. Rows with a feature that is not finite, or without a label,
/// are left out, and a warning names them. The order of the rows follows from the context's seed.</para>
/// </remarks>
public sealed class SdcaMaximumEntropyMulticlassTrainer
    : ITrainerEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    private const string Name = nameof(SdcaMaximumEntropyMulticlassTrainer);

    // Where the number of iterations is left open: visits of rows at most, and passes at least and at most.
    private const long MostVisits = 5_000_000;
    private const int FewestPasses = 20;
    private const int MostPasses = 2000;

    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal SdcaMaximumEntropyMulticlassTrainer(IHostEnvironment environment, Options options)
    {
        _environment = environment;
        _options = options.Copy();
        MaximumEntropyFit.CheckNotNegative(_options.L1Regularization, nameof(Options.L1Regularization));
        MaximumEntropyFit.CheckNotNegative(_options.ConvergenceTolerance, nameof(Options.ConvergenceTolerance));
        if (_options.L2Regularization is { } l2 && !(l2 > 0 && float.IsFinite(l2)))
        {
            throw new ArgumentOutOfRangeException(nameof(options), l2, $"{nameof(Options.L2Regularization)}: expected a number above 0, which the dual needs.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaximumNumberOfIterations ?? 1, nameof(Options.MaximumNumberOfIterations));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.ConvergenceCheckFrequency ?? 1, nameof(Options.ConvergenceCheckFrequency));
    }

    /// <inheritdoc/>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView input)
    {
        Options options = _options.Copy();
        return MaximumEntropyFit.Fit(_environment, input, options, Name, examples => Train(examples, options));
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => MaximumEntropyFit.OutputShape(inputSchema, _options, Name);

    private double[] Train(TrainingExamples examples, Options options)
    {
        int passes = options.MaximumNumberOfIterations ?? (int)Math.Clamp(MostVisits / examples.Count, FewestPasses, MostPasses);
        var settings = new DualAscentOptions(
            options.L2Regularization ?? DefaultL2(examples.Count),
            options.L1Regularization ?? 0,
            options.ConvergenceTolerance,
            passes,
            options.ConvergenceCheckFrequency ?? 1,
            options.Shuffle ? _environment.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue) : null);
        DualAscentResult result = SoftmaxDualAscent.Minimise(
            examples, settings, (iteration, loss, gap) => _environment.Report(
                $"{Name}; Training", ChannelMessageKind.Info,
                string.Create(CultureInfo.InvariantCulture, $"Iteration {iteration}: loss {loss:G6}, duality gap {gap:G3}")));
        if (options.MaximumNumberOfIterations is null && result.Gap > settings.Tolerance * result.Loss)
        {
            _environment.Report(
                Name, ChannelMessageKind.Warning,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"After {result.Iterations} iterations the loss {result.Loss:G4} can be {result.Gap:G3} above its minimum, expected at most " +
                    $"{settings.Tolerance * result.Loss:G3}. Normalise the features, or raise {nameof(Options.L2Regularization)} ({settings.L2:G3})."));
        }

        return result.Parameters;
    }

    private static float DefaultL2(int rows) => rows switch
    {
        < 200 => 1e-2f,
        <= 10_000 => 1e-3f,
        _ => 1e-4f,
    };

    /// <summary>How it trains; ML.NET's names and defaults. Copied when the trainer is made.</summary>
    public sealed class Options : TrainerInputBaseWithWeight
    {
        /// <summary>Factor of half the squared weights, &gt; 0; null for 0.01 below 200 rows, 0.001 up to 10,000, 0.0001 above.</summary>
        public float? L2Regularization;

        /// <summary>Weights whose sum over the rows is below this are 0, the others nearer to 0 by it; ≥ 0. Null for 0 (ML.NET tries several).</summary>
        public float? L1Regularization;

        /// <summary>In ML.NET, threads that update weights without waiting for each other; without effect here, where the same seed gives the same bits.</summary>
        public int? NumberOfThreads;

        /// <summary>Ends where the duality gap is below this share of the loss.</summary>
        public float ConvergenceTolerance = 0.1f;

        /// <summary>Passes over the rows at most; null for as many as the tolerance needs, within five million rows in all (at least 20 passes, at most 2,000).</summary>
        public int? MaximumNumberOfIterations;

        /// <summary>Whether each pass has the rows in another random order.</summary>
        public bool Shuffle = true;

        /// <summary>Passes between two computations of the gap; null for each.</summary>
        public int? ConvergenceCheckFrequency;

        /// <summary>In ML.NET, the learning rate of the bias without regularisation; without effect here, where the bias is regularised as a weight.</summary>
        public float BiasLearningRate;

        internal Options Copy() => (Options)MemberwiseClone();
    }
}
