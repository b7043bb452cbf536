using System.Collections;
using ResNetMl.Data;

namespace ResNetMl;

/// <summary>What is known of a view's columns before there is data: names, kinds and types, not lengths or key counts.</summary>
public sealed class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private readonly Column[] _columns;

    /// <summary>Makes a shape.</summary>
    /// <param name="columns">The visible columns.</param>
    public SchemaShape(IEnumerable<Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _columns = [.. columns];
    }

    /// <summary>How many columns there are.</summary>
    public int Count => _columns.Length;

    /// <summary>The column at a place.</summary>
    /// <param name="index">From 0 up to below <see cref="Count"/>.</param>
    public Column this[int index] => _columns[index];

    /// <summary>The shape of a schema's visible columns.</summary>
    /// <param name="schema">A view's columns.</param>
    public static SchemaShape Create(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new SchemaShape(schema.Where(column => !column.IsHidden).Select(Column.Of));
    }

    /// <summary>Finds a column by name.</summary>
    /// <param name="name">Compared letter by letter, case too.</param>
    /// <param name="column">Receives the column.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFindColumn(string name, out Column column)
    {
        int index = Array.FindIndex(_columns, candidate => candidate.Name == name);
        column = index < 0 ? default : _columns[index];
        return index >= 0;
    }

    /// <summary>This shape with columns added; a taken name is replaced.</summary>
    /// <param name="added">The columns to add.</param>
    public SchemaShape With(params IEnumerable<Column> added)
    {
        Column[] columns = [.. added];
        return new SchemaShape(_columns.Where(column => !columns.Any(newer => newer.Name == column.Name)).Concat(columns));
    }

    /// <summary>A column that must be there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="neededBy">What needs it, for the message.</param>
    /// <exception cref="ArgumentException">There is no such column; the message lists those there are.</exception>
    public Column Require(string name, string neededBy) => TryFindColumn(name, out Column column)
        ? column
        : throw new ArgumentException(
            $"{neededBy} needs column '{name}'; there {(Count == 0 ? "are none" : "are " + string.Join(", ", _columns.Select(known => known.ToString())))}.");

    /// <inheritdoc/>
    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What is known of one column before there is data.</summary>
    public readonly struct Column
    {
        /// <summary>Describes a column.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="kind">One value a row, or several.</param>
        /// <param name="itemType">The type of one value; for keys the unsigned integer they are stored as.</param>
        /// <param name="isKey">Whether values are keys.</param>
        /// <param name="annotations">Annotations it will have; null for none.</param>
        public Column(string name, VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            ArgumentNullException.ThrowIfNull(itemType);
            Name = name;
            Kind = kind;
            ItemType = itemType;
            IsKey = isKey;
            Annotations = annotations ?? new SchemaShape([]);
        }

        /// <summary>How many values a row has.</summary>
        public enum VectorKind
        {
            /// <summary>One.</summary>
            Scalar,

            /// <summary>The same number in each row.</summary>
            Vector,

            /// <summary>Rows differ.</summary>
            VariableVector,
        }

        /// <summary>The column's name.</summary>
        public string Name { get; }

        /// <summary>One value a row, or several.</summary>
        public VectorKind Kind { get; }

        /// <summary>The type of one value; for keys the unsigned integer they are stored as.</summary>
        public DataViewType ItemType { get; }

        /// <summary>Whether values are keys.</summary>
        public bool IsKey { get; }

        /// <summary>Annotations it will have.</summary>
        public SchemaShape Annotations { get; }

        /// <summary>The same column under another name.</summary>
        /// <param name="name">The new name.</param>
        public Column Renamed(string name) => new(name, Kind, ItemType, IsKey, Annotations);

        /// <summary>Written as 'Label' (Key of UInt32) or 'ImageSource' (VariableVector of Byte).</summary>
        public override string ToString()
            => $"'{Name}' ({(Kind == VectorKind.Scalar ? "" : $"{Kind} of ")}{(IsKey ? "Key of " : "")}{ItemType})";

        internal static Column Of(DataViewSchema.Column column)
        {
            VectorDataViewType? vector = column.Type as VectorDataViewType;
            DataViewType item = vector?.ItemType ?? column.Type;
            VectorKind kind = vector is null ? VectorKind.Scalar : vector.IsKnownSize ? VectorKind.Vector : VectorKind.VariableVector;
            DataViewType stored = item is KeyDataViewType key ? RawTypes.PrimitiveOf(key.RawType)! : item;
            return new Column(column.Name, kind, stored, item is KeyDataViewType, Create(column.Annotations.Schema));
        }
    }
}
