using System.CommandLine;
using ResNetMl.Cli.Commands;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Shell;

/// <summary>The command line: parse → one library call → show → exit code.</summary>
internal static class ResNetMlApp
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">The words after <c>resnetml</c>.</param>
    /// <param name="createTerminal">Makes the terminal; told whether --json was given.</param>
    /// <param name="cancellation">Stops the command cleanly.</param>
    /// <returns>The process's exit code: see <see cref="ExitCode"/>.</returns>
    internal static async Task<int> RunAsync(string[] arguments, Func<bool, ITerminal> createTerminal, CancellationToken cancellation)
    {
        RootCommand root = CreateRoot(createTerminal);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            ITerminal terminal = createTerminal(parsed.GetValue(CommonOptions.Json));
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                terminal.WriteError(error.Message);
            }

            terminal.WriteError($"See: resnetml {parsed.CommandResult.Command.Name.Replace("resnetml", "", StringComparison.Ordinal)} --help");
            return ExitCode.WrongUsage;
        }

        // Exceptions are turned into exit codes below, Ctrl-C into the token by Interruption.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation, cancellation);
    }

    private static RootCommand CreateRoot(Func<bool, ITerminal> createTerminal)
    {
        var root = new RootCommand("Image classification with residual networks: train, evaluate, predict.");
        CommonOptions.AddTo(root);
        Add(DemoCommand.Create(), DemoCommand.Run);
        Add(TrainCommand.Create(), TrainCommand.Run);
        Add(EvaluateCommand.Create(), EvaluateCommand.Run);
        Add(PredictCommand.Create(), PredictCommand.Run);
        Add(InspectCommand.Create(), InspectCommand.Run);
        Add(DoctorCommand.Create(), DoctorCommand.Run);
        var data = new Command("data", "Lists and fetches data sets.");
        Handle(DataListCommand.Create(), DataListCommand.Run, data);
        Handle(DataGetCommand.Create(), DataGetCommand.Run, data);
        root.Subcommands.Add(data);
        return root;

        void Add(Command command, Func<CommandContext, int> run) => Handle(command, run, root);

        void Handle(Command command, Func<CommandContext, int> run, Command parent)
        {
            command.SetAction((parsed, token) => Task.FromResult(Guarded(parsed, createTerminal, run, token)));
            parent.Subcommands.Add(command);
        }
    }

    private static int Guarded(ParseResult parsed, Func<bool, ITerminal> createTerminal, Func<CommandContext, int> run, CancellationToken token)
    {
        ITerminal terminal = createTerminal(parsed.GetValue(CommonOptions.Json));
        try
        {
            return run(new CommandContext(parsed, terminal, token));
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("Cancelled.");
            return ExitCode.Cancelled;
        }
        catch (Exception exception) when (exception is UsageException or UnknownNetworkException)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.WrongUsage;
        }
        catch (Exception exception) when (IsExplained(exception))
        {
            terminal.WriteError(exception.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Whether an exception's message was written for the user; others are defects and keep their stack trace.</summary>
    private static bool IsExplained(Exception exception) => exception is
        IOException or UnauthorizedAccessException or ModelFormatException or ImageFormatException or ShapeMismatchException or DatasetException
        or NonFiniteLossException or CheckpointMismatchException or NetworkFormatException;
}
