using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Benchmarks.PipelineScoring;

/// <summary>
/// What a pipeline's ApplyOnnxModel costs beside ONNX Runtime called directly on the same batches: published networks, in turn, medians.
/// The direct call gets each batch ready in one piece of memory; the pipeline reads rows of a view and puts them together itself.
/// </summary>
internal static class PipelineScoringCommand
{
    private const int Channels = 3;
    private const int Size = 224;
    private const double LowestRatio = 0.95;

    /// <summary>Runs the command, if that is what the arguments ask for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code, 0 where every ratio is high enough and every number the same; null where they ask for something else.</returns>
    internal static int? TryRun(string[] arguments)
    {
        if (arguments.FirstOrDefault() != "pipeline-scoring")
        {
            return null;
        }

        string data = Option("--data", Environment.GetEnvironmentVariable("RESNETML_TEST_DATA") ?? Path.Combine("..", "shared", "data"));
        int rounds = Number("--rounds", 9);
        int images = Number("--images", 64);
        int threads = Number("--threads", Environment.ProcessorCount);
        int[] batches = [.. Option("--batches", "1,8,32").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        (string Name, string Path)[] models =
        [
            ("MobileNetV2 1.0", Path.Combine(data, "models", "imagenet", "mobilenet_v2_1.0_224.onnx")),
            ("SqueezeNet 1.1", Path.Combine(data, "models", "imagenet", "squeezenet1.1.onnx")),
            ("ResNet-50 v2 trunk", Path.Combine("data", "weights", "resnet50-v2-trunk.onnx")),
        ];
        foreach ((string name, string path) in models.Where(model => !File.Exists(model.Path)))
        {
            Console.Error.WriteLine($"pipeline-scoring: {name} is left out, there is no {path}. Run in the checkout's root and give --data FOLDER.");
        }

        models = [.. models.Where(model => File.Exists(model.Path))];
        return models.Length == 0 ? 2 : Run(models, batches, rounds, images, threads);

        int Number(string name, int otherwise) => int.Parse(Option(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

        string Option(string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }

    private static int Run((string Name, string Path)[] models, int[] batches, int rounds, int images, int threads)
    {
        ImageRow[] rows = [.. Enumerable.Range(0, images).Select(seed => new ImageRow { input = Noise(seed) })];
        var guarded = new GuardedRounds(threads);
        var lines = new List<string>();
        bool good = true;
        foreach ((string name, string path) in models)
        {
            foreach (int batch in batches)
            {
                using var direct = new DirectScoring(path, rows, batch, threads);
                using var pipeline = new PipelineScoring(path, direct.Output, rows, batch, threads);
                bool same = direct.Scores().SequenceEqual(pipeline.Scores());
                IReadOnlyDictionary<string, List<double>> seconds = guarded.Run(
                    [new Contestant("direct", direct.Run), new Contestant("pipeline", pipeline.Run)], rounds, stepsPerRound: 1);
                double directRate = images / GuardedRounds.Median(seconds["direct"]);
                double pipelineRate = images / GuardedRounds.Median(seconds["pipeline"]);
                double ratio = pipelineRate / directRate;
                good &= same && ratio >= LowestRatio;
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {batch} | {directRate:F1} | {pipelineRate:F1} | {ratio:F3} | {(same ? "the same bits" : "DIFFERENT NUMBERS")} |"));
                Console.Error.WriteLine(lines[^1]);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{MachineName.Cpu}, {threads} threads, ONNX Runtime {OnnxRuntimeModel.RuntimeVersion}, {images} images of {Size}×{Size}, medians of {rounds} rounds in turn; " +
            $"{guarded.Discarded} measurements taken again, {guarded.Unguarded} kept on a slow machine"));
        Console.WriteLine();
        Console.WriteLine("| network | batch | direct, images/s | pipeline, images/s | ratio | results |");
        Console.WriteLine("|---|---|---|---|---|---|");
        lines.ForEach(Console.WriteLine);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(good ? "Every" : "NOT every")} ratio is at least {LowestRatio} with the same bits."));
        return good ? 0 : 1;
    }

    private static float[] Noise(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Channels * Size * Size).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private sealed class ImageRow
    {
        [VectorType(Channels, Size, Size)]
        public float[] input = [];
    }

    /// <summary>ONNX Runtime as its own documentation says: a session, a value over each batch, results read where they lie.</summary>
    private sealed class DirectScoring : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly (float[] Pixels, int Count)[] _batches;

        public DirectScoring(string path, ImageRow[] rows, int batch, int threads)
        {
            using var options = new SessionOptions { IntraOpNumThreads = threads };
            _session = new InferenceSession(path, options);
            _batches = [.. rows.Chunk(batch).Select(part => (part.SelectMany(row => row.input).ToArray(), part.Length))];
        }

        public string Output => _session.OutputNames[0];

        public double Run(int steps)
        {
            long began = Stopwatch.GetTimestamp();
            for (int step = 0; step < steps; step++)
            {
                _ = Scores();
            }

            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        public List<float> Scores()
        {
            var scores = new List<float>();
            using var options = new RunOptions();
            foreach ((float[] pixels, int count) in _batches)
            {
                using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [count, Channels, Size, Size]);
                using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(options, _session.InputNames, [input], _session.OutputNames);
                scores.AddRange(results[0].GetTensorDataAsSpan<float>());
            }

            return scores;
        }

        public void Dispose() => _session.Dispose();
    }

    /// <summary>A view over rows in memory, transformed, read in blocks of the batch.</summary>
    private sealed class PipelineScoring : IDisposable
    {
        private readonly OnnxTransformer _model;
        private readonly BlockView _scored;
        private readonly DataViewSchema.Column _column;
        private readonly int _batch;

        public PipelineScoring(string path, string output, ImageRow[] rows, int batch, int threads)
        {
            var context = new MLContext(seed: 1);
            IDataView view = context.Data.LoadFromEnumerable(rows);
            _model = context.Transforms.ApplyOnnxModel(new OnnxOptions { ModelFile = path, IntraOpNumThreads = threads }).Fit(view);
            _scored = BlockView.Of(_model.Transform(view));
            _column = _scored.Schema[output];
            _batch = batch;
        }

        public double Run(int steps)
        {
            long began = Stopwatch.GetTimestamp();
            for (int step = 0; step < steps; step++)
            {
                _ = Scores();
            }

            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        public List<float> Scores()
        {
            var scores = new List<float>();
            using BlockReader reader = _scored.OpenReader([_column]);
            while (reader.Read(_batch) is { } block)
            {
                foreach (VBuffer<float> row in block.Values<VBuffer<float>>(_column.Index))
                {
                    scores.AddRange(row.GetValues());
                }
            }

            return scores;
        }

        public void Dispose() => _model.Dispose();
    }
}
