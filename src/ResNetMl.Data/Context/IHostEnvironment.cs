namespace ResNetMl.Runtime;

/// <summary>What estimators and transformers need of the context they are made in; <see cref="MLContext"/> is one.</summary>
public interface IHostEnvironment
{
    /// <summary>The seed that results depend on where a call gives none; null lets every run differ.</summary>
    int? Seed { get; }

    /// <summary>The folder for temporary files.</summary>
    string TempFilePath { get; }

    /// <summary>What the context keeps under a name for the packages that look for it, or the default where there is none of that type.</summary>
    /// <param name="name">Not empty.</param>
    /// <typeparam name="T">Its type.</typeparam>
    T? GetOptionOrDefault<T>(string name);

    /// <summary>Tells those who listen to <see cref="MLContext.Log"/>.</summary>
    /// <param name="source">Who speaks: an estimator's or transformer's name, and after <c>; </c> what it is at.</param>
    /// <param name="kind">How much it matters.</param>
    /// <param name="message">The text.</param>
    void Report(string source, ChannelMessageKind kind, string message);
}

/// <summary>How much a message matters.</summary>
public enum ChannelMessageKind
{
    /// <summary>For those who follow every step.</summary>
    Trace = 0,

    /// <summary>For those who want to know how it goes.</summary>
    Info = 1,

    /// <summary>Something was left out or will surprise.</summary>
    Warning = 2,

    /// <summary>Something failed.</summary>
    Error = 3,
}

/// <summary>What the parts of a context have in common; the extension methods of other packages reach their context through it.</summary>
public interface ICatalog
{
    /// <summary>The context.</summary>
    IHostEnvironment Environment { get; }
}
