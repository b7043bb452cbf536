using System.Text;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>Small whole files of each format, made here or found in the checkout and in Debian's ONNX test data.</summary>
internal static class SeedFiles
{
    /// <summary>Where Debian's package libonnx-testdata puts its models.</summary>
    private const string OnnxTestData = "/usr/share/libonnx-testdata/data";

    /// <summary>Larger files only slow the damage down.</summary>
    private const int MostBytes = 64 << 10;

    private static readonly string[] Labels = ["one", "two", "three"];

    private static readonly Preprocessing SmallPreprocessing = new(null, new ImageSize(8, 8), ChannelOrder.Rgb, [0.5f, 0.5f, 0.5f], [0.2f, 0.2f, 0.2f]);

    internal static IReadOnlyList<byte[]> Onnx()
    {
        var seeds = new List<byte[]>();
        foreach (ImportedNetwork network in Networks())
        {
            foreach (int opset in new[] { 7, 13, 17 })
            {
                seeds.Add(OnnxFile.ToBytes(network, new OnnxExportOptions { Opset = opset }));
            }
        }

        seeds.Add(ExternalOnnx("weights.bin"));
        seeds.Add(ExternalOnnx("../secret.bin"));
        seeds.Add(ExternalOnnx(OutsideWatch.AbsoluteSecret));
        seeds.Add(ExternalOnnx("link.bin"));
        return Directory.Exists(OnnxTestData)
            ? [.. seeds, .. Small(Directory.EnumerateFiles(OnnxTestData, "model.onnx", SearchOption.AllDirectories)).Where(IsRead)]
            : seeds;
    }

    internal static IReadOnlyList<byte[]> Torch()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "seeds");
        return [.. Small(Directory.EnumerateFiles(folder))];
    }

    internal static IReadOnlyList<byte[]> Safetensors() => [.. Networks().Select(network => WithFile(path => SafetensorsFile.Write(path, network.Weights)))];

    internal static IReadOnlyList<byte[]> NetworkJson() =>
    [
        .. Networks().Select(network => Encoding.UTF8.GetBytes(ResNetMl.Networks.NetworkJson.Write(network.Definition))),
        Encoding.UTF8.GetBytes(ResNetMl.Networks.NetworkJson.Write(NetworkCatalog.Define("resnet8"))),
    ];

    internal static IReadOnlyList<byte[]> PreprocessingJson() =>
        [.. new[] { Preprocessing.ImageNet, Preprocessing.Cifar, SmallPreprocessing }.Select(p => Encoding.UTF8.GetBytes(p.ToJson()))];

    internal static IReadOnlyList<byte[]> Models() =>
        [.. Networks().Select(network => WithFile(path => new Model(network.Definition, network.Weights, SmallPreprocessing, Labels).Save(path)))];

    /// <summary>Small networks that between them hold what residual networks are made of.</summary>
    private static IEnumerable<ImportedNetwork> Networks()
    {
        Layer head = Sequence(GlobalAveragePool(), Flatten(), Linear(8, 3).Named("fc"));
        Layer plain = Sequence(Conv3x3(3, 8).Named("conv1"), BatchNorm(8).Named("bn1"), Relu(), MaxPool(3, 2, 1), head);
        Layer optionA = Sequence(
            Conv3x3(3, 4).Named("conv1"),
            Blocks.Residual(Blocks.BasicBranch(4, 8, 2), Shortcuts.Shortcut(ShortcutOption.ZeroPadding, 4, 8, 2, "shortcut")).Named("layer1.0"),
            head);
        Layer optionB = Sequence(
            Conv3x3(3, 4).Named("conv1"),
            Blocks.Residual(Blocks.BottleneckBranch(4, 2, 2), Shortcuts.Shortcut(ShortcutOption.ProjectionWhereShapeChanges, 4, 8, 2, "downsample")).Named("layer1.0"),
            head);
        foreach ((string name, Layer layer) in new[] { ("plain", plain), ("option-a", optionA), ("option-b", optionB) })
        {
            NetworkDefinition definition = NetworkDefinition.FromLayer(name, [3, 8, 8], layer);
            yield return new ImportedNetwork(definition, InitialState.Create(definition, seed: 1)) { Labels = Labels, Preprocessing = SmallPreprocessing };
        }
    }

    /// <summary>y = Relu(weights + x) with weights in another file: ONNX's published field numbers, written by hand.</summary>
    private static byte[] ExternalOnnx(string location)
    {
        byte[] shape = [.. Enumerable.Range(0, 4).SelectMany(axis => Message(1, Number(1, axis < 2 ? 1 : 2)))];
        byte[] type = Message(1, [.. Number(1, 1), .. Message(2, shape)]);
        byte[] initializer =
        [
            .. Number(1, 1), .. Number(1, 1), .. Number(1, 2), .. Number(1, 2), .. Number(2, 1), .. Message(8, "w"u8),
            .. Entry("location", location), .. Entry("offset", "0"), .. Entry("length", "16"), .. Number(14, 1),
        ];
        byte[] graph =
        [
            .. Message(1, [.. Message(1, "x"u8), .. Message(1, "w"u8), .. Message(2, "s"u8), .. Message(4, "Add"u8)]),
            .. Message(1, [.. Message(1, "s"u8), .. Message(2, "y"u8), .. Message(4, "Relu"u8)]),
            .. Message(2, "g"u8),
            .. Message(5, initializer),
            .. Message(11, [.. Message(1, "x"u8), .. Message(2, type)]),
            .. Message(12, [.. Message(1, "y"u8), .. Message(2, type)]),
        ];
        return [.. Number(1, 8), .. Message(8, Number(2, 13)), .. Message(7, graph)];

        static byte[] Entry(string key, string value) =>
            Message(13, [.. Message(1, Encoding.UTF8.GetBytes(key)), .. Message(2, Encoding.UTF8.GetBytes(value))]);

        static byte[] Number(int field, int value) => [(byte)(field << 3), (byte)value];

        static byte[] Message(int field, ReadOnlySpan<byte> content) => content.Length < 128
            ? [(byte)((field << 3) | 2), (byte)content.Length, .. content]
            : [(byte)((field << 3) | 2), (byte)(content.Length | 128), (byte)(content.Length >> 7), .. content];
    }

    /// <summary>Models with operators that are refused anyway would have their damage seen by nobody.</summary>
    private static bool IsRead(byte[] model)
    {
        try
        {
            OnnxFile.Read(model);
            return true;
        }
        catch (InterchangeException)
        {
            return false;
        }
    }

    private static IEnumerable<byte[]> Small(IEnumerable<string> paths) =>
        paths.Where(path => new FileInfo(path).Length <= MostBytes).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    private static byte[] WithFile(Action<string> write)
    {
        string path = Path.GetTempFileName();
        try
        {
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
