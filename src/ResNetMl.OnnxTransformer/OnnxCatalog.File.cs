using ResNetMl.Transforms.Onnx;

namespace ResNetMl;

public static partial class OnnxCatalog
{
    /// <summary>Applies a model in a file to columns of its inputs' names, and makes a column of each of its outputs.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, OnnxOptions)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="modelFile">The ONNX file. External data is read from its folder.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(this TransformsCatalog catalog, string modelFile, int? gpuDeviceId = null, bool fallbackToCpu = false)
        => catalog.ApplyOnnxModel(new OnnxOptions { ModelFile = modelFile, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu });

    /// <summary>Applies a model in a file to columns of its inputs' names, with shapes that the file leaves open.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, string, int?, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="modelFile">The ONNX file. External data is read from its folder.</param>
    /// <param name="shapeDictionary">Shapes by the name of an input or output, used instead of the file's; -1 or 0 is open.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    /// <param name="recursionLimit">How many messages of the file may lie in each other.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string modelFile, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100)
        => catalog.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = modelFile, ShapeDictionary = shapeDictionary, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu, RecursionLimit = recursionLimit,
        });

    /// <summary>Applies a model in a file to one column, and makes one column.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, string, int?, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The model's output to compute.</param>
    /// <param name="inputColumnName">The model's input, and the column to read.</param>
    /// <param name="modelFile">The ONNX file. External data is read from its folder.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, string modelFile, int? gpuDeviceId = null, bool fallbackToCpu = false)
        => catalog.ApplyOnnxModel([outputColumnName], [inputColumnName], modelFile, gpuDeviceId, fallbackToCpu);

    /// <summary>Applies a model in a file to one column, and makes one column, with shapes that the file leaves open.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, string, IDictionary{string, int[]}, int?, bool, int)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The model's output to compute.</param>
    /// <param name="inputColumnName">The model's input, and the column to read.</param>
    /// <param name="modelFile">The ONNX file. External data is read from its folder.</param>
    /// <param name="shapeDictionary">Shapes by the name of an input or output, used instead of the file's; -1 or 0 is open.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    /// <param name="recursionLimit">How many messages of the file may lie in each other.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, string modelFile, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100)
        => catalog.ApplyOnnxModel([outputColumnName], [inputColumnName], modelFile, shapeDictionary, gpuDeviceId, fallbackToCpu, recursionLimit);

    /// <summary>Applies a model in a file to several columns, and makes several.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, string, int?, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnNames">The model's outputs to compute; empty for all.</param>
    /// <param name="inputColumnNames">The model's inputs, and the columns to read; empty for all.</param>
    /// <param name="modelFile">The ONNX file. External data is read from its folder.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, string modelFile, int? gpuDeviceId = null, bool fallbackToCpu = false)
        => catalog.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = modelFile, InputColumns = inputColumnNames, OutputColumns = outputColumnNames, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <summary>Applies a model in a file to several columns, and makes several, with shapes that the file leaves open.</summary>
    /// <inheritdoc cref="ApplyOnnxModel(TransformsCatalog, string, IDictionary{string, int[]}, int?, bool, int)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnNames">The model's outputs to compute; empty for all.</param>
    /// <param name="inputColumnNames">The model's inputs, and the columns to read; empty for all.</param>
    /// <param name="modelFile">The ONNX file. External data is read from its folder.</param>
    /// <param name="shapeDictionary">Shapes by the name of an input or output, used instead of the file's; -1 or 0 is open.</param>
    /// <param name="gpuDeviceId">The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU is used, with a warning, where the GPU asked for cannot be.</param>
    /// <param name="recursionLimit">How many messages of the file may lie in each other.</param>
    public static OnnxScoringEstimator ApplyOnnxModel(
        this TransformsCatalog catalog, string[] outputColumnNames, string[] inputColumnNames, string modelFile, IDictionary<string, int[]> shapeDictionary,
        int? gpuDeviceId = null, bool fallbackToCpu = false, int recursionLimit = 100)
        => catalog.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = modelFile, InputColumns = inputColumnNames, OutputColumns = outputColumnNames, ShapeDictionary = shapeDictionary,
            GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu, RecursionLimit = recursionLimit,
        });
}
