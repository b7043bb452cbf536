using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Transforms;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl;

/// <summary>Features of images, made by networks that were trained on ImageNet.</summary>
public static class DnnImageFeaturizerCatalog
{
    /// <summary>Makes features of images with a network that the factory chooses: <c>m =&gt; m.ModelSelector.ResNet50(mlContext, m.OutputColumn, m.InputColumn)</c>.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of features to make.</param>
    /// <param name="modelFactory">Chooses the network.</param>
    /// <param name="inputColumnName">
    /// The column of images: pixels as <c>ExtractPixels</c> makes them ([3, height, width], red, green, blue, 0 to 255), decoded or encoded images; null for
    /// the output's name.
    /// </param>
    public static DnnImageFeaturizerEstimator DnnFeaturizeImage(
        this TransformsCatalog catalog, string outputColumnName, Func<DnnImageFeaturizerInput, EstimatorChain<ColumnCopyingTransformer>> modelFactory,
        string? inputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentNullException.ThrowIfNull(modelFactory);
        return new DnnImageFeaturizerEstimator(outputColumnName, modelFactory, string.IsNullOrEmpty(inputColumnName) ? outputColumnName : inputColumnName);
    }

    /// <summary>Makes features of images with any network: published weights by name, or a file of one's own.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="options">Copied.</param>
    public static DnnImageFeaturizingEstimator DnnFeaturizeImage(this TransformsCatalog catalog, DnnImageFeaturizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new DnnImageFeaturizingEstimator(((ICatalog)catalog).Environment, options);
    }
}

/// <summary>The networks that ML.NET's image featurizer offers.</summary>
/// <remarks>
/// Weights are looked for as those of the image classification trainer: in the folder that is given or RESNETML_WEIGHTS names, in the cache, and then
/// downloaded. The networks are those of the ONNX Model Zoo, version 1, of which the last linear layer is left out.
/// </remarks>
public static class DnnImageModelSelectorExtensions
{
    /// <summary>AlexNet. No published weights have its name: put <c>AlexNet.onnx</c> into the folder, or the error says where.</summary>
    /// <inheritdoc cref="ResNet18(DnnImageModelSelector, IHostEnvironment, string, string, string)"/>
    public static EstimatorChain<ColumnCopyingTransformer> AlexNet(
        this DnnImageModelSelector dnnModelContext, IHostEnvironment env, string outputColumnName, string inputColumnName, string? modelDir = null)
        => Chain(dnnModelContext, env, outputColumnName, inputColumnName, modelDir, "AlexNet");

    /// <summary>ResNet-18: 512 features.</summary>
    /// <param name="dnnModelContext">What there is to choose from.</param>
    /// <param name="env">The context.</param>
    /// <param name="outputColumnName">The column of features to make.</param>
    /// <param name="inputColumnName">The column of images or pixels.</param>
    /// <param name="modelDir">A folder to look for the weights in; null for that of RESNETML_WEIGHTS.</param>
    public static EstimatorChain<ColumnCopyingTransformer> ResNet18(
        this DnnImageModelSelector dnnModelContext, IHostEnvironment env, string outputColumnName, string inputColumnName, string? modelDir = null)
        => Chain(dnnModelContext, env, outputColumnName, inputColumnName, modelDir, "ResnetV118");

    /// <summary>ResNet-50: 2048 features.</summary>
    /// <inheritdoc cref="ResNet18(DnnImageModelSelector, IHostEnvironment, string, string, string)"/>
    public static EstimatorChain<ColumnCopyingTransformer> ResNet50(
        this DnnImageModelSelector dnnModelContext, IHostEnvironment env, string outputColumnName, string inputColumnName, string? modelDir = null)
        => Chain(dnnModelContext, env, outputColumnName, inputColumnName, modelDir, "ResnetV150");

    /// <summary>ResNet-101: 2048 features.</summary>
    /// <inheritdoc cref="ResNet18(DnnImageModelSelector, IHostEnvironment, string, string, string)"/>
    public static EstimatorChain<ColumnCopyingTransformer> ResNet101(
        this DnnImageModelSelector dnnModelContext, IHostEnvironment env, string outputColumnName, string inputColumnName, string? modelDir = null)
        => Chain(dnnModelContext, env, outputColumnName, inputColumnName, modelDir, "ResnetV1101");

    private static EstimatorChain<ColumnCopyingTransformer> Chain(
        DnnImageModelSelector selector, IHostEnvironment environment, string output, string input, string? folder, string architecture)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentException.ThrowIfNullOrEmpty(output);
        ArgumentException.ThrowIfNullOrEmpty(input);
        var featurizing = new DnnImageFeaturizingEstimator(
            environment, new DnnImageFeaturizerOptions { OutputColumnName = output, InputColumnName = input, Architecture = architecture, WeightsFolder = folder });

        // ML.NET's chains end with a copy, and their type says so; it costs nothing.
        return new EstimatorChain<ITransformer>().Append(featurizing).Append((environment as MLContext ?? new MLContext()).Transforms.CopyColumns(output, output));
    }
}
