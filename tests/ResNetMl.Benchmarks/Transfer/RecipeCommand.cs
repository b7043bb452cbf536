using System.Diagnostics;
using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Transfer;

/// <summary>
/// The command <c>transfer --recipe</c>: stratified 5-fold accuracy with options beyond ML.NET's. Each fold's result is appended to a file, and
/// folds that the file has are not computed again, so that a study of hours may be stopped and goes on.
/// </summary>
internal static class RecipeCommand
{
    private const int Folds = 5;

    internal static int? TryRun(string[] args)
    {
        if (args.FirstOrDefault() != "transfer" || !args.Contains("--recipe"))
        {
            return null;
        }

        string data = TransferCommand.Text(args, "--data", Environment.GetEnvironmentVariable("RESNETML_TEST_DATA") ?? Path.Combine(TransferCommand.Root(), "..", "shared", "data"));
        string results = TransferCommand.Text(args, "--results", "transfer-recipe.txt");
        int seeds = int.Parse(TransferCommand.Text(args, "--seeds", "3"), CultureInfo.InvariantCulture);
        int firstSeed = int.Parse(TransferCommand.Text(args, "--first-seed", "1"), CultureInfo.InvariantCulture);
        var recipe = RecipeOptions.Read(args);
        Console.WriteLine($"{MachineName.Cpu}, {Environment.ProcessorCount} threads, {Backends.DefaultReason}");
        Console.WriteLine(recipe);
        foreach (string set in TransferCommand.Text(args, "--sets", "flowers_small,deck_crack").Split(','))
        {
            string folder = Path.Combine(data, "transfer", set);
            if (!Directory.Exists(folder))
            {
                Console.Error.WriteLine($"{folder}: expected the photographs, got no such folder. Name the folder of test data with --data.");
                return 2;
            }

            Study(set, folder, recipe, firstSeed, seeds, results);
        }

        return 0;
    }

    private static void Study(string set, string folder, RecipeOptions recipe, int firstSeed, int seeds, string results)
    {
        var context = new MLContext(seed: 1);
        IDataView rows = context.Data.LoadFromEnumerable(
            from label in Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            from file in Directory.GetFiles(label, "*.jpg").Order(StringComparer.Ordinal)
            select new Photograph(File.ReadAllBytes(file), Path.GetFileName(label)));
        IDataView keyed = context.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(rows).Transform(rows);
        var bySeed = new List<double>();
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            var accuracies = new List<double>();
            int fold = 0;
            foreach (DataOperationsCatalog.TrainTestData part in context.Data.ExactCrossValidationSplit(keyed, Folds, "Label", seed))
            {
                string what = string.Create(CultureInfo.InvariantCulture, $"{set} seed {seed} fold {++fold} {recipe}: ");
                accuracies.Add(Stored(results, what) ?? Measured(context, part, recipe, seed, results, what));
            }

            bySeed.Add(accuracies.Average());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{set}: seed {seed}, micro accuracy {accuracies.Average():F4} ({string.Join(' ', accuracies.Select(accuracy => accuracy.ToString("F3", CultureInfo.InvariantCulture)))})"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set}: stratified 5-fold micro accuracy, mean over {seeds} seeds {bySeed.Average():F4}"));
    }

    private static double Measured(MLContext context, DataOperationsCatalog.TrainTestData part, RecipeOptions recipe, int seed, string results, string what)
    {
        long start = Stopwatch.GetTimestamp();
        ImageClassificationTrainer.Options options = recipe.ForTrainer(seed);
        options.LabelColumnName = "Key";
        options.FeatureColumnName = "Image";
        options.WeightsPath = Path.Combine(TransferCommand.Root(), "data", "weights", "resnet50-v2-trunk.onnx");
        using MulticlassPredictionTransformer<ImageClassificationModelParameters> fitted =
            context.MulticlassClassification.Trainers.ImageClassification(options).Fit(part.TrainSet);
        IDataView scored = fitted.Transform(part.TestSet);
        uint[] actual = [.. scored.GetColumn<uint>("Key")];
        uint[] predicted = [.. scored.GetColumn<uint>("PredictedLabel")];
        double accuracy = actual.Zip(predicted).Count(pair => pair.First == pair.Second) / (double)actual.Length;
        File.AppendAllText(
            results, string.Create(CultureInfo.InvariantCulture, $"{what}{accuracy:R} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s\n"));
        return accuracy;
    }

    /// <summary>What the file says of a fold; null where it says nothing.</summary>
    private static double? Stored(string results, string what)
    {
        string? line = File.Exists(results) ? File.ReadLines(results).LastOrDefault(line => line.StartsWith(what, StringComparison.Ordinal)) : null;
        return line is null ? null : double.Parse(line[what.Length..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private sealed record Photograph(byte[] Image, string Label);
}
