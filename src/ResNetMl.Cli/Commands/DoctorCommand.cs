using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml doctor</c>: what this machine has, what is missing and how to get it.</summary>
internal static class DoctorCommand
{
    internal static Command Create() => new("doctor", "Shows what this machine has: CPU features, libraries, threads, versions; what is missing.");

    internal static int Run(CommandContext context)
    {
        (bool imagesWork, string images) = DescribeImages();
        var findings = new
        {
            Version = ModelArchive.ProductVersion,
            Runtime = RuntimeInformation.FrameworkDescription,
            OperatingSystem = RuntimeInformation.OSDescription,
            Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            Cores = Environment.ProcessorCount,
            MemoryGib = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
            CpuFeatures = CpuFeatures(),
            Images = images,
            Executors = Executors().Select(e => new { e.Name, e.Description, IsDefault = e.Name == Backends.Default.Name }).ToArray(),
            Missing = Missing(imagesWork, images),
        };

        ITerminal terminal = context.Terminal;
        terminal.WriteLine($"resnetml          {findings.Version}");
        terminal.WriteLine($".NET              {findings.Runtime}");
        terminal.WriteLine($"operating system  {findings.OperatingSystem} ({findings.Architecture})");
        terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"machine           {findings.Cores} cores, {findings.MemoryGib:F1} GiB memory"));
        terminal.WriteLine($"CPU features      {string.Join(' ', findings.CpuFeatures)}");
        terminal.WriteLine($"images            {images}");
        foreach (var executor in findings.Executors)
        {
            terminal.WriteLine($"executor          {executor.Name}: {executor.Description}{(executor.IsDefault ? " (default)" : "")}");
        }

        foreach (string missing in findings.Missing)
        {
            terminal.WriteLine($"missing           {missing}");
        }

        terminal.WriteJson(findings);
        return imagesWork ? ExitCode.Done : ExitCode.Failed;
    }

    private static IEnumerable<IExecutor> Executors()
    {
        IEnumerable<IExecutor> backends = Backends.Available.Select(backend => new BackendExecutor(backend));
        return OnnxRuntimeExecutor.Instance is { } onnxRuntime ? backends.Append(onnxRuntime) : backends;
    }

    private static string[] CpuFeatures()
    {
        (string Name, bool IsThere)[] features =
        [
            ("AVX2", Avx2.IsSupported),
            ("FMA", Fma.IsSupported),
            ("AVX-512F", Avx512F.IsSupported),
            ("AVX-512BW", Avx512BW.IsSupported),
            ("NEON", AdvSimd.IsSupported),
        ];
        return [.. features.Where(feature => feature.IsThere).Select(feature => feature.Name)];
    }

    private static (bool Works, string Text) DescribeImages()
    {
        try
        {
            return (true, ImageDecoder.NativeLibraryDescription);
        }
        catch (DllNotFoundException exception)
        {
            return (false, exception.Message);
        }
    }

    private static List<string> Missing(bool imagesWork, string images)
    {
        var missing = new List<string>();
        if (!imagesWork)
        {
            missing.Add($"{images} Without it no image can be decoded.");
        }

        if (Backends.OneDnn is null)
        {
            missing.Add($"{Backends.OneDnnUnavailableReason} The managed kernels are used instead.");
        }

        if (OnnxRuntimeExecutor.UnavailableReason is { } reason)
        {
            missing.Add($"{reason} Only --executor onnxruntime needs it.");
        }

        return missing;
    }
}
