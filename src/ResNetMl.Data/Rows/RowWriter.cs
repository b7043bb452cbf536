namespace ResNetMl.Data;

/// <summary>Writes rows of blocks into objects.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal sealed class RowWriter<TRow>
    where TRow : class
{
    private readonly IMemberWriter<TRow>[] _writers;

    private RowWriter(DataViewSchema.Column[] columns, IMemberWriter<TRow>[] writers)
    {
        Columns = columns;
        _writers = writers;
    }

    /// <summary>The columns that are read.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>Binds the members of the class to the columns of a view.</summary>
    /// <param name="schema">The view's columns.</param>
    /// <param name="definition">Which members to write; null for all that can be.</param>
    /// <param name="ignoreMissingColumns">Whether members without a column stay as they are.</param>
    public static RowWriter<TRow> Bind(DataViewSchema schema, SchemaDefinition? definition, bool ignoreMissingColumns)
    {
        definition ??= SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Write);
        Dictionary<string, RowMember> byName = RowMember.Of(typeof(TRow)).Where(member => member.CanWrite).ToDictionary(member => member.Name);
        var columns = new List<DataViewSchema.Column>();
        var writers = new List<IMemberWriter<TRow>>();
        foreach (SchemaDefinition.Column wanted in definition)
        {
            if (!byName.TryGetValue(wanted.MemberName, out RowMember? member))
            {
                throw new ArgumentException(
                    $"{typeof(TRow).Name} has no public member '{wanted.MemberName}' to write column '{wanted.ColumnName}' to.", nameof(definition));
            }

            if (schema.GetColumnOrNull(wanted.ColumnName) is not { } column)
            {
                if (ignoreMissingColumns)
                {
                    continue;
                }

                throw new ArgumentException(
                    $"{typeof(TRow).Name}.{member.Name} has no column '{wanted.ColumnName}' to be read from; there {schema.Describe()}. " +
                    "Rename it with [ColumnName], leave it out with [NoColumn], or ignore missing columns.",
                    nameof(schema));
            }

            if (!MemberConversion.Exists(member.Type, column.Type.RawType))
            {
                throw new ArgumentException(
                    $"{typeof(TRow).Name}.{member.Name} is a {RawTypes.NameOf(member.Type)}, column '{column.Name}' is {column.Type}: " +
                    $"one cannot hold the other. Declare the member as {MemberFor(column.Type)}.",
                    nameof(schema));
            }

            columns.Add(column);
            writers.Add(GenericTypes.New<IMemberWriter<TRow>>(
                typeof(MemberWriter<,,>), [typeof(TRow), member.Type, column.Type.RawType], column.Index, member));
        }

        return new RowWriter<TRow>([.. columns], [.. writers]);
    }

    public void Write(Block block, int row, TRow target)
    {
        foreach (IMemberWriter<TRow> writer in _writers)
        {
            writer.Write(block, row, target);
        }
    }

    private static string MemberFor(DataViewType type) => type switch
    {
        TextDataViewType => "String",
        VectorDataViewType { ItemType: TextDataViewType } => "String[]",
        VectorDataViewType vector => $"{vector.ItemType.RawType.Name}[]",
        _ => RawTypes.NameOf(type.RawType),
    };
}

/// <summary>Writes one member from its column.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal interface IMemberWriter<TRow>
{
    void Write(Block block, int row, TRow target);
}

/// <summary>Writes one member from its column, typed.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
/// <typeparam name="TMember">The member's .NET type.</typeparam>
/// <typeparam name="TRaw">The column's raw type.</typeparam>
internal sealed class MemberWriter<TRow, TMember, TRaw>(int column, RowMember member) : IMemberWriter<TRow>
    where TRow : class
{
    private readonly Action<TRow, TMember> _set = member.Setter<TRow, TMember>();
    private readonly MemberConversion<TMember, TRaw> _conversion = MemberConversion.Find<TMember, TRaw>()!;

    public void Write(Block block, int row, TRow target) => _set(target, _conversion.FromRaw(block.Values<TRaw>(column)[row]));
}
