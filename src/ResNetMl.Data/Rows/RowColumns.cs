namespace ResNetMl.Data;

/// <summary>The columns that the objects of a class make, and how their values are gathered into blocks.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal sealed class RowColumns<TRow>
    where TRow : class
{
    private readonly RowMember[] _members;

    private RowColumns(DataViewSchema schema, RowMember[] members)
    {
        Schema = schema;
        _members = members;
    }

    public DataViewSchema Schema { get; }

    public static RowColumns<TRow> Of(SchemaDefinition? definition)
    {
        definition ??= SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        Dictionary<string, RowMember> byName = RowMember.Of(typeof(TRow)).Where(member => member.CanRead).ToDictionary(member => member.Name);
        var builder = new DataViewSchema.Builder();
        var members = new List<RowMember>();
        foreach (SchemaDefinition.Column column in definition)
        {
            if (!byName.TryGetValue(column.MemberName, out RowMember? member))
            {
                throw new ArgumentException(
                    $"{typeof(TRow).Name} has no public member '{column.MemberName}' to read column '{column.ColumnName}' from.", nameof(definition));
            }

            if (!MemberConversion.Exists(member.Type, column.ColumnType.RawType))
            {
                throw new ArgumentException(
                    $"{typeof(TRow).Name}.{member.Name} is a {RawTypes.NameOf(member.Type)}, its column '{column.ColumnName}' {column.ColumnType}: " +
                    "one cannot hold the other.",
                    nameof(definition));
            }

            builder.AddColumn(column.ColumnName, column.ColumnType, column.Annotations);
            members.Add(member);
        }

        return new RowColumns<TRow>(builder.ToSchema(), [.. members]);
    }

    /// <summary>A gatherer of the given columns, for one pass.</summary>
    public RowCollector<TRow> NewCollector(ColumnSet columns) => new(
        Schema.Count,
        [.. columns.Select(index => (index, NewCollector(Schema[index], _members[index])))]);

    private static IMemberCollector<TRow> NewCollector(DataViewSchema.Column column, RowMember member)
        => GenericTypes.New<IMemberCollector<TRow>>(
            typeof(MemberCollector<,,>), [typeof(TRow), member.Type, column.Type.RawType], column, member);
}

/// <summary>Gathers the values of some members of the objects handed in, one object a row.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal sealed class RowCollector<TRow>(int schemaLength, (int Column, IMemberCollector<TRow> Collector)[] members)
{
    private readonly List<DataViewRowId> _ids = [];

    public int RowCount => _ids.Count;

    public void Collect(TRow row, long rowNumber)
    {
        if (row is null)
        {
            throw new InvalidOperationException($"Row {rowNumber} is null; a row is an object, with empty members where something is missing.");
        }

        try
        {
            foreach ((_, IMemberCollector<TRow> collector) in members)
            {
                collector.Collect(row, rowNumber);
            }
        }
        catch
        {
            // Some members may already hold this row's value: the next rows must not be mixed with them.
            _ = Take(discard: true);
            throw;
        }

        _ids.Add(new DataViewRowId((ulong)rowNumber, 0));
    }

    public Block? Take() => Take(discard: false);

    private Block? Take(bool discard)
    {
        var columns = new BlockColumn?[schemaLength];
        foreach ((int column, IMemberCollector<TRow> collector) in members)
        {
            columns[column] = collector.Take();
        }

        DataViewRowId[] ids = [.. _ids];
        _ids.Clear();
        return discard || ids.Length == 0 ? null : new Block(ids, columns);
    }
}

/// <summary>Gathers the values of one member.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal interface IMemberCollector<TRow>
{
    void Collect(TRow row, long rowNumber);

    BlockColumn Take();
}

/// <summary>Gathers the values of one member, typed, and holds them against the column's type.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
/// <typeparam name="TMember">The member's .NET type.</typeparam>
/// <typeparam name="TRaw">The column's raw type.</typeparam>
internal sealed class MemberCollector<TRow, TMember, TRaw>(DataViewSchema.Column column, RowMember member) : IMemberCollector<TRow>
    where TRow : class
{
    private readonly Func<TRow, TMember> _get = member.Getter<TRow, TMember>();
    private readonly MemberConversion<TMember, TRaw> _conversion = MemberConversion.Find<TMember, TRaw>()!;
    private readonly Func<TRaw, string?> _check = ValueCheck.For<TRaw>(column.Type);
    private readonly List<TRaw> _values = [];

    public void Collect(TRow row, long rowNumber)
    {
        TRaw value = _conversion.ToRaw(_get(row));
        if (_check(value) is { } problem)
        {
            throw new InvalidOperationException($"Row {rowNumber}: {typeof(TRow).Name}.{member.Name} {problem}; column '{column.Name}' is {column.Type}.");
        }

        _values.Add(value);
    }

    public BlockColumn Take()
    {
        var taken = new BlockColumn<TRaw>(_values.ToArray());
        _values.Clear();
        return taken;
    }
}
