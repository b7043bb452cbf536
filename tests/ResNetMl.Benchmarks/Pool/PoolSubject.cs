using System.IO.Compression;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Pool;

/// <summary>What the pool reads.</summary>
internal sealed class EncodedImage
{
    public string Label { get; set; } = "";

    public byte[] ImageSource { get; set; } = [];
}

/// <summary>What it gives.</summary>
internal sealed class ScoredImage
{
    public float[] Score { get; set; } = [];
}

/// <summary>A model in a file, and encoded images to score with it.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Path">The model's file.</param>
/// <param name="Images">Encoded images.</param>
internal sealed record PoolSubject(string Name, string Path, EncodedImage[] Images)
{
    /// <summary>The published CIFAR-10 ResNet-20 with some of the official test images.</summary>
    /// <param name="data">The test data's folder.</param>
    /// <param name="folder">Where to save the model.</param>
    /// <param name="count">How many images.</param>
    internal static PoolSubject ResNet20(string data, string folder, int count)
    {
        string path = System.IO.Path.Combine(folder, "resnet20.zip");
        ModelReader.Read(System.IO.Path.Combine(data, "models", "cifar-resnet", "resnet20-12fca82f.th")).Save(path);
        using ZipArchive zip = ZipFile.OpenRead(System.IO.Path.Combine(data, "cifar10", "cifar10_test_png.zip"));
        ZipArchiveEntry[] entries = [.. zip.Entries.Where(entry => entry.Name.EndsWith(".png", StringComparison.Ordinal))];
        int step = entries.Length / count;
        return new PoolSubject("ResNet-20, CIFAR-10 PNG 32×32", path, [.. Enumerable.Range(0, count).Select(i => Read(entries[i * step]))]);
    }

    /// <summary>The ResNet-50 v2 trunk in the repository with a head trained for a moment, and the flowers beside it.</summary>
    /// <param name="root">The repository's root.</param>
    /// <param name="folder">Where to save the model.</param>
    /// <param name="count">How many images.</param>
    internal static PoolSubject Trunk(string root, string folder, int count)
    {
        string[] files = [.. Directory.GetFiles(System.IO.Path.Combine(root, "data", "flowers"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        EncodedImage[] images = [.. Enumerable.Range(0, count).Select(i => Read(files[i * files.Length / count]))];
        var context = new MLContext(seed: 1);
        IDataView view = context.Data.LoadFromEnumerable(images);
        using var model = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
            {
                FeatureColumnName = "ImageSource",
                WeightsPath = System.IO.Path.Combine(root, "data", "weights", "resnet50-v2-trunk.onnx"),
                ValidationSetFraction = null,
                EarlyStoppingCriteria = null,
                Epoch = 20,
                Seed = 1,
            }))
            .Fit(view);
        string path = System.IO.Path.Combine(folder, "trunk.zip");
        context.Model.Save(model, view.Schema, path);
        return new PoolSubject("ResNet-50 v2 trunk with head, JPEG 299×299", path, images);
    }

    private static EncodedImage Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new EncodedImage { ImageSource = bytes.ToArray() };
    }

    private static EncodedImage Read(string file) =>
        new() { ImageSource = File.ReadAllBytes(file), Label = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(file))! };
}
