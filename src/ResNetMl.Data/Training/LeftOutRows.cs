using System.Globalization;
using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>Tells of the rows that one pass cannot use: the first one by one, the others by their number at the end. One thread at a time.</summary>
/// <param name="environment">Who is told, as a warning.</param>
/// <param name="source">Who speaks.</param>
/// <param name="consequence">What becomes of such a row: <c>left out of the training</c>.</param>
public sealed class LeftOutRows(IHostEnvironment environment, string source, string consequence)
{
    /// <summary>Rows that are told of one by one.</summary>
    public const int ToldOneByOne = 20;

    /// <summary>How many there were so far.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a row.</summary>
    /// <param name="row">The row in words, as <see cref="RowNames"/> has it.</param>
    /// <param name="reason">Why it cannot be used.</param>
    public void Add(string row, string reason)
    {
        Count++;
        if (Count <= ToldOneByOne)
        {
            environment.Report(source, ChannelMessageKind.Warning, $"{row}: {reason} It is {consequence}.");
        }
    }

    /// <summary>Ends the pass.</summary>
    public void Complete()
    {
        if (Count > ToldOneByOne)
        {
            environment.Report(
                source, ChannelMessageKind.Warning,
                string.Create(CultureInfo.InvariantCulture, $"{Count - ToldOneByOne} further rows are {consequence}, {Count} in all."));
        }
    }
}

/// <summary>Names rows in messages: by the file of the text column <c>ImagePath</c> where there is one, and by the number that their source gave them.</summary>
public sealed class RowNames
{
    private const string PathColumnName = "ImagePath";

    private readonly int? _path;
    private readonly string _columnName;

    /// <summary>Binds to a view's columns.</summary>
    /// <param name="schema">The view's columns.</param>
    /// <param name="columnName">The column that messages are about.</param>
    public RowNames(DataViewSchema schema, string columnName)
    {
        ArgumentNullException.ThrowIfNull(schema);
        _path = schema.GetColumnOrNull(PathColumnName) is { Type: TextDataViewType } text ? text.Index : null;
        _columnName = columnName;
    }

    /// <summary>Columns that must be read to name rows: one or none.</summary>
    public IEnumerable<int> Columns => _path is { } path ? [path] : [];

    /// <summary>A row in words: <c>tulips/3.jpg (row 12)</c>, or <c>column 'Image', row 12</c>. Shuffling and filtering keep the numbers.</summary>
    /// <param name="block">Rows with the <see cref="Columns"/>.</param>
    /// <param name="row">Row number in the block.</param>
    public string Of(Block block, int row)
    {
        ArgumentNullException.ThrowIfNull(block);
        string place = string.Create(CultureInfo.InvariantCulture, $"row {block.Ids[row].Low}");
        return _path is { } path && block.Values<ReadOnlyMemory<char>>(path)[row] is { IsEmpty: false } name
            ? $"{name} ({place})"
            : $"column '{_columnName}', {place}";
    }
}
