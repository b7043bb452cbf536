using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Interchange;

namespace ResNetMl.Benchmarks.Exporters;

/// <summary>
/// Exports torchvision's classifiers with PyTorch in many ways, reads each file, and compares both backends and ONNX Runtime (after our own
/// export) with PyTorch's logits. A few steps of fine-tuning follow for the first file of each architecture.
/// </summary>
internal static class TorchvisionCommand
{
    private const double LargestDifference = 1e-4;
    private const int Steps = 3;

    private static readonly string[] Architectures =
    [
        "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "squeezenet1_0",
        "squeezenet1_1", "densenet121", "googlenet", "inception_v3", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "mnasnet0_5", "efficientnet_b0",
        "regnet_x_400mf", "regnet_y_400mf", "alexnet", "vgg11", "vgg11_bn", "convnext_tiny", "vit_b_16",
    ];

    private static readonly string[] Variants = ["batch", "fixed", "size", "unfolded", "preserve", "initializers"];

    /// <summary>Runs the command, if that is what the arguments ask for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code, 0 where every file that PyTorch wrote agrees; null where they ask for something else.</returns>
    internal static int? TryRun(string[] arguments)
    {
        if (arguments.FirstOrDefault() != "torchvision")
        {
            return null;
        }

        int[] opsets = [.. Option("--opsets", "9,11,13,15,17").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        string[] architectures = Option("--architectures", string.Join(',', Architectures)).Split(',');
        string[] variants = Option("--variants", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        string folder = Directory.CreateTempSubdirectory("resnetml-torchvision-").FullName;
        try
        {
            return Run(folder, Cases(architectures, opsets, variants));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Option(string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }

    // Every architecture in every opset. The variants take turns, so that each meets every opset and most architectures; or all of those given.
    private static IEnumerable<(string Architecture, int Opset, string Variant)> Cases(string[] architectures, int[] opsets, string[] variants)
    {
        for (int i = 0; i < architectures.Length; i++)
        {
            for (int j = 0; j < opsets.Length; j++)
            {
                foreach (string variant in variants.Length > 0 ? variants : [Variants[(i + j) % Variants.Length]])
                {
                    yield return (architectures[i], opsets[j], variant);
                }
            }
        }
    }

    private static int Run(string folder, IEnumerable<(string Architecture, int Opset, string Variant)> cases)
    {
        Console.WriteLine(MachineName.Cpu);
        Console.WriteLine("| architecture | opset | export | onednn | managed | own export in ONNX Runtime | loss | |");
        Console.WriteLine("|---|---:|---|---:|---:|---:|---|---|");
        var tuned = new HashSet<string>(StringComparer.Ordinal);
        (int agree, int differ, int refused, int unwritten) = (0, 0, 0, 0);
        using var exporter = new TorchvisionExporter(folder);
        foreach ((string architecture, int opset, string variant) in cases)
        {
            string row = $"| {architecture} | {opset} | {variant} |";
            (string? path, string reason) = exporter.Write(architecture, opset, variant);
            if (path is null)
            {
                unwritten++;
                Console.WriteLine($"{row} | | | | PyTorch does not write it: {Cell(reason)} |");
                continue;
            }

            try
            {
                var model = new ExportedModel(path);
                double?[] differences = [Backends.OneDnn is { } oneDnn ? model.DifferenceOn(oneDnn) : null, model.DifferenceOn(Backends.Managed), model.DifferenceAfterExport()];
                string loss = model.Network.HasBatchAxis && tuned.Add(architecture) ? FineTune(model) : "";
                bool isRight = differences.All(difference => difference is null or <= LargestDifference);
                (agree, differ) = isRight ? (agree + 1, differ) : (agree, differ + 1);
                Console.WriteLine($"{row} {string.Join(" | ", differences.Select(Text))} | {loss} | {(isRight ? "" : "differs")} |");
            }
            catch (InterchangeException exception)
            {
                refused++;
                Console.WriteLine($"{row} | | | | {Cell(exception.Message.Replace(Path.GetDirectoryName(path) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))} |");
            }

            foreach (string file in Directory.GetFiles(folder))
            {
                File.Delete(file);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agree} agree within {LargestDifference}, {differ} differ, {refused} are refused, {unwritten} PyTorch does not write."));
        return differ == 0 && refused == 0 ? 0 : 1;
    }

    private static string FineTune(ExportedModel model)
    {
        (double first, double last) = model.FineTune(Backends.Default, Steps);
        return string.Create(CultureInfo.InvariantCulture, $"{first:F3} → {last:F3}");
    }

    private static string Text(double? difference) => difference?.ToString("E1", CultureInfo.InvariantCulture) ?? "absent";

    private static string Cell(string message) => message.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
