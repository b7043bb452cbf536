using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Transforms.Onnx.Native;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>The small models beside this file, which tests/References/onnx_transformer_models.py wrote, and ONNX Runtime called directly.</summary>
internal static class TestModels
{
    /// <summary>Starts ONNX Runtime as the product does, before a session that a test makes itself starts it with a log that prints.</summary>
    [ModuleInitializer]
    internal static void StartRuntime()
    {
        if (OnnxRuntimeExecutor.UnavailableReason is null)
        {
            OnnxRuntimeLibrary.EnsureLoaded();
        }
    }

    /// <summary>Path of a model by its name.</summary>
    public static string PathOf(string name)
        => Path.Combine(TestData.RepositoryRoot, "tests", "ResNetMl.Interchange.Tests", "OnnxTransformer", "Models", $"{name}.onnx");

    public static byte[] BytesOf(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>What ONNX Runtime computes when it is called directly, with settings of its own.</summary>
    public static float[] Direct(string path, string input, long[] shape, float[] values, string output)
    {
        RequireRuntime();
        using var session = new InferenceSession(path);
        using OrtValue tensor = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [input], [tensor], [output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Numbers in [-1, 1), the same for a seed.</summary>
    public static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>Skips a test where ONNX Runtime's library is absent.</summary>
    public static void RequireRuntime()
    {
        if (OnnxRuntimeExecutor.UnavailableReason is { } reason)
        {
            Assert.Skip($"Needs ONNX Runtime's library: {reason}");
        }
    }
}
