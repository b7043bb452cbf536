using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Benchmarks.Transfer;

/// <summary>The command <c>transfer</c>: how well and how fast few photographs are learned on the ResNet-50 v2 trunk of the repository.</summary>
internal static class TransferCommand
{
    private static readonly string[] Sets = ["flowers_small", "deck_crack"];

    internal static int? TryRun(string[] args)
    {
        if (args.FirstOrDefault() != "transfer")
        {
            return null;
        }

        string data = Text(args, "--data", Environment.GetEnvironmentVariable("RESNETML_TEST_DATA") ?? Path.Combine(Root(), "..", "shared", "data"));
        string? features = Text(args, "--features", "") is { Length: > 0 } given ? given : null;
        int seeds = int.Parse(Text(args, "--seeds", "3"), CultureInfo.InvariantCulture);
        TransferOptions changes = Changes(args);
        Console.WriteLine($"{MachineName.Cpu}, {Environment.ProcessorCount} threads, {Backends.DefaultReason}");
        foreach (string set in Text(args, "--sets", string.Join(',', Sets)).Split(','))
        {
            string folder = Path.Combine(data, "transfer", set);
            if (!Directory.Exists(folder))
            {
                Console.Error.WriteLine($"{folder}: expected the photographs, got no such folder. Name the folder of test data with --data.");
                return 2;
            }

            using var study = new TransferStudy(
                Path.Combine(Root(), "data", "weights", "resnet50-v2-trunk.onnx"), folder,
                Enum.Parse<Precision>(Text(args, "--precision", nameof(Precision.Auto)), ignoreCase: true), features, changes);
            if (features is null)
            {
                (double first, double second) = study.Times();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{set}: {study.Count} files to saved model {first:F1} s, again with the features kept {second:F1} s"));
            }

            var all = new List<double>();
            for (int seed = 1; seed <= seeds; seed++)
            {
                IReadOnlyList<double> folds = study.CrossValidate(seed);
                all.AddRange(folds);
                string each = string.Join(' ', folds.Select(fold => fold.ToString("F3", CultureInfo.InvariantCulture)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set}: seed {seed}, stratified 5-fold micro accuracy {folds.Average():F4} ({each})"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{set}: mean of {all.Count} fits {all.Average():F4}, standard deviation over folds {Deviation(all):F4}"));
        }

        return 0;
    }

    /// <summary>By default ML.NET's: squashed to 299×299, a tenth held out.</summary>
    private static TransferOptions Changes(string[] args)
    {
        int Number(string name) => int.Parse(Text(args, name, "0"), CultureInfo.InvariantCulture);
        int size = Number("--size");
        int crop = Number("--crop");
        bool hasAllRows = args.Contains("--all-rows");
        Console.WriteLine(
            (crop > 0 ? $"shorter side {Number("--shorter-side")}, crop {crop}" : $"squashed to {(size > 0 ? size : 299)}×{(size > 0 ? size : 299)}") +
            (hasAllRows ? $"; no rows held out, {TransferOptions.EpochsOfAllRows} epochs" : "; a tenth held out, early stopping"));
        return new TransferOptions(
            crop > 0
                ? new Preprocessing(
                    new ResizeShorterSide(Number("--shorter-side")), new ImageSize(crop, crop), ChannelOrder.Rgb, Preprocessing.ImageNet.Mean, Preprocessing.ImageNet.StandardDeviation)
                : null,
            size > 0 ? new ImageSize(size, size) : null,
            hasAllRows);
    }

    private static double Deviation(List<double> values) => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));

    internal static string Text(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }

    internal static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ResNetMl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ResNetMl.sln above {AppContext.BaseDirectory}: the benchmarks run inside a checkout.");
    }
}
