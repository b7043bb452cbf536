using System.IO.Compression;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>One format: whole files to damage, and the reader that must withstand them.</summary>
/// <param name="Name">For the command line and reports.</param>
/// <param name="Extension">Of the files that are written.</param>
/// <param name="Seeds">Whole files.</param>
/// <param name="Read">Reads a file by its path.</param>
/// <param name="Expected">Whether an exception is one that the reader's documentation names.</param>
internal sealed record FuzzTarget(string Name, string Extension, IReadOnlyList<byte[]> Seeds, Action<string> Read, Func<Exception, bool> Expected)
{
    /// <summary>All formats that this product reads from elsewhere.</summary>
    /// <param name="runsSurvivors">Only those that hold a network, which is run when it was read.</param>
    internal static IReadOnlyList<FuzzTarget> All(bool runsSurvivors) => runsSurvivors ? SurvivorRun.Targets(All()) : All();

    private static IReadOnlyList<FuzzTarget> All() =>
    [
        new("onnx", ".onnx", SeedFiles.Onnx(), path => Inspect(OnnxFile.Read(path, SmallInput).Definition), exception => exception is InterchangeException),
        new("torch", ".pth", SeedFiles.Torch(), ReadTorch, exception => exception is InterchangeException),
        new("safetensors", ".safetensors", SeedFiles.Safetensors(), path => SafetensorsFile.Read(path), exception => exception is InterchangeException),
        new("network", ".json", SeedFiles.NetworkJson(), path => Inspect(NetworkJson.Read(File.ReadAllBytes(path))), exception => exception is NetworkFormatException),
        new("preprocessing", ".json", SeedFiles.PreprocessingJson(), path => Preprocessing.FromJson(File.ReadAllText(path)), exception => exception is FormatException),
        new("model", ".zip", SeedFiles.Models(), path => Model.Load(path), exception => exception is ModelFormatException),
    ];

    private static OnnxImportOptions SmallInput { get; } = new() { InputShape = [3, 8, 8] };

    /// <summary>
    /// A damaged file. In half of the cases the damage keeps the format's framing (protocol buffer, JSON, checksummed container), so that it
    /// gets past the first checks.
    /// </summary>
    internal byte[] Damage(ref CounterRandom random)
    {
        byte[] seed = Seeds[random.NextInt32(Seeds.Count)];
        byte[] other = Seeds[random.NextInt32(Seeds.Count)];
        byte[]? framed = random.NextInt32(2) == 0 ? DamageFramed(seed, Extension, ref random) : null;
        return framed ?? Mutation.Apply(seed, other, ref random);
    }

    private static byte[]? DamageFramed(byte[] seed, string extension, ref CounterRandom random) => extension switch
    {
        ".onnx" => ProtobufDamage.Apply(seed, ref random),
        ".json" => JsonDamage.Apply(seed, ref random),
        ".safetensors" => JsonDamage.ApplyToSafetensors(seed, ref random),
        ".zip" or ".pth" when seed is [(byte)'P', (byte)'K', ..] => DamageInside(seed, ref random),
        _ => null,
    };

    /// <summary>What <c>inspect</c> does with every network that was read.</summary>
    private static void Inspect(NetworkDefinition definition) => NetworkSummary.Of(definition).Lines(SummaryDetail.Nodes);

    private static void ReadTorch(string path) => KnownNetworks.Recognize(PyTorchFile.Read(path));

    private static byte[] DamageInside(byte[] seed, ref CounterRandom random)
    {
        var entries = new List<(string Name, byte[] Bytes)>();
        using (var zip = new ZipArchive(new MemoryStream(seed)))
        {
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                using Stream stream = entry.Open();
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                entries.Add((entry.FullName, bytes.ToArray()));
            }
        }

        int hit = random.NextInt32(entries.Count);
        (string name, byte[] whole) = entries[hit];
        entries[hit] = (name, whole.Length == 0 ? whole : DamageFramed(whole, Path.GetExtension(name), ref random) ?? Mutation.Apply(whole, whole, ref random));
        using var result = new MemoryStream();
        if (entries.Exists(entry => entry.Name == "manifest.json") && name != "manifest.json")
        {
            ModelArchive.Write(result, "ImageClassificationModel", 1, entries.Where(e => e.Name != "manifest.json").Select(e => ModelPart.FromBytes(e.Name, e.Bytes)));
            return result.ToArray();
        }

        using (var zip = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string entryName, byte[] bytes) in entries)
            {
                using Stream stream = zip.CreateEntry(entryName, CompressionLevel.NoCompression).Open();
                stream.Write(bytes);
            }
        }

        return result.ToArray();
    }
}
