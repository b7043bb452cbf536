using ResNetMl.Transforms.Onnx;

namespace ResNetMl;

public static partial class OnnxCatalog
{
    /// <summary>Applies a model from a stream as options say, except for their file.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, OnnxOptions)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="options">The columns and how the model is run, without a file; copied.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, Stream modelBytes, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(modelBytes);
        OnnxSettings settings = SettingsWithoutFile(options);
        byte[] bytes = OnnxModelSource.ReadToEnd(modelBytes);
        return Estimator(catalog, OnnxModelSource.OfBytes(bytes, "ONNX model from a stream"), bytes, settings);
    }

    /// <summary>Applies a model from a stream to columns of its inputs' names, and makes a column of each of its outputs.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, OnnxOptions)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, Stream modelBytes, int? gpuDeviceId = null, bool fallbackToCpu = false)
        => catalog.ApplyOnnxModel(modelBytes, new OnnxOptions { GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu });

    /// <summary>Applies a model from a stream to columns of its inputs' names, with shapes that the file leaves open.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, Stream, int?, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="shapeDictionary">Shapes by the name of an input or output, used instead of the file's; -1 or 0 is open.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    /// <param name="recursionLimit">How many messages of the file may lie in each other.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, Stream modelBytes, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100)
        => catalog.ApplyOnnxModel(modelBytes, new OnnxOptions
        {
            ShapeDictionary = shapeDictionary, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu, RecursionLimit = recursionLimit,
        });

    /// <summary>Applies a model from a stream to one column, and makes one column.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, Stream, int?, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The model's output to compute.</param>
    /// <param name="inputColumnName">The model's input, and the column to read.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, Stream modelBytes, int? gpuDeviceId = null, bool fallbackToCpu = false)
        => catalog.ApplyOnnxModel([outputColumnName], [inputColumnName], modelBytes, gpuDeviceId, fallbackToCpu);

    /// <summary>Applies a model from a stream to one column, and makes one column, with shapes that the file leaves open.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, Stream, IDictionary{string, int[]}, int?, bool, int)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The model's output to compute.</param>
    /// <param name="inputColumnName">The model's input, and the column to read.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="shapeDictionary">Shapes by the name of an input or output, used instead of the file's; -1 or 0 is open.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    /// <param name="recursionLimit">How many messages of the file may lie in each other.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, Stream modelBytes, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100)
        => catalog.ApplyOnnxModel([outputColumnName], [inputColumnName], modelBytes, shapeDictionary, gpuDeviceId, fallbackToCpu, recursionLimit);

    /// <summary>Applies a model from a stream to several columns, and makes several.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, Stream, int?, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnNames">The model's outputs to compute; empty for all.</param>
    /// <param name="inputColumnNames">The model's inputs, and the columns to read; empty for all.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, Stream modelBytes, int? gpuDeviceId = null, bool fallbackToCpu = false)
        => catalog.ApplyOnnxModel(modelBytes, new OnnxOptions
        {
            InputColumns = inputColumnNames, OutputColumns = outputColumnNames, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <summary>Applies a model from a stream to several columns, and makes several, with shapes that the file leaves open.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, Stream, IDictionary{string, int[]}, int?, bool, int)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnNames">The model's outputs to compute; empty for all.</param>
    /// <param name="inputColumnNames">The model's inputs, and the columns to read; empty for all.</param>
    /// <param name="modelBytes">A whole ONNX file, without external data; read to its end and left open. It is kept in memory for saving, and nothing is written to disk.</param>
    /// <param name="shapeDictionary">Shapes by the name of an input or output, used instead of the file's; -1 or 0 is open.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    /// <param name="recursionLimit">How many messages of the file may lie in each other.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, Stream modelBytes, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100)
        => catalog.ApplyOnnxModel(modelBytes, new OnnxOptions
        {
            InputColumns = inputColumnNames, OutputColumns = outputColumnNames, ShapeDictionary = shapeDictionary,
            GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu, RecursionLimit = recursionLimit,
        });
}
