namespace ResNetMl.Transforms.Onnx;

/// <summary>What <c>ApplyOnnxModel</c> depends on, in one object; the file, the columns and how the model is run. Copied when it is used.</summary>
public sealed class OnnxOptions
{
    /// <summary>The ONNX file. External data is read from its folder.</summary>
    public string? ModelFile;

    /// <summary>The model's inputs, and so the columns, to read; null or empty for all that the model has.</summary>
    public string[]? InputColumns;

    /// <summary>The model's outputs to compute; null or empty for all that the model has. A column is called as its output, less a final <c>.output</c>.</summary>
    public string[]? OutputColumns;

    /// <summary>The GPU to run on; null for what <see cref="MLContext.GpuDeviceId"/> says, and there null for the CPU.</summary>
    public int? GpuDeviceId;

    /// <summary>Whether the CPU is used, with a warning, where the GPU asked for cannot be; false makes that an error.</summary>
    public bool FallbackToCpu;

    /// <summary>
    /// Shapes by the name of an input or output, used instead of those the file declares; -1 or 0 is an axis that each row may choose.
    /// </summary>
    public IDictionary<string, int[]>? ShapeDictionary;

    /// <summary>How many messages of the file may lie in each other: graphs in attributes of nodes, and so on. 100 unless set.</summary>
    public int RecursionLimit = 100;

    /// <summary>Threads that share the operators of one run in <c>ORT_PARALLEL</c> mode; null for what the context's session options say.</summary>
    public int? InterOpNumThreads;

    /// <summary>Threads that share the work of one operator; null for what the context's session options say, 0 is one a core.</summary>
    public int? IntraOpNumThreads;

    /// <summary>
    /// How many rows are computed in one run of a model whose first axis is open; null for as many as are read together, 1 for each row on
    /// its own, as ML.NET does.
    /// </summary>
    public int? MaximumBatchRows;
}
