using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>A message from the library.</summary>
public sealed class LoggingEventArgs : EventArgs
{
    /// <summary>Makes a message.</summary>
    /// <param name="rawMessage">The text.</param>
    /// <param name="kind">How much it matters.</param>
    /// <param name="source">Who speaks.</param>
    public LoggingEventArgs(string rawMessage, ChannelMessageKind kind, string source)
    {
        RawMessage = rawMessage;
        Kind = kind;
        Source = source;
    }

    /// <summary>The text with source and kind before it, as ML.NET writes it: [Source=…, Kind=…] text.</summary>
    public string Message => $"[Source={Source}, Kind={Kind}] {RawMessage}";

    /// <summary>The text alone.</summary>
    public string RawMessage { get; }

    /// <summary>How much it matters.</summary>
    public ChannelMessageKind Kind { get; }

    /// <summary>Who speaks, for example <c>ImageClassificationTrainer; Training</c>.</summary>
    public string Source { get; }
}
