using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Sessions: their log, their device, their threads.</summary>
public sealed class SessionTests
{
    private static readonly string Classifier = TestModels.PathOf("classifier");

    private readonly MLContext _context = new(seed: 1);
    private readonly List<LoggingEventArgs> _messages = [];

    public SessionTests()
    {
        TestModels.RequireRuntime();
        _context.Log += (_, message) => _messages.Add(message);
    }

    [Fact]
    public void Onnx_runtimes_messages_come_through_the_log_of_the_context()
    {
        _context.SetOnnxSessionOption(new OnnxSessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_INFO, LogId = "flowers" });

        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(Classifier).Fit(_context.Data.LoadFromEnumerable(ImageRow.Many(1)));

        Assert.Contains(_messages, message => message.Kind == ChannelMessageKind.Info);
        Assert.All(_messages, message => Assert.StartsWith("[Source=OnnxTransformer; flowers, Kind=", message.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_an_error_that_says_so()
    {
        RequireNoGpu();

        var error = Assert.Throws<InvalidOperationException>(() => _context.Transforms.ApplyOnnxModel("map", "data_0", Classifier, gpuDeviceId: 0, fallbackToCpu: false));

        Assert.StartsWith($"{Classifier}: GPU 0 cannot be used by ONNX Runtime {OnnxRuntimeModel.RuntimeVersion}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Pass fallbackToCpu: true to use the CPU then, leave gpuDeviceId out, or set RESNETML_ONNXRUNTIME to a library with CUDA.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_replaced_by_the_cpu_where_that_is_allowed_with_a_warning()
    {
        RequireNoGpu();
        IDataView view = _context.Data.LoadFromEnumerable(ImageRow.Many(2));

        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(Classifier, gpuDeviceId: 0, fallbackToCpu: true).Fit(view);

        LoggingEventArgs warning = Assert.Single(_messages);
        Assert.Equal((ChannelMessageKind.Warning, "OnnxTransformer; Session"), (warning.Kind, warning.Source));
        Assert.EndsWith(" The CPU is used.", warning.RawMessage, StringComparison.Ordinal);
        Assert.Equal(2, model.Transform(view).GetColumn<float[]>("softmaxout_1").Count());
    }

    [Fact]
    public void The_contexts_gpu_counts_where_the_call_names_none()
    {
        RequireNoGpu();
        var context = new MLContext { GpuDeviceId = 1, FallbackToCpu = false };
        Assert.Contains("GPU 1 cannot be used", Assert.Throws<InvalidOperationException>(() => context.Transforms.ApplyOnnxModel(Classifier)).Message, StringComparison.Ordinal);

        context.FallbackToCpu = true;
        using OnnxTransformer model = context.Transforms.ApplyOnnxModel(Classifier).Fit(context.Data.LoadFromEnumerable(ImageRow.Many(1)));
        Assert.NotNull(model);
    }

    [Fact]
    public void Threads_to_share_must_be_asked_for_before_the_first_model_of_the_process()
    {
        _ = TestModels.Direct(Classifier, "data_0", [1, 3, 8, 8], new float[192], "map");
        _context.SetOnnxSessionOption(new OnnxSessionOptions { PerSessionThreads = false, GlobalIntraOpNumThreads = 1 });

        var error = Assert.Throws<InvalidOperationException>(() => _context.Transforms.ApplyOnnxModel(Classifier));

        Assert.Equal(
            $"{Classifier}: PerSessionThreads is false, but ONNX Runtime was started without threads to share, by the first model of the process. " +
            "Set the session options before any model is loaded.",
            error.Message);
    }

    [Fact]
    public void Numbers_of_threads_below_zero_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ApplyOnnxModel(new OnnxOptions { ModelFile = Classifier, IntraOpNumThreads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ApplyOnnxModel(new OnnxOptions { ModelFile = Classifier, MaximumBatchRows = 0 }));
        _context.SetOnnxSessionOption(new OnnxSessionOptions { InterOpNumThreads = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ApplyOnnxModel(Classifier));
    }

    private static void RequireNoGpu()
    {
        if (OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            Assert.Skip("Needs an ONNX Runtime without CUDA, as the build restores it.");
        }
    }
}
