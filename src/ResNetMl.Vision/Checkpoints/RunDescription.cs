using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>What a training's result depends on, as names and texts that can be stored, shown and compared.</summary>
internal static class RunDescription
{
    /// <summary>Examples whose content goes into the description of a source: enough to notice other data, few enough to cost nothing.</summary>
    private const int SampledExamples = 32;

    /// <summary>What the caller decided. Where it differs, a checkpoint is of another training.</summary>
    internal static Dictionary<string, string> Options(TrainerOptions options)
    {
        Dictionary<string, string> described = AlwaysThere(options);

        // Left out where they change nothing, so that checkpoints from before they existed go on.
        (string Name, bool IsSet, Func<string> Text)[] others =
        [
            ("class weights", options.ClassWeights is not null, () => options.ClassWeights!.ToString()),
            ("mixup", options.Mixup > 0, () => options.Mixup.ToString("R", CultureInfo.InvariantCulture)),
            ("trained layers", options.TrainedLayers is not null, () => JsonSerializer.Serialize(options.TrainedLayers)),
            ("learning rate factors", options.LearningRateFactors.Count > 0, () => JsonSerializer.Serialize(options.LearningRateFactors)),
            ("batch norm", options.FreezesBatchNorm, () => "frozen"),
            ("augmented views", options.AugmentedViews > 0, () => options.AugmentedViews.ToString(CultureInfo.InvariantCulture)),
        ];
        foreach ((string name, bool isSet, Func<string> text) in others)
        {
            if (isSet)
            {
                described.Add(name, text());
            }
        }

        return described;
    }

    private static Dictionary<string, string> AlwaysThere(TrainerOptions options) => new(StringComparer.Ordinal)
    {
        ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
        ["epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture),
        ["batch size"] = options.BatchSize.ToString(CultureInfo.InvariantCulture),
        ["optimiser"] = Describe(options.Optimizer),
        ["learning rate"] = Describe(options.Schedule),
        ["augmentation"] = JsonSerializer.Serialize(options.Augmentations),
        ["preprocessing"] = JsonSerializer.Serialize(options.Preprocessing),
        ["label smoothing"] = options.LabelSmoothing.ToString("R", CultureInfo.InvariantCulture),
        ["clip norm"] = options.ClipNorm?.ToString("R", CultureInfo.InvariantCulture) ?? "none",
        ["early stopping"] = options.EarlyStopping is null ? "none" : Describe(options.EarlyStopping),
        ["keeps best weights"] = options.KeepsBestWeights ? "yes" : "no",
    };

    /// <summary>The network, its first weights and the examples.</summary>
    internal static Dictionary<string, string> Inputs(
        NetworkDefinition definition, StateDictionary? initialWeights, DecodedExamples training, IExampleSource trainingSource,
        DecodedExamples? validation, IExampleSource? validationSource) => new(StringComparer.Ordinal)
    {
        ["network"] = $"{definition.Name}, SHA-256 {Sha256(Encoding.UTF8.GetBytes(NetworkJson.Write(definition)))}",
        ["first weights"] = initialWeights is null ? "drawn from the seed" : SafetensorsPart.Sha256(NamedTensor.Of(initialWeights)),
        ["labels"] = JsonSerializer.Serialize(training.Labels, FileJson.Options),
        ["training examples"] = Count(training),
        ["training data"] = Content(training, trainingSource),
        ["validation examples"] = validation is null ? "none" : Count(validation),
        ["validation data"] = validation is null ? "none" : Content(validation, validationSource!),
    };

    /// <summary>The machine. Where it differs, a resumed training ends in other last bits.</summary>
    internal static Dictionary<string, string> Environment(IBackend backend, CompileOptions compile) => new(StringComparer.Ordinal)
    {
        ["executor"] = backend.Name,
        ["executor library"] = backend.Description,
        ["threads"] = compile.EffectiveThreads.ToString(CultureInfo.InvariantCulture),
        ["precision"] = compile.Precision.ToString(),
        ["CPU features"] = CpuFeatures(),
        ["image library"] = ImageLibrary(),
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        [".NET"] = System.Environment.Version.ToString(),
        ["ResNetMl"] = ModelArchive.ProductVersion,
    };

    /// <summary>One line for each text that differs: <c>seed: 1 in the checkpoint, now 2</c>.</summary>
    internal static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> stored, IReadOnlyDictionary<string, string> now) =>
    [
        .. stored.Keys.Union(now.Keys)
            .Select(name => (Name: name, Stored: stored.GetValueOrDefault(name, "not recorded"), Now: now.GetValueOrDefault(name, "not recorded")))
            .Where(entry => entry.Stored != entry.Now)
            .Select(entry => $"{entry.Name}: {entry.Stored} in the checkpoint, now {entry.Now}"),
    ];

    private static string Describe(object options) => $"{options.GetType().Name} {JsonSerializer.Serialize(options, options.GetType())}";

    private static string Count(DecodedExamples examples) => examples.Count.ToString(CultureInfo.InvariantCulture);

    /// <summary>A hash over all labels and file names, and over the content of some examples; not over folders, so that data may be moved.</summary>
    private static string Content(DecodedExamples examples, IExampleSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int position = 0; position < examples.Count; position++)
        {
            string line = string.Create(
                CultureInfo.InvariantCulture, $"{Path.GetFileName(examples.GetPath(position))}\t{examples.GetLabelIndex(position)}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        int samples = Math.Min(SampledExamples, examples.Count);
        for (int sample = 0; sample < samples; sample++)
        {
            Example example = source.Get(examples.GetSourceIndex((int)((long)sample * examples.Count / samples)));
            hash.AppendData(example.Pixels is { } pixels ? pixels.Data : example.Encoded!.Value.Span);
        }

        return $"SHA-256 {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Another decoder may round pixels otherwise. Its version alone counts, not where it lies.</summary>
    private static string ImageLibrary()
    {
        try
        {
            return ImageDecoder.NativeLibraryDescription.Split(" (")[0];
        }
        catch (DllNotFoundException)
        {
            // Examples that are pixels already need none.
            return "none";
        }
    }

    private static string CpuFeatures()
    {
        (string Name, bool IsSupported)[] features =
        [
            ("AVX", Avx.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512F", Avx512F.IsSupported),
            ("AVX-512BW", Avx512BW.IsSupported), ("AVX-512VBMI", Avx512Vbmi.IsSupported), ("NEON", AdvSimd.IsSupported), ("DotProd", Dp.IsSupported),
        ];
        return string.Join(' ', features.Where(feature => feature.IsSupported).Select(feature => feature.Name).DefaultIfEmpty("none"));
    }
}
