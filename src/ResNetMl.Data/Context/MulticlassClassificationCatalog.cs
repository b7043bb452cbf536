using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>What the catalogs of learning tasks have in common.</summary>
public abstract class TrainCatalogBase : ICatalog
{
    private readonly IHostEnvironment _environment;

    private protected TrainCatalogBase(IHostEnvironment environment) => _environment = environment;

    IHostEnvironment ICatalog.Environment => _environment;

    /// <summary>What one fold of a cross-validation gave.</summary>
    /// <typeparam name="T">The metrics of the task.</typeparam>
    public sealed class CrossValidationResult<T>
        where T : class
    {
        /// <summary>The model trained on the other folds.</summary>
        public readonly ITransformer Model;

        /// <summary>Its metrics on this fold.</summary>
        public readonly T Metrics;

        /// <summary>This fold's rows with the model's columns.</summary>
        public readonly IDataView ScoredHoldOutSet;

        /// <summary>Which fold it is, from 0.</summary>
        public readonly int Fold;

        /// <summary>Makes a result.</summary>
        /// <param name="model">The model trained on the other folds.</param>
        /// <param name="metrics">Its metrics on this fold.</param>
        /// <param name="scores">This fold's rows with the model's columns.</param>
        /// <param name="fold">Which fold it is, from 0.</param>
        public CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold)
        {
            Model = model;
            Metrics = metrics;
            ScoredHoldOutSet = scores;
            Fold = fold;
        }
    }
}

/// <summary>Trains and measures classifiers of two or more classes; other packages add to it by extension methods.</summary>
public sealed class MulticlassClassificationCatalog : TrainCatalogBase
{
    internal MulticlassClassificationCatalog(IHostEnvironment environment)
        : base(environment) => Trainers = new MulticlassClassificationTrainers(environment);

    /// <summary>The trainers.</summary>
    public MulticlassClassificationTrainers Trainers { get; }

    /// <summary>The trainers of classifiers; other packages add them by extension methods.</summary>
    public sealed class MulticlassClassificationTrainers : ICatalog
    {
        private readonly IHostEnvironment _environment;

        internal MulticlassClassificationTrainers(IHostEnvironment environment) => _environment = environment;

        IHostEnvironment ICatalog.Environment => _environment;
    }
}
