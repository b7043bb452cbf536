namespace ResNetMl.Interchange;

/// <summary>How much memory the content of one untrusted file may still ask for; counted before it is taken.</summary>
/// <remarks>A file of a few bytes can name one storage a thousand times or nest lists: what it makes of itself is bounded by its own size.</remarks>
internal sealed class MemoryBudget
{
    private readonly string _file;
    private readonly long _limit;
    private long _left;

    /// <summary>A budget of a number of bytes.</summary>
    /// <param name="file">Named in the message.</param>
    /// <param name="limit">Bytes in all.</param>
    internal MemoryBudget(string file, long limit)
    {
        _file = file;
        _limit = limit;
        _left = limit;
    }

    /// <summary>32 MiB and four times the file: its own bytes and a copy during conversion stay below 64 MiB and eight times the file.</summary>
    internal static MemoryBudget ForFile(string file, long fileLength) => new(file, (32L << 20) + (4 * fileLength));

    /// <summary>Takes bytes, ≥ 0, out of the budget.</summary>
    /// <exception cref="InterchangeException">It is spent.</exception>
    internal void Take(long bytes)
    {
        if (bytes > _left)
        {
            throw new InterchangeException(
                $"'{_file}': expected content in proportion to the file, got one that asks for more than {_limit:N0} bytes of memory. " +
                "It is damaged or made to exhaust memory: do not use it, or fetch it again from its origin.");
        }

        _left -= bytes;
    }
}
