using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl.Trainers;

/// <summary>Trains a maximum-entropy classifier (multinomial logistic regression) on a column of features with L-BFGS; with an L1 term, OWL-QN.</summary>
/// <remarks>
/// <para>Minimised is Σ weight·(−ln probability of the label) + L2/2·‖W‖² + L1·‖W‖₁ over the training rows: a sum, so that regularisation weighs less the more
/// rows there are. Biases are not regularised.</para>
/// <para>Features are used as they are. Where they are small or of different sizes, regularisation holds the weights back: put
/// <c>NormalizeMeanVariance</c> before. Rows with a feature that is not finite, or without a label, are left out, and a warning names them.</para>
/// </remarks>
public sealed class LbfgsMaximumEntropyMulticlassTrainer
    : ITrainerEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    private const string Name = nameof(LbfgsMaximumEntropyMulticlassTrainer);

    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment environment, Options options)
    {
        _environment = environment;
        _options = options.Copy();
        MaximumEntropyFit.CheckNotNegative(_options.L1Regularization, nameof(Options.L1Regularization));
        MaximumEntropyFit.CheckNotNegative(_options.L2Regularization, nameof(Options.L2Regularization));
        MaximumEntropyFit.CheckNotNegative(_options.InitialWeightsDiameter, nameof(Options.InitialWeightsDiameter));
        if (!(_options.OptimizationTolerance > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(options), _options.OptimizationTolerance, $"{nameof(Options.OptimizationTolerance)}: expected a number above 0.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.HistorySize, nameof(Options.HistorySize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaximumNumberOfIterations, nameof(Options.MaximumNumberOfIterations));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.NumberOfThreads ?? 1, nameof(Options.NumberOfThreads));
    }

    /// <inheritdoc/>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView input) => Fit(input, null);

    /// <summary>Trains from a model that is already there.</summary>
    /// <param name="trainData">The training rows.</param>
    /// <param name="modelParameters">Where to begin: a model of the same classes and features; null for weights of zero.</param>
    /// <exception cref="ArgumentException">A column is absent or of another type, or the model has other classes or features.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData, MaximumEntropyModelParameters? modelParameters)
    {
        Options options = _options.Copy();
        return MaximumEntropyFit.Fit(
            _environment, trainData, options, Name, examples => Train(examples, options, modelParameters), options.ShowTrainingStatistics);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => MaximumEntropyFit.OutputShape(inputSchema, _options, Name);

    private double[] Train(TrainingExamples examples, Options options, MaximumEntropyModelParameters? begin)
    {
        int? threads = options.UseThreads ? options.NumberOfThreads : 1;
        var objective = new SoftmaxObjective(examples, options.L2Regularization, threads);
        return LimitedMemoryBfgs.Minimise(
            objective.Evaluate,
            Start(examples, objective.Length, options, begin),
            new LimitedMemoryOptions(
                examples.Classes, options.L1Regularization, options.EnforceNonNegativity, options.HistorySize, options.OptimizationTolerance,
                options.MaximumNumberOfIterations),
            (iteration, value) => _environment.Report(
                $"{Name}; Training", options.Quiet ? ChannelMessageKind.Trace : ChannelMessageKind.Info,
                string.Create(CultureInfo.InvariantCulture, $"Iteration {iteration}: loss {value / examples.TotalWeight():G6} a row")));
    }

    private double[] Start(TrainingExamples examples, int length, Options options, MaximumEntropyModelParameters? begin)
    {
        var start = new double[length];
        if (begin is not null)
        {
            if (begin.NumberOfClasses != examples.Classes || begin.NumberOfFeatures != examples.Length)
            {
                throw new ArgumentException(
                    $"{Name}: expected a model of {examples.Classes} classes and {examples.Length} features to begin with, got one of {begin.NumberOfClasses} classes " +
                    $"and {begin.NumberOfFeatures} features. Begin without a model.",
                    nameof(begin));
            }

            for (int i = 0; i < length; i++)
            {
                start[i] = i < examples.Classes ? begin.Biases[i] : begin.Weights[i - examples.Classes];
            }
        }
        else if (options.InitialWeightsDiameter > 0)
        {
            var random = new Random(_environment.Seed ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
            for (int i = examples.Classes; i < length; i++)
            {
                start[i] = options.InitialWeightsDiameter * (random.NextDouble() - 0.5);
            }
        }

        return start;
    }

    /// <summary>How it trains; ML.NET's names and defaults. Copied when the trainer is made.</summary>
    public sealed class Options : TrainerInputBaseWithWeight
    {
        /// <summary>Factor of half the squared weights, ≥ 0.</summary>
        public float L2Regularization = DefaultL2;

        /// <summary>Factor of the absolute weights, ≥ 0; the larger, the more weights are 0.</summary>
        public float L1Regularization = DefaultL1;

        /// <summary>Ends where an iteration improves the loss by less than this share of it, averaged over the last few; &gt; 0.</summary>
        public float OptimizationTolerance = DefaultTolerance;

        /// <summary>Steps whose curvature is remembered, ≥ 1: more memory, fewer iterations.</summary>
        public int HistorySize = DefaultHistorySize;

        /// <summary>Iterations at most.</summary>
        public int MaximumNumberOfIterations = int.MaxValue;

        /// <summary>Whether weights must be at least 0 (biases need not).</summary>
        public bool EnforceNonNegativity;

        /// <summary>Weights begin evenly distributed over ± half of this; 0 begins at 0. The minimum is the same, as the problem is convex.</summary>
        public float InitialWeightsDiameter;

        /// <summary>In ML.NET, where another optimiser hands over; without effect here, as the minimum does not depend on it.</summary>
        public float StochasticGradientDescentInitilaizationTolerance;

        /// <summary>Whether iterations are told as traces rather than as information.</summary>
        public bool Quiet;

        /// <summary>Whether <see cref="MaximumEntropyModelParameters.Statistics"/> are computed.</summary>
        public bool ShowTrainingStatistics;

        /// <summary>Whether several threads compute; the result has the same bits.</summary>
        public bool UseThreads = true;

        /// <summary>Threads at most; null for one a processor.</summary>
        public int? NumberOfThreads;

        /// <summary>In ML.NET, whether sparse vectors are made dense; without effect here, where they always are.</summary>
        public bool DenseOptimizer;

        internal const float DefaultL1 = 1;
        internal const float DefaultL2 = 1;
        internal const float DefaultTolerance = 1e-7f;
        internal const int DefaultHistorySize = 20;

        internal Options Copy() => (Options)MemberwiseClone();
    }
}
