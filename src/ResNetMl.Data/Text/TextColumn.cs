using System.Reflection;

namespace ResNetMl.Data;

/// <summary>A column bound to the fields it is read from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fields">Positions in a line, in the order of the elements.</param>
/// <param name="VariableFrom">The position from which all fields to the line's end follow; null for none.</param>
/// <param name="SlotNames">What the header calls the fields of a vector; null where there is no header or no vector of known length.</param>
internal sealed record TextColumn(string Name, DataViewType Type, int[] Fields, int? VariableFrom, IReadOnlyList<string>? SlotNames = null)
{
    /// <summary>The columns that the members of a class with [LoadColumn] are.</summary>
    /// <param name="rowType">The class.</param>
    /// <param name="header">The names of the fields, for [LoadColumnName].</param>
    public static TextColumn[] Of(Type rowType, TextHeader header)
    {
        TextColumn[] columns = [.. RowMember.Of(rowType)
            .Select(member => (Member: member, Fields: FieldsOf(rowType, member, header)))
            .Where(pair => pair.Fields is not null)
            .Select(pair => Of(rowType, pair.Member, pair.Fields!))];
        return columns.Length > 0 ? columns : throw new ArgumentException(
            $"{rowType.Name} has no public field or property with [LoadColumn(index)], so no field of a line would be read.");
    }

    /// <summary>The columns that options describe.</summary>
    /// <param name="columns">The descriptions.</param>
    /// <param name="fieldCount">Counts the fields of a line where a range goes to the end.</param>
    public static TextColumn[] Of(TextLoader.Column[] columns, Func<int> fieldCount)
    {
        TextLoader.Column[] rest = [.. columns.Where(column => column?.Source?.Any(range => range.AllOther) == true)];
        if (rest.Length == 0)
        {
            return [.. columns.Select(column => Of(column, fieldCount))];
        }

        if (rest.Length > 1 || rest[0].Source!.Length > 1)
        {
            throw new ArgumentException($"Column '{rest[^1].Name}': one column alone takes all other fields (AllOther), and no further range.");
        }

        Dictionary<TextLoader.Column, TextColumn> named = columns.Except(rest).ToDictionary(column => column, column => Of(column, fieldCount));
        int[] others = [.. Enumerable.Range(0, fieldCount()).Except(named.Values.SelectMany(column => column.Fields))];
        string name = rest[0].Name is { Length: > 0 } given ? given : throw new ArgumentException("The column of all other fields has no name.");
        var all = new TextColumn(name, new VectorDataViewType(ItemType(name, rest[0]), others.Length), others, VariableFrom: null);
        return others.Length == 0
            ? throw new ArgumentException($"Column '{name}' takes all other fields (AllOther), but other columns take all {fieldCount()}.")
            : [.. columns.Select(column => named.GetValueOrDefault(column, all))];
    }

    /// <summary>The same column with its elements named as the header names their fields.</summary>
    public TextColumn Named(IReadOnlyList<string>? header) => header is not null && Type is VectorDataViewType { IsKnownSize: true }
        ? this with { SlotNames = [.. Fields.Select(field => field < header.Count ? header[field] : "")] }
        : this;

    /// <summary>The type that a kind is, or null where it is none.</summary>
    public static PrimitiveDataViewType? TypeOf(DataKind kind) => kind switch
    {
        DataKind.String => TextDataViewType.Instance,
        DataKind.Boolean => BooleanDataViewType.Instance,
        DataKind.TimeSpan => TimeSpanDataViewType.Instance,
        DataKind.DateTime => DateTimeDataViewType.Instance,
        DataKind.DateTimeOffset => DateTimeOffsetDataViewType.Instance,
        _ => NumberDataViewType.All.FirstOrDefault(number => number.RawType.Name == kind.ToString()),
    };

