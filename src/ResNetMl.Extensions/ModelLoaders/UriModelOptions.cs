namespace ResNetMl.Extensions;

/// <summary>How a model at an address is fetched.</summary>
public sealed record UriModelOptions
{
    /// <summary>How often to ask whether the model has changed; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait for an answer to begin, and then for each next piece of it.</summary>
    public TimeSpan TimeOut { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest file that is accepted, in bytes.</summary>
    public long MaximumBytes { get; init; } = 2L << 30;

    /// <summary>The SHA-256 that the file must have, 64 hexadecimal digits; null where it is not known.</summary>
    /// <remarks>A digest that the server sends (<c>Content-Digest</c> or <c>Repr-Digest</c>, RFC 9530) is always checked.</remarks>
    public string? Sha256 { get; init; }

    internal void Check()
    {
        if (Period <= TimeSpan.Zero && Period != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(Period), Period, "Expected a time above 0, or Timeout.InfiniteTimeSpan.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TimeOut, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaximumBytes);
        if (Sha256 is not null && (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigit)))
        {
            throw new ArgumentException($"Expected 64 hexadecimal digits, got '{Sha256}'.", nameof(Sha256));
        }
    }
}
