using System.ComponentModel;
using System.Diagnostics;

namespace ResNetMl.Images;

/// <summary>Downloads a Debian package with apt and unpacks it with dpkg into a folder of its own; nothing is installed, root is not needed.</summary>
internal sealed class DebianDownload(string package, string folder, IProgress<string>? progress, CancellationToken cancellationToken) : IDisposable
{
    private const int ErrorLinesShown = 3;

    /// <summary>Downloads and unpacks.</summary>
    /// <returns>The folder that stands for the file system's root.</returns>
    /// <exception cref="DatasetException">apt or dpkg is absent or failed.</exception>
    internal string Unpack()
    {
        string lists = Path.Combine(folder, "lists");
        string cache = Path.Combine(folder, "cache");
        string root = Path.Combine(folder, "root");
        Directory.CreateDirectory(Path.Combine(lists, "partial"));
        Directory.CreateDirectory(Path.Combine(cache, "archives", "partial"));
        Directory.CreateDirectory(root);

        // Lists and cache of our own: the system's belong to root, and are not touched.
        string[] options =
        [
            "-o", $"Dir::State::Lists={Path.GetFullPath(lists)}", "-o", $"Dir::Cache={Path.GetFullPath(cache)}",
            "-o", "Debug::NoLocking=1", "-o", $"APT::Sandbox::User={Environment.UserName}",
        ];
        progress?.Report("reading Debian's package lists");
        Run("apt-get", [.. options, "update"]);
        progress?.Report($"downloading Debian's package {package}");
        Run("apt-get", [.. options, "download", package]);
        string file = Directory.GetFiles(folder, $"{package}_*.deb") is [string found, ..]
            ? found
            : throw Failed("apt-get download", "it left no package file");
        progress?.Report($"unpacking {Path.GetFileName(file)}");
        Run("dpkg", ["-x", Path.GetFileName(file), Path.GetFullPath(root)]);
        return root;
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Run(string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            using CancellationTokenRegistration kill = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            output.Wait(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
            {
                string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                throw Failed(command, lines.Length == 0 ? $"exit code {process.ExitCode}" : string.Join(' ', lines.TakeLast(ErrorLinesShown)));
            }
        }
        catch (Win32Exception exception)
        {
            throw Failed(command, exception.Message, exception);
        }
    }

    private DatasetException Failed(string command, string reason, Exception? exception = null) => new(
        $"{package}: expected {command} to provide the Debian package, got: {reason.TrimEnd('.')}. " +
        "Install the package on a Debian system, or name a folder that holds its files.",
        exception);
}
