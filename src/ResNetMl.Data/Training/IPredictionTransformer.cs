using ResNetMl.Data;

namespace ResNetMl;

/// <summary>A transformer that a trainer made: it scores rows with a model.</summary>
/// <typeparam name="TModel">What was learned.</typeparam>
public interface IPredictionTransformer<out TModel> : ITransformer
{
    /// <summary>What was learned.</summary>
    TModel Model { get; }
}

/// <summary>A transformer that scores rows by one column.</summary>
/// <typeparam name="TModel">What was learned.</typeparam>
public interface ISingleFeaturePredictionTransformer<out TModel> : IPredictionTransformer<TModel>
{
    /// <summary>Name of the column that is scored.</summary>
    string FeatureColumnName { get; }

    /// <summary>That column's type in the rows that were learned from.</summary>
    DataViewType FeatureColumnType { get; }
}
