namespace ResNetMl.Cli.Shell;

/// <summary>What a command tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done as asked.</summary>
    internal const int Done = 0;

    /// <summary>Tried and failed: a file, an image, the machine.</summary>
    internal const int Failed = 1;

    /// <summary>The command line asks for something that does not exist or does not fit together.</summary>
    internal const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM (128 + SIGINT, as shells count).</summary>
    internal const int Cancelled = 130;
}

/// <summary>The command line is wrong: shown without a stack trace, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
