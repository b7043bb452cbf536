using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using ResNetMl.Cli.Commands;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Interchange;
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
        ITerminal? terminal = null;
        RootCommand root = CreateRoot((parsed, run, token) => Guarded(new CommandContext(parsed, terminal!, token), run));
        ParseResult parsed = root.Parse(arguments);
        terminal = createTerminal(parsed.GetValue(CommonOptions.Json));
        if (parsed.Errors.Count > 0)
        {
            string problems = string.Join(Environment.NewLine, parsed.Errors.Select(Explain).Distinct());
            return Fail(terminal, $"{problems}{Environment.NewLine}See: {PathOf(parsed.CommandResult)} --help", ExitCode.WrongUsage);
        }

        ((HelpAction)root.Options.OfType<HelpOption>().Single().Action!).MaxWidth = terminal.Width;

        // Exceptions are turned into exit codes below, Ctrl-C into the token by Interruption.
        using var help = new StringWriter();
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = help };
        int exitCode = await parsed.InvokeAsync(invocation, cancellation);
        if (help.ToString().TrimEnd() is { Length: > 0 } text)
        {
            terminal.WriteLine(text);
        }

        return exitCode;
    }

    private static RootCommand CreateRoot(Func<ParseResult, Func<CommandContext, int>, CancellationToken, int> invoke)
    {
        var root = new RootCommand("Image classification with residual networks: train, evaluate, predict.");
        CommonOptions.AddTo(root);
        Add(DemoCommand.Create(), DemoCommand.Run, root);
        Add(TrainCommand.Create(), TrainCommand.Run, root);
        Add(EvaluateCommand.Create(), EvaluateCommand.Run, root);
        Add(PredictCommand.Create(), PredictCommand.Run, root);
        Add(ExportCommand.Create(), ExportCommand.Run, root);
        Add(InspectCommand.Create(), InspectCommand.Run, root);
        Add(DoctorCommand.Create(), DoctorCommand.Run, root);
        var data = new Command("data", "Lists and fetches data sets.");
        Add(DataListCommand.Create(), DataListCommand.Run, data);
        Add(DataGetCommand.Create(), DataGetCommand.Run, data);
        root.Subcommands.Add(data);
        var weights = new Command("weights", "Lists, downloads and checks published ImageNet weights.");
        Add(WeightsListCommand.Create(), WeightsListCommand.Run, weights);
        Add(WeightsPullCommand.Create(), WeightsPullCommand.Run, weights);
        Add(WeightsVerifyCommand.Create(), WeightsVerifyCommand.Run, weights);
        root.Subcommands.Add(weights);
        return root;

        void Add(Command command, Func<CommandContext, int> run, Command parent)
        {
            command.SetAction((parsed, token) => Task.FromResult(invoke(parsed, run, token)));
            parent.Subcommands.Add(command);
        }
    }

    private static int Guarded(CommandContext context, Func<CommandContext, int> run)
    {
        try
        {
            return run(context);
        }
        catch (OperationCanceledException)
        {
            return Fail(context.Terminal, "Cancelled.", ExitCode.Cancelled);
        }
        catch (Exception exception) when (exception is UsageException or UnknownNetworkException)
        {
            return Fail(context.Terminal, exception.Message, ExitCode.WrongUsage);
        }
        catch (Exception exception) when (IsExplained(exception))
        {
            return Fail(context.Terminal, exception.Message, ExitCode.Failed);
        }
        catch (Exception exception)
        {
            return Fail(context.Terminal, $"resnetml has a defect; please report what you did and this:{Environment.NewLine}{exception}", ExitCode.Failed);
        }
    }

    /// <summary>Ends a command that gives no result: with --json, the document says why.</summary>
    private static int Fail(ITerminal terminal, string message, int exitCode)
    {
        terminal.WriteError(message);
        terminal.WriteJson(new { Error = message, ExitCode = exitCode });
        return exitCode;
    }

    /// <summary>Whether an exception's message was written for the user; others are defects and keep their stack trace.</summary>
    private static bool IsExplained(Exception exception) => exception is
        IOException or UnauthorizedAccessException or ModelFormatException or ImageFormatException or ShapeMismatchException or DatasetException
        or NonFiniteLossException or CheckpointMismatchException or NetworkFormatException or InterchangeException or DllNotFoundException or WeightsException;

    /// <summary>The parser names .NET's types where a number cannot be read; this names the option and what it takes.</summary>
    private static string Explain(ParseError error)
    {
        if (error.SymbolResult is OptionResult { Tokens: [{ } token, ..] } result)
        {
            Type type = Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType;
            string? expected = type == typeof(int) ? "a whole number"
                : type == typeof(ulong) ? "a whole number, 0 or more"
                : type == typeof(double) ? "a number"
                : null;
            if (expected is not null && result.Tokens.Count == 1)
            {
                return $"{result.Option.Name} {token.Value}: expected {expected}.";
            }
        }

        return error.Message;
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "resnetml";
}
