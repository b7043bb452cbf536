using ResNetMl.Data;

namespace ResNetMl;

public sealed partial class DataViewSchema
{
    /// <summary>A column of a schema.</summary>
    public readonly struct Column : IEquatable<Column>
    {
        private readonly Annotations? _annotations;

        internal Column(string name, int index, bool isHidden, DataViewType type, Annotations annotations)
        {
            Name = name;
            Index = index;
            IsHidden = isHidden;
            Type = type;
            _annotations = annotations;
        }

        /// <summary>The column's name; a later column of the same name hides this one.</summary>
        public string Name { get; }

        /// <summary>Its position, counted from 0; hidden columns count.</summary>
        public int Index { get; }

        /// <summary>Whether a later column has the same name, so that this one is found by position only.</summary>
        public bool IsHidden { get; }

        /// <summary>What its values are.</summary>
        public DataViewType Type { get; }

        /// <summary>What else is known of the column, such as the values its keys stand for.</summary>
        public Annotations Annotations => _annotations ?? Annotations.Empty;

        /// <summary>Whether both are the same column.</summary>
        public static bool operator ==(Column left, Column right) => left.Equals(right);

        /// <summary>Whether they are different columns.</summary>
        public static bool operator !=(Column left, Column right) => !left.Equals(right);

        /// <inheritdoc/>
        public bool Equals(Column other)
            => Index == other.Index && Name == other.Name && Equals(Type, other.Type) && ReferenceEquals(Annotations, other.Annotations);

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Column other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Name, Index);

        /// <summary>Written as Label: String, and (hidden) where it is.</summary>
        public override string ToString() => $"{Name}: {Type}{(IsHidden ? " (hidden)" : "")}";
    }

    /// <summary>A column that is not yet in a schema.</summary>
    public readonly struct DetachedColumn
    {
        private readonly Annotations? _annotations;

        /// <summary>Describes a column to be added.</summary>
        /// <param name="name">Not empty.</param>
        /// <param name="type">What its values are.</param>
        /// <param name="annotations">What else is known; null for nothing.</param>
        public DetachedColumn(string name, DataViewType type, Annotations? annotations = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            ArgumentNullException.ThrowIfNull(type);
            Name = name;
            Type = type;
            _annotations = annotations;
        }

        /// <summary>The same name, type and annotations as a column of a schema.</summary>
        /// <param name="column">A column.</param>
        public DetachedColumn(Column column)
            : this(column.Name, column.Type, column.Annotations)
        {
        }

        /// <inheritdoc cref="Column.Name"/>
        public string Name { get; }

        /// <inheritdoc cref="Column.Type"/>
        public DataViewType Type { get; }

        /// <inheritdoc cref="Column.Annotations"/>
        public Annotations Annotations => _annotations ?? Annotations.Empty;
    }

    /// <summary>Makes a schema column by column.</summary>
    public sealed class Builder
    {
        private readonly List<DetachedColumn> _columns = [];

        /// <summary>Adds a column after those there are.</summary>
        /// <param name="name">Not empty; a taken name hides the earlier column.</param>
        /// <param name="type">What its values are.</param>
        /// <param name="annotations">What else is known; null for nothing.</param>
        public void AddColumn(string name, DataViewType type, Annotations? annotations = null)
            => _columns.Add(new DetachedColumn(name, type, annotations));

        /// <summary>Adds all columns of a schema, hidden ones too.</summary>
        /// <param name="source">The schema.</param>
        public void AddColumns(IEnumerable<Column> source) => _columns.AddRange(source.Select(column => new DetachedColumn(column)));

        /// <summary>Adds columns.</summary>
        /// <param name="source">The columns.</param>
        public void AddColumns(IEnumerable<DetachedColumn> source) => _columns.AddRange(source);

        /// <summary>The schema of the columns added so far.</summary>
        public DataViewSchema ToSchema() => new(_columns);
    }
}
