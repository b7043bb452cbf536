namespace ResNetMl.Cli.Shell;

/// <summary>Where a command shows its work: text for people, one JSON document for machines, and progress.</summary>
/// <remarks>With --json the document alone goes to standard output and everything else to standard error.</remarks>
internal interface ITerminal
{
    /// <summary>Columns of text for people.</summary>
    int Width { get; }

    /// <summary>Whether a person watches: progress then redraws one line, otherwise it prints plain lines now and then.</summary>
    bool IsInteractive { get; }

    /// <summary>Whether the characters beyond ASCII that plots use can be shown.</summary>
    bool IsAscii { get; }

    /// <summary>Prints a line for people.</summary>
    void WriteLine(string text = "");

    /// <summary>Prints a warning or an error on standard error.</summary>
    void WriteError(string text);

    /// <summary>Prints the command's result as the one JSON document of this run; without --json it does nothing.</summary>
    void WriteJson(object result);

    /// <summary>Shows how far a long piece of work is; the report it returns is disposed when the work ends.</summary>
    /// <param name="title">What is being done, for example <c>decoding</c>.</param>
    IProgressDisplay StartProgress(string title);
}

/// <summary>One line of progress: total, rate and time left.</summary>
internal interface IProgressDisplay : IDisposable
{
    /// <summary>Shows a state; calls that come too fast are skipped.</summary>
    void Report(ProgressState state);
}

/// <summary>How far a piece of work is.</summary>
/// <param name="Done">Items done.</param>
/// <param name="Total">Items in all.</param>
internal readonly record struct ProgressState(long Done, long Total)
{
    /// <summary>What the items are, for the rate.</summary>
    internal string Unit { get; init; } = "images";

    /// <summary>The rate; where null, those done so far tell it.</summary>
    internal double? ImagesPerSecond { get; init; }

    /// <summary>Time left; where null, the rate so far tells it.</summary>
    internal TimeSpan? Left { get; init; }

    /// <summary>What else is known, for example the loss.</summary>
    internal string Detail { get; init; } = "";
}
