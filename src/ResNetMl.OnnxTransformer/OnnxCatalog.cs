using ResNetMl.Runtime;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl;

/// <summary>Applies ONNX models to columns, with ONNX Runtime.</summary>
public static partial class OnnxCatalog
{
    /// <summary>Applies a model as options say.</summary>
    /// <inheritdoc cref="OnnxScoringEstimator" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="options">The file, the columns and how the model is run; copied.</param>
    /// <returns>An estimator that is ready without data. The model is loaded now.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Interchange.InterchangeException">It is no ONNX model, or one that ONNX Runtime cannot run; the message says why.</exception>
    /// <exception cref="ArgumentException">The model has no input or output of a name, or other shapes.</exception>
    /// <exception cref="NotSupportedException">No column can hold what an input takes or an output gives.</exception>
    /// <exception cref="InvalidOperationException">The GPU asked for cannot be used, and falling back to the CPU is not allowed.</exception>
    /// <exception cref="DllNotFoundException">There is no ONNX Runtime on this machine.</exception>
    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.ModelFile))
        {
            throw new ArgumentException($"Expected the path of an ONNX file in {nameof(OnnxOptions)}.{nameof(OnnxOptions.ModelFile)}, got none.", nameof(options));
        }

        OnnxSettings settings = OnnxSettings.Of(options);
        (OnnxModelSource source, byte[] bytes) = OnnxModelSource.OfFile(options.ModelFile);
        return Estimator(catalog, source, bytes, settings);
    }

    private static OnnxSettings SettingsWithoutFile(OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.IsNullOrEmpty(options.ModelFile)
            ? OnnxSettings.Of(options)
            : throw new ArgumentException($"Expected the model in one place, got it in memory and in {nameof(OnnxOptions.ModelFile)} '{options.ModelFile}'. Leave one out.", nameof(options));
    }

    private static OnnxScoringEstimator Estimator(TransformsCatalog catalog, OnnxModelSource source, byte[] bytes, OnnxSettings settings)
    {
        IHostEnvironment environment = ((ICatalog)catalog).Environment;
        return new OnnxScoringEstimator(OnnxTransformer.Open(environment, source, bytes, settings.In(environment)));
    }
}
