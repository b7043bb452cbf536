namespace ResNetMl.Networks;

/// <summary>The catalogue has no network of a name. The message gives the nearest names and the rule that makes names.</summary>
public sealed class UnknownNetworkException : Exception
{
    internal UnknownNetworkException(string name, IReadOnlyList<string> nearest, string message)
        : base(message)
    {
        Name = name;
        Nearest = nearest;
    }

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }

    /// <summary>Up to three names of the catalogue, the nearest first.</summary>
    public IReadOnlyList<string> Nearest { get; }
}
