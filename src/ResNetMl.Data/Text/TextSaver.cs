using System.Globalization;
using System.Text;

namespace ResNetMl.Data;

/// <summary>Writes a view as a text file that <see cref="TextLoader"/> and ML.NET read.</summary>
internal static class TextSaver
{
    public static void Save(BlockView view, Stream stream, char separator, bool headerRow, bool schemaComment, bool keepHidden)
    {
        if (separator is '"' or '\r' or '\n' or '.' or '-' or '+' || char.IsLetterOrDigit(separator))
        {
            throw new ArgumentException($"Fields cannot be parted by '{separator}': it is a quote, a line end, or part of a number.", nameof(separator));
        }

        DataViewSchema.Column[] columns = [.. view.Schema.Where(column => keepHidden || !column.IsHidden)];
        for (int index = 0; index < columns.Length; index++)
        {
            Check(columns[index], isLast: index == columns.Length - 1);
        }

        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        if (schemaComment)
        {
            foreach (string line in TextSchemaComment.Lines(headerRow, separator, Places(columns)))
            {
                writer.WriteLine(line);
            }
        }

        if (headerRow)
        {
            writer.WriteLine(string.Join(separator, columns.SelectMany(Names).Select(name => Quoted(name, separator))));
        }

        IFieldWriter[] fields = [.. columns.Select(IFieldWriter (column) => GenericTypes.New<IFieldWriter>(
            column.Type is VectorDataViewType ? typeof(VectorWriter<>) : typeof(ValueWriter<>), [ItemOf(column.Type).RawType], column, separator))];
        using BlockReader reader = view.OpenReader(columns);
        var fieldsOfLine = new StringBuilder();
        while (reader.Read(BlockView.DefaultBlockRows) is { } block)
        {
            for (int row = 0; row < block.RowCount; row++)
            {
                fieldsOfLine.Clear();
                for (int index = 0; index < fields.Length; index++)
                {
                    fields[index].Write(block, row, fieldsOfLine.Append(index == 0 ? "" : separator));
                }

                writer.WriteLine(fieldsOfLine.ToString());
            }
        }
    }

    private static DataViewType ItemOf(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    private static void Check(DataViewSchema.Column column, bool isLast)
    {
        if (ItemOf(column.Type) is not PrimitiveDataViewType || !TypeJson.CanWrite(column.Type))
        {
            throw new NotSupportedException(
                $"Column '{column.Name}' is {column.Type}, which text cannot hold. Leave it out with mlContext.Transforms.DropColumns(\"{column.Name}\").");
        }

        if (column.Type is VectorDataViewType { IsKnownSize: false } && !isLast)
        {
            throw new NotSupportedException(
                $"Column '{column.Name}' is {column.Type}: vectors that differ in length can only be a line's last column. " +
                $"Put it last with mlContext.Transforms.SelectColumns, or leave it out.");
        }
    }

    private static IEnumerable<(string Name, DataViewType Type, int First)> Places(DataViewSchema.Column[] columns)
    {
        int first = 0;
        foreach (DataViewSchema.Column column in columns)
        {
            yield return (column.Name, column.Type, first);
            first += column.Type is VectorDataViewType vector ? vector.Size : 1;
        }
    }

    private static IEnumerable<string> Names(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector)
        {
            return [column.Name];
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return names.Length == vector.Size ? names.DenseValues().Select(name => name.ToString()) : Enumerable.Repeat(column.Name, vector.Size);
    }

    private static string Quoted(string text, char separator)
    {
        bool isPlain = text.Length > 0 && text[0] != ' ' && text[^1] != ' ' && !text.StartsWith("#@", StringComparison.Ordinal)
            && !text.AsSpan().ContainsAny(separator, '"', ':') && !text.AsSpan().ContainsAny('\r', '\n', '\t');
        return isPlain ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string TextOf<T>(T value, DataViewType type, char separator) => value switch
    {
        ReadOnlyMemory<char> text => Quoted(text.ToString(), separator),
        bool flag => flag ? "1" : "0",
        float number when float.IsNaN(number) => "?",
        double number when double.IsNaN(number) => "?",
        DateTime time => Quoted(time.ToString("O", CultureInfo.InvariantCulture), separator),
        DateTimeOffset time => Quoted(time.ToString("O", CultureInfo.InvariantCulture), separator),
        TimeSpan time => Quoted(time.ToString("c", CultureInfo.InvariantCulture), separator),
        _ when type is KeyDataViewType => Convert.ToUInt64(value, CultureInfo.InvariantCulture) is > 0 and var key
            ? (key - 1).ToString(CultureInfo.InvariantCulture)
            : "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private interface IFieldWriter
    {
        void Write(Block block, int row, StringBuilder line);
    }

    private sealed class ValueWriter<T>(DataViewSchema.Column column, char separator) : IFieldWriter
    {
        public void Write(Block block, int row, StringBuilder line)
            => line.Append(TextOf(block.Values<T>(column.Index)[row], column.Type, separator));
    }

    private sealed class VectorWriter<T>(DataViewSchema.Column column, char separator) : IFieldWriter
    {
        private readonly DataViewType _itemType = ItemOf(column.Type);

        public void Write(Block block, int row, StringBuilder line)
            => line.AppendJoin(separator, block.Values<VBuffer<T>>(column.Index)[row].DenseValues().Select(value => TextOf(value, _itemType, separator)));
    }
}
