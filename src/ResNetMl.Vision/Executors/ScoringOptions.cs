using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Runtime;
using ResNetMl.Vision;

namespace ResNetMl.Vision
{
    /// <summary>How the classifiers that a context fits and loads compute.</summary>
    /// <remarks>Said once with <see cref="ScoringOptionsExtensions.SetScoringOptions"/>, before models are fitted or loaded; a model keeps what was said then.</remarks>
    public sealed record ScoringOptions
    {
        /// <summary>What computes; null for the fastest backend of this machine.</summary>
        public IExecutor? Executor { get; init; }

        /// <summary>How it computes: threads, precision, batches, bounds on images.</summary>
        public PredictorOptions Predictor { get; init; } = new();

        /// <summary><see cref="Executor"/>, or the fastest backend of this machine.</summary>
        internal IExecutor EffectiveExecutor => Executor ?? new BackendExecutor(Backends.Default);

        /// <summary>What was said to a context, or the defaults.</summary>
        internal static ScoringOptions Of(IHostEnvironment environment) =>
            environment.GetOptionOrDefault<ScoringOptions>(ScoringOptionsExtensions.OptionName) ?? new ScoringOptions();
    }
}

namespace ResNetMl
{
    /// <summary>Says to a context how its classifiers compute.</summary>
    public static class ScoringOptionsExtensions
    {
        internal const string OptionName = "ResNetMl.Vision.ScoringOptions";

        /// <summary>Says how the classifiers that this context fits and loads from now on compute.</summary>
        /// <param name="context">The context.</param>
        /// <param name="options">Executor, threads, precision and batching.</param>
        public static void SetScoringOptions(this MLContext context, ScoringOptions options)
        {
            ArgumentNullException.ThrowIfNull(context);
            ArgumentNullException.ThrowIfNull(options);
            context.SetOption(OptionName, options);
        }

        /// <summary>What was said with <see cref="SetScoringOptions"/>, or the defaults.</summary>
        /// <param name="context">The context.</param>
        public static ScoringOptions GetScoringOptions(this MLContext context)
        {
            ArgumentNullException.ThrowIfNull(context);
            return ScoringOptions.Of(context);
        }
    }
}
