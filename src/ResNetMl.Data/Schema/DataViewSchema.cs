using System.Collections;

namespace ResNetMl;

/// <summary>The columns of a view. A column added under a taken name hides the earlier one, which keeps its position.</summary>
/// <remarks>Immutable. <see cref="Builder"/> makes schemas.</remarks>
public sealed partial class DataViewSchema : IReadOnlyList<DataViewSchema.Column>
{
    private readonly Column[] _columns;
    private readonly Dictionary<string, int> _visible = new(StringComparer.Ordinal);

    private DataViewSchema(IReadOnlyList<DetachedColumn> columns)
    {
        for (int index = 0; index < columns.Count; index++)
        {
            _visible[columns[index].Name] = index;
        }

        _columns = [.. columns.Select((column, index) =>
            new Column(column.Name, index, isHidden: _visible[column.Name] != index, column.Type, column.Annotations))];
    }

    /// <summary>How many columns there are, hidden ones too.</summary>
    public int Count => _columns.Length;

    /// <summary>The visible column of a name.</summary>
    /// <param name="name">Compared letter by letter, case too.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column; the message lists those there are.</exception>
    public Column this[string name] => GetColumnOrNull(name)
        ?? throw new ArgumentOutOfRangeException(nameof(name), $"There is no column '{name}'; there {Describe()}.");

    /// <summary>The column at a position, hidden or not.</summary>
    /// <param name="columnIndex">From 0 up to below <see cref="Count"/>.</param>
    public Column this[int columnIndex]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(columnIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(columnIndex, Count);
            return _columns[columnIndex];
        }
    }

    /// <summary>The visible column of a name, or null.</summary>
    /// <param name="name">Compared letter by letter, case too.</param>
    public Column? GetColumnOrNull(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _visible.TryGetValue(name, out int index) ? _columns[index] : null;
    }

    /// <inheritdoc/>
    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Written as 3 columns {Label: String, Features: Vector&lt;Single, 3&gt;, …}, for messages and debuggers.</summary>
    public override string ToString() => $"{Count} columns {{{string.Join(", ", _columns)}}}";

    /// <summary>A schema of these columns and more after them.</summary>
    internal DataViewSchema With(IEnumerable<DetachedColumn> added)
        => new([.. _columns.Select(column => new DetachedColumn(column)), .. added]);

    /// <summary>A clause for messages: <c>are Label (String), Score (Vector&lt;Single, 3&gt;)</c>.</summary>
    internal string Describe()
    {
        string[] visible = [.. _columns.Where(column => !column.IsHidden).Select(column => $"'{column.Name}' ({column.Type})")];
        return visible.Length == 0 ? "are none" : $"{(visible.Length == 1 ? "is" : "are")} {string.Join(", ", visible)}";
    }

    /// <summary>Holds that a column handed in is one of this schema, or stands at the same place of one made alike.</summary>
    internal void Check(Column column)
    {
        if (column.Index < 0 || column.Index >= Count || _columns[column.Index].Name != column.Name || !_columns[column.Index].Type.Equals(column.Type))
        {
            throw new ArgumentException(
                $"Column '{column.Name}' at position {column.Index} is not of this view; there {Describe()}. Take columns from its own Schema.",
                nameof(column));
        }
    }
}
