using System.Reflection;

namespace ResNetMl.Data;

/// <summary>A column bound to the fields it is read from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fields">Positions in a line, in the order of the elements.</param>
/// <param name="VariableFrom">The position from which all fields to the line's end follow; null for none.</param>
internal sealed record TextColumn(string Name, DataViewType Type, int[] Fields, int? VariableFrom)
{
    /// <summary>The columns that the members of a class with [LoadColumn] are.</summary>
    public static TextColumn[] Of(Type rowType)
    {
        TextColumn[] columns = [.. RowMember.Of(rowType)
            .Where(member => member.Info.GetCustomAttribute<LoadColumnAttribute>() is not null)
            .Select(member => Of(rowType, member))];
        return columns.Length > 0 ? columns : throw new ArgumentException(
            $"{rowType.Name} has no public field or property with [LoadColumn(index)], so no field of a line would be read.");
    }

    /// <summary>A column as options describe it.</summary>
    /// <param name="column">The description.</param>
    /// <param name="fieldCount">Counts the fields of a line where a range goes to the end.</param>
    public static TextColumn Of(TextLoader.Column column, Func<int> fieldCount)
    {
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

    private static TextColumn Of(Type rowType, RowMember member)
    {
        string name = member.Info.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
        int[] fields = [.. member.Info.GetCustomAttribute<LoadColumnAttribute>()!.FieldIndices];
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
        PrimitiveDataViewType type = column.DataKind switch
        {
            DataKind.String => TextDataViewType.Instance,
            DataKind.Boolean => BooleanDataViewType.Instance,
            DataKind.TimeSpan => TimeSpanDataViewType.Instance,
            DataKind.DateTime => DateTimeDataViewType.Instance,
            DataKind kind => NumberDataViewType.All.FirstOrDefault(number => number.RawType.Name == kind.ToString())
                ?? throw new ArgumentException($"Column '{name}': {(byte)kind} is no {nameof(DataKind)}."),
        };
        if (column.KeyCount is not { } key)
        {
            return type;
        }

        return KeyDataViewType.IsValidDataType(type.RawType)
            ? new KeyDataViewType(type.RawType, key.Count ?? MemberTypes.LargestOf(type.RawType))
            : throw new ArgumentException($"Column '{name}' is a key of {type}. Keys are Byte, UInt16, UInt32 or UInt64.");
    }
}
