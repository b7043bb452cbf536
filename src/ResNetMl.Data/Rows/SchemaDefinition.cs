using System.Reflection;

namespace ResNetMl.Data;

/// <summary>Which members of a row class are columns, under which names and of which types; made from the class, then changed where it does not say enough.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    /// <summary>What members are used for.</summary>
    [Flags]
    public enum Direction
    {
        /// <summary>Values are read from members.</summary>
        Read = 1,

        /// <summary>Values are written to members.</summary>
        Write = 2,

        /// <summary>Both.</summary>
        Both = Read | Write,
    }

    /// <summary>The column of a name.</summary>
    /// <param name="columnName">The column's name, not the member's.</param>
    /// <exception cref="KeyNotFoundException">There is no such column; the message lists those there are.</exception>
    public Column this[string columnName] => Find(column => column.ColumnName == columnName)
        ?? throw new KeyNotFoundException(
            $"There is no column '{columnName}'; there are {string.Join(", ", this.Select(column => $"'{column.ColumnName}'"))}.");

    /// <summary>The columns that a class's public fields and properties make.</summary>
    /// <remarks>
    /// Fields first, then properties, each in the order they are declared. Left out are members with <see cref="NoColumnAttribute"/>,
    /// static ones, indexers, and for writing those that cannot be set.
    /// </remarks>
    /// <param name="userType">The row class.</param>
    /// <param name="direction">What the members are used for.</param>
    /// <exception cref="ArgumentException">A member's type cannot be a column, or two members have one column's name.</exception>
    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        ArgumentNullException.ThrowIfNull(userType);
        var definition = new SchemaDefinition();
        foreach (RowMember member in RowMember.Of(userType))
        {
            if ((direction.HasFlag(Direction.Read) && !member.CanRead) || (direction.HasFlag(Direction.Write) && !member.CanWrite))
            {
                continue;
            }

            string columnName = member.Info.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (definition.Any(column => column.ColumnName == columnName))
            {
                throw new ArgumentException(
                    $"{userType.Name} has two members for column '{columnName}'. Give one of them another [ColumnName], or [NoColumn].", nameof(userType));
            }

            definition.Add(new Column(member.Name, MemberTypes.ColumnTypeOf(userType, member), columnName));
        }

        return definition;
    }

    /// <summary>One member of a row class and the column it is.</summary>
    public sealed class Column
    {
        private DataViewSchema.Annotations.Builder _annotations = new();

        /// <summary>Describes a column.</summary>
        /// <param name="memberName">The public field or property of the row class.</param>
        /// <param name="columnType">What its values are.</param>
        /// <param name="columnName">The column's name; null for the member's.</param>
        public Column(string memberName, DataViewType columnType, string? columnName = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(memberName);
            ArgumentNullException.ThrowIfNull(columnType);
            MemberName = memberName;
            ColumnType = columnType;
            ColumnName = columnName ?? memberName;
        }

        /// <summary>The public field or property of the row class.</summary>
        public string MemberName { get; }

        /// <summary>The column's name.</summary>
        public string ColumnName { get; set; }

        /// <summary>What its values are; set it to say more than the class does, such as a vector's length.</summary>
        public DataViewType ColumnType { get; set; }

        internal DataViewSchema.Annotations Annotations => _annotations.ToAnnotations();

        /// <summary>Takes over the type and annotations of a column of a schema.</summary>
        internal void Adopt(DataViewSchema.Column column)
        {
            ColumnType = column.Type;
            _annotations = new DataViewSchema.Annotations.Builder();
            _annotations.Add(column.Annotations, _ => true);
        }

        /// <summary>Adds an annotation to the column.</summary>
        /// <param name="kind">Its name, such as <see cref="AnnotationKinds.SlotNames"/>.</param>
        /// <param name="value">Its value, not changed afterwards.</param>
        /// <param name="annotationType">What it is.</param>
        /// <typeparam name="T">The raw type of <paramref name="annotationType"/>.</typeparam>
        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
            => _annotations.Add(kind, annotationType, (ref T destination) => ValueCopy<T>.Copy(in value, ref destination));
    }
}
