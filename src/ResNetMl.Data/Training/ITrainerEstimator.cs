namespace ResNetMl.Trainers;

/// <summary>An estimator that learns to predict.</summary>
/// <typeparam name="TTransformer">The transformer that scores rows with what was learned.</typeparam>
/// <typeparam name="TModel">What was learned.</typeparam>
public interface ITrainerEstimator<out TTransformer, out TModel> : IEstimator<TTransformer>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class;

/// <summary>What the options of every trainer have in common.</summary>
public abstract class TrainerInputBase
{
    private protected TrainerInputBase()
    {
    }

    /// <summary>The column that is learned from.</summary>
    public string FeatureColumnName = "Features";
}

/// <summary>What the options of every trainer that learns labels have in common.</summary>
public abstract class TrainerInputBaseWithLabel : TrainerInputBase
{
    /// <summary>Options with the defaults.</summary>
    protected TrainerInputBaseWithLabel()
    {
    }

    /// <summary>The column of labels; a key.</summary>
    public string LabelColumnName = "Label";
}
