using ResNetMl.Interchange;
using ResNetMl.Runtime;
using ResNetMl.Vision;

namespace ResNetMl;

/// <summary>Writes fitted pipelines as ONNX models, for any runtime that reads them.</summary>
public static class OnnxExportExtensions
{
    /// <summary>Writes a fitted pipeline as one ONNX model: decoded images in, scores and the predicted label out.</summary>
    /// <remarks>
    /// <para>Input: for each column of images that is read, unsigned bytes [N, 3, height, width], red, green, blue, of a name as the column's; turned as
    /// EXIF says, without transparency. Loading and decoding stay outside. Where the graph can resize as the pipeline does (opset 18 or newer), any height
    /// and width, the same for a batch; else those that the graph's input says, and images are resized outside.</para>
    /// <para>Outputs: <c>Score</c> [N, classes] and <c>PredictedLabel</c>, texts [N], or whatever the pipeline calls them: the label is a text also where the
    /// pipeline's is a key. A pipeline without a classifier gives the numbers it computes. Scores differ in the last digits.</para>
    /// <para>Exported are: image classifiers, maximum entropy, DnnFeaturizeImage, ApplyOnnxModel of networks that this product can read, loading, resizing,
    /// cropping and extracting pixels, Concatenate, CopyColumns, NormalizeMinMax, NormalizeMeanVariance, keys to values. What the outputs do not depend on
    /// is left out.</para>
    /// </remarks>
    /// <param name="catalog">The context's models.</param>
    /// <param name="transform">The fitted pipeline.</param>
    /// <param name="inputData">A view as it was fitted on: its columns are read, not its rows.</param>
    /// <param name="stream">Where to write; left open.</param>
    /// <exception cref="NotSupportedException">An output depends on a transformer that cannot be exported; the message names both.</exception>
    /// <exception cref="ArgumentException">A column is absent, or there is nothing to export.</exception>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, ITransformer transform, IDataView inputData, Stream stream)
        => Convert(catalog, transform, inputData, null, stream, []);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/>
    /// <param name="catalog">The context's models.</param>
    /// <param name="transform">The fitted pipeline.</param>
    /// <param name="inputData">A view as it was fitted on.</param>
    /// <param name="opSetVersion">Version of ONNX's operators, 9 to 21; below 18 images come in the network's size.</param>
    /// <param name="stream">Where to write; left open.</param>
    public static void ConvertToOnnx(this ModelOperationsCatalog catalog, ITransformer transform, IDataView inputData, int opSetVersion, Stream stream)
        => Convert(catalog, transform, inputData, opSetVersion, stream, []);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/>
    /// <param name="catalog">The context's models.</param>
    /// <param name="transform">The fitted pipeline.</param>
    /// <param name="inputData">A view as it was fitted on.</param>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="outputColumns">The columns to export; none for the classifier's.</param>
    public static void ConvertToOnnx(
        this ModelOperationsCatalog catalog, ITransformer transform, IDataView inputData, Stream stream, params string[] outputColumns)
        => Convert(catalog, transform, inputData, null, stream, outputColumns);

    /// <inheritdoc cref="ConvertToOnnx(ModelOperationsCatalog, ITransformer, IDataView, Stream)"/>
    /// <param name="catalog">The context's models.</param>
    /// <param name="transform">The fitted pipeline.</param>
    /// <param name="inputData">A view as it was fitted on.</param>
    /// <param name="opSetVersion">Version of ONNX's operators, 9 to 21; below 18 images come in the network's size.</param>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="outputColumns">The columns to export; none for the classifier's.</param>
    public static void ConvertToOnnx(
        this ModelOperationsCatalog catalog, ITransformer transform, IDataView inputData, int opSetVersion, Stream stream, params string[] outputColumns)
        => Convert(catalog, transform, inputData, opSetVersion, stream, outputColumns);

    private static void Convert(
        ModelOperationsCatalog catalog, ITransformer transform, IDataView inputData, int? opset, Stream stream, IReadOnlyList<string> outputColumns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(inputData);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(outputColumns);
        int version = opset ?? OnnxPipelineGraph.ResizingOpset;
        if (version is < OnnxPipelineGraph.OldestOpset or > OnnxExportOptions.NewestOpset)
        {
            throw new ArgumentOutOfRangeException(
                "opSetVersion", version, $"Pipelines are exported in opset {OnnxPipelineGraph.OldestOpset} to {OnnxExportOptions.NewestOpset}.");
        }

        byte[] bytes = PipelineExport.ToBytes(((ICatalog)catalog).Environment, transform, inputData.Schema, version, outputColumns);
        stream.Write(bytes);
    }
}
