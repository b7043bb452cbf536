namespace ResNetMl;

/// <summary>The column that is read and the column that is made from it.</summary>
public sealed class InputOutputColumnPair
{
    /// <summary>Names a pair.</summary>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to read; null for the same name, which the new column then hides.</param>
    public InputOutputColumnPair(string outputColumnName, string? inputColumnName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        OutputColumnName = outputColumnName;
        InputColumnName = string.IsNullOrEmpty(inputColumnName) ? outputColumnName : inputColumnName;
    }

    /// <summary>The column to make.</summary>
    public string OutputColumnName { get; }

    /// <summary>The column to read.</summary>
    public string InputColumnName { get; }
}
