using Microsoft.ML.OnnxRuntime;
using ResNetMl.Runtime;
using ResNetMl.Transforms.Onnx.Native;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Makes models ready as their settings say.</summary>
internal static class OnnxSessionFactory
{
    internal static OnnxSession Open(IHostEnvironment environment, OnnxModelSource source, byte[] bytes, OnnxSettings settings)
    {
        OnnxRuntimeLibrary.EnsureLoaded();
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (settings.IntraOpNumThreads is { } intra)
        {
            options.IntraOpNumThreads = intra;
        }

        if (settings.InterOpNumThreads is { } inter)
        {
            options.InterOpNumThreads = inter;
        }

        return OnnxSession.Open(source.Name, bytes, options);
    }
}
