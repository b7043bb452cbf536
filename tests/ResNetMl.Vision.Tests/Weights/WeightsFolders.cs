using System.Security.Cryptography;
using ResNetMl.Networks;

namespace ResNetMl.Vision.Tests.Weights;

/// <summary>A weights folder and a cache of one test, and a catalogue of one small file.</summary>
internal sealed class WeightsFolders : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("resnetml-weights-").FullName;

    internal WeightsFolders()
    {
        Directory.CreateDirectory(Folder);
        new Random(7).NextBytes(Content);
    }

    /// <summary>The published bytes: several reads' worth.</summary>
    internal byte[] Content { get; } = new byte[300_000];

    internal string Folder => Path.Combine(_root, "own");

    internal string Cache => Path.Combine(_root, "cache");

    internal string InCache => Path.Combine(Cache, "small-v2-7.onnx");

    internal string Partial => $"{InCache}.partial";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    internal PublishedWeights Publish(Uri? source = null) => new()
    {
        Name = "small-v2",
        Architecture = "resnet18-v2",
        TrainerArchitecture = "SmallV218",
        Depth = 18,
        Order = ActivationOrder.FullPreActivation,
        File = "small-v2-7.onnx",
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)),
        SizeBytes = Content.Length,
        Top1 = 0.7,
        Top5 = 0.9,
        License = "Apache-2.0",
        Source = source ?? new Uri("http://weights.invalid/small-v2-7.onnx"),
    };

    /// <summary>A store that fails soon: tries follow each other at once.</summary>
    internal WeightsStore Store(Uri? source = null, int attempts = 3, double timeOutSeconds = 20, bool allowsDownload = true, string? folder = null) => new(new WeightsStoreOptions
    {
        Folder = folder ?? Folder,
        CacheFolder = Cache,
        Catalogue = [Publish(source)],
        Attempts = attempts,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        TimeOut = TimeSpan.FromSeconds(timeOutSeconds),
        AllowsDownload = allowsDownload,
    });

    internal string Put(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}

/// <summary>Keeps what is reported, in the order of the reports.</summary>
internal sealed class Reports : IProgress<WeightsProgress>
{
    private readonly List<WeightsProgress> _all = [];

    internal WeightsProgress[] All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    public void Report(WeightsProgress value)
    {
        lock (_all)
        {
            _all.Add(value);
        }
    }
}
