using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Offers the networks that features can be made with, as extension methods.</summary>
public sealed class DnnImageModelSelector
{
    internal DnnImageModelSelector()
    {
    }
}

/// <summary>What a choice of network is told: the columns, and what there is to choose from.</summary>
public sealed class DnnImageFeaturizerInput
{
    internal DnnImageFeaturizerInput(string outputColumn, string inputColumn)
    {
        OutputColumn = outputColumn;
        InputColumn = inputColumn;
    }

    /// <summary>The networks to choose from.</summary>
    public DnnImageModelSelector ModelSelector { get; } = new();

    /// <summary>The column of features to make.</summary>
    public string OutputColumn { get; }

    /// <summary>The column of images or pixels.</summary>
    public string InputColumn { get; }
}

/// <summary>Makes features of images with the network that a program chose.</summary>
public sealed class DnnImageFeaturizerEstimator : IEstimator<TransformerChain<ColumnCopyingTransformer>>
{
    private readonly EstimatorChain<ColumnCopyingTransformer> _chain;

    internal DnnImageFeaturizerEstimator(
        string outputColumnName, Func<DnnImageFeaturizerInput, EstimatorChain<ColumnCopyingTransformer>> modelFactory, string inputColumnName)
        => _chain = modelFactory(new DnnImageFeaturizerInput(outputColumnName, inputColumnName));

    /// <inheritdoc/>
    public TransformerChain<ColumnCopyingTransformer> Fit(IDataView input) => _chain.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _chain.GetOutputSchema(inputSchema);
}
