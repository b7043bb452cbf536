namespace ResNetMl.Benchmarks;

/// <summary>What a result is worth nothing without.</summary>
internal static class MachineName
{
    /// <summary>The processor's name as Linux tells it, and the instruction sets that matter here.</summary>
    internal static string Cpu
    {
        get
        {
            const string CpuInfo = "/proc/cpuinfo";
            if (!File.Exists(CpuInfo))
            {
                return System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
            }

            string[] lines = File.ReadAllLines(CpuInfo);
            string Value(string key) => lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "";
            string[] flags = Value("flags").Split(' ');
            string[] features = [.. new[] { "avx2", "avx512f", "avx512_bf16", "amx_bf16" }.Where(flags.Contains)];
            return $"{Value("model name")} (family {Value("cpu family")}, model {Value("model")}; {string.Join(' ', features)})";
        }
    }
}
