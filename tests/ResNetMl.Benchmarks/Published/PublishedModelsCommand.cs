using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ResNetMl.Engine;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Published;

/// <summary>
/// Scores the published CIFAR-10 ResNets on the official test images from every format, with every executor and after every export, and
/// compares each logit with PyTorch's and the number of correct answers with the published one.
/// </summary>
internal static class PublishedModelsCommand
{
    private const int Classes = 10;
    private const int BatchSize = 250;
    private const double LargestDifference = 2e-4;

    private static readonly PublishedModel[] Models =
    [
        new("resnet20", "resnet20-12fca82f.th", "resnet20.onnx", "resnet20_cifar10_test_logits.npy", 9173),
        new("resnet56", "resnet56-4bfd9763.th", "resnet56.onnx", "resnet56_cifar10_test_logits.npy", 9339),
    ];

    /// <summary>Runs the command, if that is what the arguments ask for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code, 0 where everything agrees; null where they ask for something else.</returns>
    internal static int? TryRun(string[] arguments)
    {
        if (arguments.FirstOrDefault() != "published")
        {
            return null;
        }

        string data = Option("--data", Environment.GetEnvironmentVariable("RESNETML_TEST_DATA") ?? Path.Combine("..", "shared", "data"));
        string models = Path.Combine(data, "models", "cifar-resnet");
        if (!Directory.Exists(models))
        {
            Console.Error.WriteLine($"published: expected the test data's folder, got {Path.GetFullPath(data)} without models/cifar-resnet. Give --data FOLDER.");
            return 2;
        }

        int images = int.Parse(Option("--images", "10000"), CultureInfo.InvariantCulture);
        return Run(data, models, Math.Max(1, 10_000 / images));

        string Option(string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }

    private static int Run(string data, string models, int step)
    {
        CifarTestSet set = CifarTestSet.Read(data, step);
        Console.WriteLine($"{set.Count} test images; {MachineName.Cpu}");
        Console.WriteLine("| network | read from | scored by | correct | largest difference of a logit | s |");
        Console.WriteLine("|---|---|---|---:|---:|---:|");
        string folder = Directory.CreateTempSubdirectory("resnetml-published-").FullName;
        bool isRight = true;
        try
        {
            foreach (PublishedModel model in Models)
            {
                Tensor oracle = Rows(NpyFile.Read(Path.Combine(models, model.Logits)), step);
                int expected = step == 1 ? model.Correct : set.Correct(oracle.Span, Classes);
                ImportedNetwork torch = ModelReader.ReadNetwork(Path.Combine(models, model.Torch));
                ImportedNetwork onnx = ModelReader.ReadNetwork(Path.Combine(models, model.Onnx));
                string exportedOnnx = Path.Combine(folder, $"{model.Name}.onnx");
                string exportedSafetensors = Path.Combine(folder, $"{model.Name}.safetensors");
                string exportedGraph = Path.Combine(folder, $"{model.Name}.pb");
                OnnxFile.Write(exportedOnnx, torch);
                SafetensorsNetwork.Write(exportedSafetensors, torch);
                TensorFlowFile.Write(exportedGraph, torch);

                foreach (IExecutor executor in Executors())
                {
                    Check(model, ".th", executor.Name, () => Score(executor, torch, set));
                    Check(model, ".onnx", executor.Name, () => Score(executor, onnx, set));
                    Check(model, "own .onnx", executor.Name, () => Score(executor, ModelReader.ReadNetwork(exportedOnnx), set));
                    Check(model, "own .safetensors", executor.Name, () => Score(executor, ModelReader.ReadNetwork(exportedSafetensors), set));
                }

                Check(model, "own .onnx, as it is", "ONNX Runtime", () => ScoreFile(exportedOnnx, set));
                Check(model, "own GraphDef", "OpenCV dnn", () => OpenCvScores.Run(exportedGraph, set, folder));

                void Check(PublishedModel scored, string from, string by, Func<float[]?> score)
                {
                    var watch = Stopwatch.StartNew();
                    if (score() is not { } logits)
                    {
                        Console.WriteLine($"| {scored.Name} | {from} | {by} | not run: it is not on this machine | | |");
                        return;
                    }

                    int correct = set.Correct(logits, Classes);
                    double difference = LargestOf(logits, oracle.Span);
                    bool isRow = correct == expected && difference <= LargestDifference;
                    isRight &= isRow;
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {scored.Name} | {from} | {by} | {correct}{(isRow ? "" : $" (expected {expected})")} | {difference:E1} | {watch.Elapsed.TotalSeconds:F1} |"));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine(isRight ? "All agree." : $"Not all agree: see the rows with an expected number, or a difference over {LargestDifference}.");
        return isRight ? 0 : 1;
    }

    private static IEnumerable<IExecutor> Executors() =>
        [.. Backends.Available.Select(backend => new BackendExecutor(backend)), .. OnnxRuntimeExecutor.Instance is { } onnxRuntime ? (IExecutor[])[onnxRuntime] : []];

    private static float[] Score(IExecutor executor, ImportedNetwork network, CifarTestSet set)
    {
        using PreparedNetwork prepared = executor.Prepare(network.Definition, network.Weights, new CompileOptions { Precision = Precision.Float32 });
        using ScoringPlan plan = prepared.CreatePlan(BatchSize);
        return InBatches(set, batch => plan.Run(batch));
    }

    private static float[] ScoreFile(string path, CifarTestSet set)
    {
        using OnnxRuntimeModel model = OnnxRuntimeModel.Load(path);
        return InBatches(set, batch => model.Run(batch));
    }

    private static float[] InBatches(CifarTestSet set, Func<Tensor, Tensor> score)
    {
        int length = (int)(set.Images.Shape.ElementCount / set.Count);
        var logits = new float[set.Count * Classes];
        var batch = new Tensor(set.Images.Shape.With(0, BatchSize));
        for (int first = 0; first < set.Count; first += BatchSize)
        {
            int count = Math.Min(BatchSize, set.Count - first);
            set.Images.Span.Slice(first * length, count * length).CopyTo(batch.Span);
            score(batch).Span[..(count * Classes)].CopyTo(logits.AsSpan(first * Classes));
        }

        return logits;
    }

    private static Tensor Rows(Tensor all, int step)
    {
        int count = (all.Shape[0] + step - 1) / step;
        var rows = new Tensor([count, Classes]);
        for (int i = 0; i < count; i++)
        {
            all.Span.Slice(i * step * Classes, Classes).CopyTo(rows.Span[(i * Classes)..]);
        }

        return rows;
    }

    private static double LargestOf(ReadOnlySpan<float> logits, ReadOnlySpan<float> oracle)
    {
        double largest = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double difference = Math.Abs((double)logits[i] - oracle[i]);
            largest = difference <= largest ? largest : difference;
        }

        return largest;
    }

    /// <summary>A published network: its files, PyTorch's logits, and how many of the 10,000 it has right.</summary>
    private sealed record PublishedModel(string Name, string Torch, string Onnx, string Logits, int Correct);
}

/// <summary>What OpenCV's reader of TensorFlow graphs computes: another program's answer for an exported graph.</summary>
internal static class OpenCvScores
{
    /// <summary>The logits, or null where python3-opencv is absent.</summary>
    internal static float[]? Run(string graph, CifarTestSet set, string folder)
    {
        string images = Path.Combine(folder, "images.bin");
        string logits = Path.Combine(folder, "logits.bin");
        File.WriteAllBytes(images, MemoryMarshal.AsBytes(set.Images.Span));
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardError = true };
        foreach (string word in new[] { Path.Combine(AppContext.BaseDirectory, "peers", "opencv_graph.py"), graph, images, logits })
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode switch
        {
            0 => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(logits)).ToArray(),
            3 => null,
            _ => throw new InvalidOperationException($"opencv_graph.py ended with code {process.ExitCode}: {error}"),
        };
    }
}
