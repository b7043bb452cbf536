using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>All ways to say which model, which columns and which shapes: one result.</summary>
public sealed class OverloadTests
{
    private static readonly string Path = TestModels.PathOf("classifier-any-size");
    private static readonly Dictionary<string, int[]> Shapes = new() { ["data_0"] = [-1, 3, 8, 8] };

    public static TheoryData<string> Ways => [.. Made.Keys];

    private static Dictionary<string, Func<TransformsCatalog, OnnxScoringEstimator>> Made { get; } = new()
    {
        ["file"] = transforms => transforms.ApplyOnnxModel(Path),
        ["file, shapes"] = transforms => transforms.ApplyOnnxModel(Path, Shapes),
        ["file, one"] = transforms => transforms.ApplyOnnxModel("softmaxout_1", "data_0", Path),
        ["file, one, shapes"] = transforms => transforms.ApplyOnnxModel("softmaxout_1", "data_0", Path, Shapes),
        ["file, many"] = transforms => transforms.ApplyOnnxModel(["softmaxout_1", "map"], ["data_0"], Path),
        ["file, many, shapes"] = transforms => transforms.ApplyOnnxModel(["softmaxout_1"], ["data_0"], Path, Shapes),
        ["file, all named"] = transforms => transforms.ApplyOnnxModel(
            outputColumnNames: ["softmaxout_1"], inputColumnNames: ["data_0"], modelFile: Path, shapeDictionary: Shapes, gpuDeviceId: null, fallbackToCpu: false, recursionLimit: 50),
        ["stream"] = transforms => transforms.ApplyOnnxModel(File.OpenRead(Path)),
        ["stream, shapes"] = transforms => transforms.ApplyOnnxModel(File.OpenRead(Path), Shapes),
        ["stream, one"] = transforms => transforms.ApplyOnnxModel("softmaxout_1", "data_0", File.OpenRead(Path)),
        ["stream, one, shapes"] = transforms => transforms.ApplyOnnxModel("softmaxout_1", "data_0", File.OpenRead(Path), Shapes),
        ["stream, many"] = transforms => transforms.ApplyOnnxModel(["softmaxout_1", "map"], ["data_0"], File.OpenRead(Path)),
        ["stream, many, shapes"] = transforms => transforms.ApplyOnnxModel(["softmaxout_1"], ["data_0"], File.OpenRead(Path), Shapes),
        ["stream, all named"] = transforms => transforms.ApplyOnnxModel(
            outputColumnNames: ["softmaxout_1"], inputColumnNames: ["data_0"], modelBytes: File.OpenRead(Path), shapeDictionary: Shapes, gpuDeviceId: null, fallbackToCpu: false, recursionLimit: 50),
        ["bytes"] = transforms => transforms.ApplyOnnxModel(File.ReadAllBytes(Path)),
        ["bytes, shapes"] = transforms => transforms.ApplyOnnxModel(File.ReadAllBytes(Path), Shapes),
        ["bytes, one"] = transforms => transforms.ApplyOnnxModel("softmaxout_1", "data_0", File.ReadAllBytes(Path)),
        ["bytes, one, shapes"] = transforms => transforms.ApplyOnnxModel("softmaxout_1", "data_0", File.ReadAllBytes(Path), Shapes),
        ["bytes, many"] = transforms => transforms.ApplyOnnxModel(["softmaxout_1", "map"], ["data_0"], File.ReadAllBytes(Path)),
        ["bytes, many, shapes"] = transforms => transforms.ApplyOnnxModel(["softmaxout_1"], ["data_0"], File.ReadAllBytes(Path), Shapes),
        ["options"] = transforms => transforms.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = Path, InputColumns = ["data_0"], OutputColumns = ["softmaxout_1"], ShapeDictionary = Shapes, RecursionLimit = 90,
            GpuDeviceId = null, FallbackToCpu = false, InterOpNumThreads = 1, IntraOpNumThreads = 1,
        }),
        ["stream, options"] = transforms => transforms.ApplyOnnxModel(File.OpenRead(Path), new OnnxOptions { OutputColumns = ["softmaxout_1"], IntraOpNumThreads = 2 }),
        ["bytes, options"] = transforms => transforms.ApplyOnnxModel(File.ReadAllBytes(Path), new OnnxOptions { OutputColumns = ["softmaxout_1"], MaximumBatchRows = 2 }),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_way_to_apply_a_model_gives_its_numbers(string way)
    {
        TestModels.RequireRuntime();
        var context = new MLContext(seed: 1);
        ImageRow[] rows = ImageRow.Many(3);
        IDataView view = context.Data.LoadFromEnumerable(rows);

        using OnnxTransformer model = Made[way](context.Transforms).Fit(view);

        float[][] scores = [.. model.Transform(view).GetColumn<float[]>("softmaxout_1")];
        Assert.Equal(3, scores.Length);
        for (int row = 0; row < 3; row++)
        {
            float[] direct = TestModels.Direct(Path, "data_0", [1, 3, 8, 8], rows[row].Pixels, "softmaxout_1");
            Assert.All(direct.Zip(scores[row]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    [Fact]
    public void The_options_default_to_ml_nets_values()
    {
        var options = new OnnxOptions();
        var session = new OnnxSessionOptions();

        Assert.Equal((null, null, null, null, false, null, 100, null, null), (options.ModelFile, options.InputColumns, options.OutputColumns,
            options.GpuDeviceId, options.FallbackToCpu, options.ShapeDictionary, options.RecursionLimit, options.InterOpNumThreads, options.IntraOpNumThreads));
        Assert.Equal((true, false, "", true, true, 0, 0, 0, 0, 0), (session.EnableMemoryPattern, session.EnableProfiling, session.OptimizedModelFilePath,
            session.EnableCpuMemArena, session.PerSessionThreads, session.GlobalIntraOpNumThreads, session.GlobalInterOpNumThreads,
            session.LogVerbosityLevel, session.IntraOpNumThreads, session.InterOpNumThreads));
        Assert.Equal(Microsoft.ML.OnnxRuntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, session.LogSeverityLevel);
        Assert.Equal(Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_ALL, session.GraphOptimizationLevel);
        Assert.Equal(Microsoft.ML.OnnxRuntime.ExecutionMode.ORT_SEQUENTIAL, session.ExecutionMode);
        Assert.Null(session.CreateSessionOptions);
    }
}
