using ResNetMl.Cli.Shell;

namespace ResNetMl.Cli.Commands;

/// <summary>Files to write, on the command line.</summary>
internal static class OutputArgument
{
    /// <summary>The whole path of a file to write; its folder is made. Said before the work begins, not after hours of it.</summary>
    /// <exception cref="UsageException">The path is a folder.</exception>
    internal static string File(string option, string text)
    {
        string path = Path.GetFullPath(text);
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(text))
        {
            throw new UsageException($"{option} {text}: expected the name of a file to write, got a folder. Give a name in it, for example {Path.Combine(text, "model.zip")}.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
