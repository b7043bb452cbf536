using System.Diagnostics;

namespace ResNetMl.Benchmarks.Exporters;

/// <summary>The script that writes torchvision's classifiers as ONNX files: one process, which writes a case when it is asked to.</summary>
internal sealed class TorchvisionExporter : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    internal TorchvisionExporter(string folder)
    {
        _folder = folder;
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "peers", "torchvision_onnx.py"), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        _process = Process.Start(start) ?? throw new InvalidOperationException("/usr/bin/python3 did not start.");
    }

    /// <summary>Writes one case.</summary>
    /// <returns>The path of its files without their endings; or null and why PyTorch does not write it.</returns>
    internal (string? Path, string Reason) Write(string architecture, int opset, string variant)
    {
        _process.StandardInput.WriteLine(FormattableString.Invariant($"{architecture}:{opset}:{variant}"));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("torchvision_onnx.py ended early (see its message above). It needs Debian's python3-torch and python3-torchvision.");
        string[] words = line.Split(' ', 2);
        return words[0] == "written" ? (Path.Combine(_folder, words[1]), "") : (null, words[^1]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
