namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Bytes that reading a file may take, so that a file of a few bytes cannot ask for all memory: 32 MiB and six times the file. Each part
/// asks before it allocates.
/// </summary>
internal sealed class ModelBudget
{
    private const long Base = 32L << 20;
    private const long Factor = 6;

    private readonly string _where;
    private long _left;

    internal ModelBudget(string where, long fileBytes)
    {
        _where = where;
        _left = Base;
        Allow(fileBytes);
    }

    /// <summary>More of the model lies in another file of its folder.</summary>
    internal void Allow(long fileBytes) => _left += checked(Factor * fileBytes);

    /// <summary>Takes bytes, or refuses the file.</summary>
    internal void Take(long bytes, string what)
    {
        if (bytes < 0 || bytes > _left)
        {
            throw new InterchangeException(
                $"{_where}: expected a model that takes at most 32 MiB and {Factor} times its file's size in memory, got {what}, which goes beyond. " +
                "The file is damaged, or made to exhaust memory.");
        }

        _left -= bytes;
    }
}
