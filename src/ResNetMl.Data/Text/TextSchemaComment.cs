using System.Globalization;

namespace ResNetMl.Data;

/// <summary>The comment (lines that begin with #@) in which a text file says its own columns, in ML.NET's form.</summary>
/// <remarks><code>
/// #@ TextLoader{
/// #@   header+
/// #@   sep=tab
/// #@   col=Label:TX:0
/// #@   col=Features:R4:1-3
/// #@ }
/// </code></remarks>
/// <param name="HasHeader">Whether the line after the comment names the fields.</param>
/// <param name="Separators">What parts fields; null where the comment does not say.</param>
/// <param name="Columns">The columns.</param>
internal sealed record TextSchemaComment(bool HasHeader, char[]? Separators, TextLoader.Column[] Columns)
{
    private const string Prefix = "#@";

    private static readonly (string Name, DataKind Kind)[] Kinds =
    [
        ("I1", DataKind.SByte), ("U1", DataKind.Byte), ("I2", DataKind.Int16), ("U2", DataKind.UInt16), ("I4", DataKind.Int32), ("U4", DataKind.UInt32),
        ("I8", DataKind.Int64), ("U8", DataKind.UInt64), ("R4", DataKind.Single), ("R8", DataKind.Double), ("TX", DataKind.String),
        ("BL", DataKind.Boolean), ("TS", DataKind.TimeSpan), ("DT", DataKind.DateTime), ("DZ", DataKind.DateTimeOffset),
    ];

    private static readonly (string Name, char Separator)[] SeparatorNames =
        [("tab", '\t'), ("space", ' '), ("comma", ','), ("colon", ':'), ("semicolon", ';'), ("bar", '|')];

    /// <summary>The comment at a file's start, or null where there is none that names columns.</summary>
    public static TextSchemaComment? Read(IMultiStreamSource source)
    {
        using TextReader reader = source.OpenTextReader(0);
        bool hasHeader = false;
        char[]? separators = null;
        var columns = new List<TextLoader.Column>();
        while (reader.ReadLine() is { } line && line.StartsWith(Prefix, StringComparison.Ordinal))
        {
            string text = line[Prefix.Length..].Trim();
            if (text.StartsWith("header", StringComparison.Ordinal))
            {
                hasHeader = text != "header-";
            }
            else if (text.StartsWith("sep=", StringComparison.Ordinal))
            {
                separators = [SeparatorOf(text["sep=".Length..])];
            }
            else if (text.StartsWith("col=", StringComparison.Ordinal))
            {
                columns.Add(ColumnOf(text["col=".Length..], source.GetPathOrNull(0) ?? "stream 0"));
            }
        }

        return columns.Count == 0 ? null : new TextSchemaComment(hasHeader, separators, [.. columns]);
    }

    /// <summary>The lines of a comment.</summary>
    /// <param name="hasHeader">Whether a line of names follows.</param>
    /// <param name="separator">What parts fields.</param>
    /// <param name="columns">Name, type and first field of each column; a variable vector is the last.</param>
    public static IEnumerable<string> Lines(bool hasHeader, char separator, IEnumerable<(string Name, DataViewType Type, int First)> columns)
    {
        yield return $"{Prefix} TextLoader{{";
        yield return $"{Prefix}   header{(hasHeader ? '+' : '-')}";
        string? separatorName = SeparatorNames.FirstOrDefault(named => named.Separator == separator).Name;
        yield return $"{Prefix}   sep={separatorName ?? separator.ToString()}";
        foreach ((string name, DataViewType type, int first) in columns)
        {
            var vector = type as VectorDataViewType;
            DataViewType item = vector?.ItemType ?? type;
            string kind = Kinds.First(named => TextColumn.TypeOf(named.Kind)!.RawType == item.RawType).Name;
            string key = item is KeyDataViewType keyType ? $"[{(keyType.Count == MemberTypes.LargestOf(keyType.RawType) ? "" : $"0-{keyType.Count - 1}")}]" : "";
            string fields = vector is null ? $"{first}" : vector.IsKnownSize ? $"{first}-{first + vector.Size - 1}" : $"{first}-**";
            yield return $"{Prefix}   col={Quoted(name)}:{kind}{key}:{fields}";
        }

        yield return $"{Prefix} }}";
    }

    private static char SeparatorOf(string text)
    {
        char named = SeparatorNames.FirstOrDefault(known => known.Name == text).Separator;
        return named != 0 ? named : text.Length == 1 ? text[0] : throw new FormatException($"The file's schema comment parts fields by '{text}', which is no character.");
    }

    private static TextLoader.Column ColumnOf(string text, string fileName)
    {
        // Names may hold colons, kinds and fields do not: read from the end.
        int fieldsAt = text.LastIndexOf(':');
        int kindAt = fieldsAt < 0 ? -1 : text.LastIndexOf(':', fieldsAt - 1);
        string kindText = kindAt < 0 ? "" : text[(kindAt + 1)..fieldsAt];
        int keyAt = kindText.IndexOf('[', StringComparison.Ordinal);
        DataKind kind = Kinds.FirstOrDefault(known => known.Name == (keyAt < 0 ? kindText : kindText[..keyAt])).Kind;
        string[] ends = fieldsAt < 0 ? [] : text[(fieldsAt + 1)..].Split('-', 2);
        int max = 0;
        bool isVariable = ends.Length == 2 && ends[1] == "**";
        if (kind == 0 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int min)
            || (ends.Length == 2 && !isVariable && !int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out max)))
        {
            throw new FormatException($"{fileName}: the schema comment has a column '{text}'; expected name:kind:field, as in Label:R4:0. Name the columns yourself.");
        }

        TextLoader.Range range = isVariable ? new TextLoader.Range(min) { VariableEnd = true } : ends.Length == 2 ? new TextLoader.Range(min, max) : new TextLoader.Range(min);
        return new TextLoader.Column(Unquoted(text[..kindAt]), kind, [range], keyAt < 0 ? null : KeyCountOf(kindText[keyAt..]));
    }

    private static KeyCount KeyCountOf(string text)
    {
        string last = text.Trim('[', ']').Split('-')[^1];
        return ulong.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out ulong largest) && largest < ulong.MaxValue
            ? new KeyCount(largest + 1)
            : new KeyCount();
    }

    private static string Quoted(string name)
        => name.Any(letter => char.IsWhiteSpace(letter) || letter is ':' or '{' or '}' or '"')
            ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : name;

    private static string Unquoted(string name)
        => name.Length >= 2 && name[0] == '"' && name[^1] == '"' ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
