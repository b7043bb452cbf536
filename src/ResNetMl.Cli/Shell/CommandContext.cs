using System.CommandLine;

namespace ResNetMl.Cli.Shell;

/// <summary>What a command runs with: its arguments, where it shows its work, and when to stop.</summary>
internal sealed record CommandContext(ParseResult Arguments, ITerminal Terminal, CancellationToken Cancellation)
{
    /// <summary>Value of an option or argument; its default where it was not given.</summary>
    internal T Get<T>(Option<T> option) => Arguments.GetValue(option)!;

    /// <inheritdoc cref="Get{T}(Option{T})"/>
    internal T Get<T>(Argument<T> argument) => Arguments.GetValue(argument)!;

    /// <summary>Whether an option was written on the command line.</summary>
    internal bool IsGiven(Option option) => Arguments.GetResult(option) is { Implicit: false };
}
