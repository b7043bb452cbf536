namespace ResNetMl.Data;

/// <summary>One pass over a view, block by block. One thread at a time.</summary>
public abstract class BlockReader : IDisposable
{
    /// <summary>The next rows.</summary>
    /// <remarks>Fewer rows than asked for do not mean the end. An error at a row comes with the block that would have held it.</remarks>
    /// <param name="maxRows">How many rows are useful now, at least 1; what is computed together is up to the reader of the blocks.</param>
    /// <returns>A block of 1 to <paramref name="maxRows"/> rows; null after the last row, and then always.</returns>
    public abstract Block? Read(int maxRows);

    /// <summary>Ends the pass; blocks that were read stay valid.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the pass.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