    /// <summary>A column as options describe it.</summary>
    /// <param name="column">The description.</param>
    /// <param name="fieldCount">Counts the fields of a line where a range goes to the end.</param>
    private static TextColumn Of(TextLoader.Column column, Func<int> fieldCount)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (string.IsNullOrWhiteSpace(column.Name) || column.Source is not { Length: > 0 } ranges)
        {
            throw new ArgumentException("A column of a text file needs a name and at least one field: new TextLoader.Column(\"Label\", DataKind.String, 0).");
        }

        string name = column.Name.Trim();
        var fields = new List<int>();
        int? variableFrom = null;
        foreach (TextLoader.Range range in ranges)
        {
            int last = range.VariableEnd ? range.Min : range.Max ?? (range.AutoEnd ? fieldCount() - 1 : range.Min);
            if (range.Min < 0 || last < range.Min || variableFrom is not null)
            {
                throw new ArgumentException(
                    $"Column '{name}': fields {range.Min} to {last} are no range. Fields are counted from 0, the last is not before the first, " +
                    "and nothing follows a range of variable length.");
            }

            variableFrom = range.VariableEnd ? range.Min : null;
            fields.AddRange(range.VariableEnd ? [] : Enumerable.Range(range.Min, last - range.Min + 1));
        }

        bool isVector = fields.Count != 1 || variableFrom is not null || ranges.Any(range => range.ForceVector);
        PrimitiveDataViewType item = ItemType(name, column);
        return new TextColumn(
            name, isVector ? new VectorDataViewType(item, variableFrom is null ? fields.Count : 0) : item, [.. fields], variableFrom);
    }

    /// <summary>The fields that a member is read from, or null where no attribute says so.</summary>
    private static int[]? FieldsOf(Type rowType, RowMember member, TextHeader header)
    {
        if (member.Info.GetCustomAttribute<LoadColumnAttribute>() is { } byIndex)
        {
            return [.. byIndex.FieldIndices];
        }

        return member.Info.GetCustomAttribute<LoadColumnNameAttribute>() is { } byName
            ? [.. byName.Names.Select(name => header.IndexOf(name, $"{rowType.Name}.{member.Name}"))]
            : null;
    }

    private static TextColumn Of(Type rowType, RowMember member, int[] fields)
    {
        string name = member.Info.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
        DataViewType type = MemberTypes.ColumnTypeOf(rowType, member);
        PrimitiveDataViewType? item = type as PrimitiveDataViewType ?? (type as VectorDataViewType)?.ItemType;
        if (item is null || fields.Length == 0 || fields.Any(field => field < 0))
        {
            throw new ArgumentException(
                $"{rowType.Name}.{member.Name} is {type}, read from fields [{string.Join(", ", fields)}]. Fields of a line are counted from 0; " +
                "they are texts, numbers, keys, or vectors of these.");
        }

        if (type is not VectorDataViewType && fields.Length > 1)
        {
            throw new ArgumentException(
                $"{rowType.Name}.{member.Name} is {type}, but [LoadColumn] names {fields.Length} fields. Declare it as {RawTypes.NameOf(member.Type)}[].");
        }

        return new TextColumn(name, type is VectorDataViewType ? new VectorDataViewType(item, fields.Length) : item, fields, VariableFrom: null);
    }

    private static PrimitiveDataViewType ItemType(string name, TextLoader.Column column)
    {
        PrimitiveDataViewType type = TypeOf(column.DataKind)
            ?? throw new ArgumentException($"Column '{name}': {(byte)column.DataKind} is no {nameof(DataKind)}.");
        if (column.KeyCount is not { } key)
        {
            return type;
        }

        return KeyDataViewType.IsValidDataType(type.RawType)
            ? new KeyDataViewType(type.RawType, key.Count ?? MemberTypes.LargestOf(type.RawType))
            : throw new ArgumentException($"Column '{name}' is a key of {type}. Keys are Byte, UInt16, UInt32 or UInt64.");
    }
}
