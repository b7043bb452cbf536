using ResNetMl.Networks;

namespace ResNetMl.Vision;

/// <summary>Published ImageNet weights by name: the residual networks of the ONNX Model Zoo.</summary>
/// <remarks>
/// Sizes and hashes are those the zoo records for its files, accuracies those of its page (github.com/onnx/models, folder
/// <c>validated/vision/classification/resnet</c>). Every file makes 1000 logits in the order of ImageNet's synsets.
/// </remarks>
public static class WeightsCatalogue
{
    private const string Folder = "https://media.githubusercontent.com/media/onnx/models/main/validated/vision/classification/resnet/model/";

    private const string Onnx = ".onnx";

    /// <summary>Every file known, by depth within v1 and v2.</summary>
    public static IReadOnlyList<PublishedWeights> Entries { get; } =
    [
        V1(18, "4e8f8653e7a2222b3904cc3fe8e304cd8b339ce1d05fd24688162f86fb6df52c", 46_820_737, 69.93, 89.29),
        V1(34, "883a41b2e30ddc2e422c108b091b5e70b92d37dc5c345a2c563dcae27971e2cc", 87_302_588, 73.73, 91.40),
        V1(50, "af16a04a6ec48ac494065d4439fe9dea590d337b9ca6dc328160ccf04a217b9c", 102_583_340, 74.93, 92.38),
        V1(101, "760702f6ec0138f71ebac66f4e95d1c72dc9267a8544f4d4667a53075fd0497c", 178_914_043, 76.48, 93.20),
        V1(152, "b0ec92437bf8c9d0739bf9bafdea9638e13f9e3c1e2fb766ad546cc182fd3f6d", 241_816_206, 77.11, 93.61),
        V2(18, "3b4d048057854022232aa20bf68262e31718ab7119a17f920b8a2dc1433f824b", 46_806_737, 69.70, 89.49),
        V2(34, "3d3815e25f4b1ea967e2a526a3b27ef2a03af1725bdc199a63a271c26862d914", 87_288_587, 73.36, 91.43),
        V2(50, "79102261eb6e5fd7af5d27f41316293e388c5cb691e5d25bfb035c4f64fefe31", 102_442_452, 75.81, 92.82),
        V2(101, "3a0a819ea0953fb4700b0d98e43540aeee253e5b4c503c552b0c7979fc67767d", 178_682_301, 77.42, 93.61),
        V2(152, "40fb3f6dd313ba786a2c8077a0ef7d7b4afeda5d037365400d3a7fbc2b1bee64", 241_503_848, 78.20, 94.21),
        OfResNet50("resnet50-v1-12", "3f03fdef724b22947eed826f1eef1dc5c34151bb4c37d634f1db89dfa2dd1526", 102_576_593, 74.97, 92.33),
        OfResNet50("resnet50-v1-12-int8", "c234f30975989788b4405f25253275aae247ab6dbdd34aaa69ab0a59ff76f6d0", 25_816_052, 74.77, 92.32) with { IsQuantised = true },
    ];

    /// <summary>The weights of a name, whatever its case: <c>resnet50-v2</c>, the published file <c>resnet50-v2-7.onnx</c>, ML.NET's <c>ResnetV250</c>, or a network's name.</summary>
    /// <param name="name">Any text.</param>
    /// <returns>Null where none has that name.</returns>
    public static PublishedWeights? Find(string name) => Find(Entries, name);

    internal static PublishedWeights? Find(IReadOnlyList<PublishedWeights> entries, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return entries.FirstOrDefault(entry => entry.HasName(name)) ?? entries.FirstOrDefault(entry => entry.HasArchitecture(name));
    }

    // Files of opset 7, the one that all depths have.
    private static PublishedWeights V1(int depth, string sha256, long sizeBytes, double top1, double top5) =>
        Of($"resnet{depth}-v1", $"resnet{depth}-v1-7", sha256, sizeBytes, top1, top5) with
        {
            // A basic block has one place for its stride, so its network is the catalogue's without a word for it.
            Architecture = depth < 50 ? $"resnet{depth}" : $"resnet{depth}-v1",
            TrainerArchitecture = $"ResnetV1{depth}",
            Depth = depth,
        };

    private static PublishedWeights V2(int depth, string sha256, long sizeBytes, double top1, double top5) =>
        Of($"resnet{depth}-v2", $"resnet{depth}-v2-7", sha256, sizeBytes, top1, top5) with
        {
            Architecture = $"resnet{depth}-v2",
            TrainerArchitecture = $"ResnetV2{depth}",
            Depth = depth,
            Order = ActivationOrder.FullPreActivation,
        };

    private static PublishedWeights OfResNet50(string name, string sha256, long sizeBytes, double top1, double top5) =>
        Of(name, name, sha256, sizeBytes, top1, top5);

    private static PublishedWeights Of(string name, string file, string sha256, long sizeBytes, double top1, double top5) => new()
    {
        Name = name,
        Architecture = "resnet50-v1",
        Depth = 50,
        Order = ActivationOrder.Original,
        File = file + Onnx,
        Sha256 = sha256,
        SizeBytes = sizeBytes,
        Top1 = top1 / 100,
        Top5 = top5 / 100,
        License = "Apache-2.0",
        Source = new Uri(Folder + file + Onnx),
    };
}
