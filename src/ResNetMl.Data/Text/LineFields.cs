using System.Globalization;
using System.Text;

namespace ResNetMl.Data;

/// <summary>Parts a line of text into fields.</summary>
/// <param name="options">How.</param>
internal sealed class LineFields(TextLoader.Options options)
{
    private const char Quote = '"';

    /// <summary>A number of fields that no line has, so that a damaged count does not take all memory.</summary>
    private const int MostSparseFields = 1 << 20;

    private static readonly ReadOnlyMemory<char> Zero = "0".AsMemory();

    private readonly bool _spaceParts = options.Separators.Contains(' ');

    /// <summary>What is wrong with the field that <see cref="Split"/> found wrong.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Whether a line ends inside a quoted field, so that the field goes on in the next line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="startsInside">Whether the line before did.</param>
    public bool EndsInsideQuotes(ReadOnlySpan<char> line, bool startsInside)
    {
        int position = 0;
        bool inside = startsInside;
        while (true)
        {
            if (!inside)
            {
                position = SkipSpaces(line, position);
                inside = position < line.Length && line[position] == Quote;
                position += inside ? 1 : 0;
            }

            if (inside)
            {
                position = ClosingQuote(line, position);
                if (position < 0)
                {
                    return true;
                }

                inside = false;
            }

            int separator = line[position..].IndexOfAny(options.Separators);
            if (separator < 0)
            {
                return false;
            }

            position += separator + 1;
        }
    }

    /// <summary>Parts a line.</summary>
    /// <param name="line">The line; quoted fields may hold line ends.</param>
    /// <param name="fields">Receives the fields; what it held is dropped.</param>
    /// <returns>The position, counted from 0, of the first field that is wrong; −1 where all is well.</returns>
    public int Split(ReadOnlyMemory<char> line, List<ReadOnlyMemory<char>> fields)
    {
        fields.Clear();
        ReadOnlySpan<char> text = line.Span;
        int position = 0;
        int firstPair = -1;
        Problem = "begins with a quote that is not closed before a separator. Double the quotes inside it, allow several lines (ReadMultilines), or read " +
            "without AllowQuoting.";
        while (true)
        {
            position = SkipSpaces(text, position);
            int end;
            if (options.AllowQuoting && position < text.Length && text[position] == Quote)
            {
                int closing = ClosingQuote(text, position + 1);
                if (closing < 0)
                {
                    return fields.Count;
                }

                int separator = text[closing..].IndexOfAny(options.Separators);
                end = separator < 0 ? text.Length : closing + separator;
                if (!text[closing..end].IsWhiteSpace())
                {
                    return fields.Count;
                }

                fields.Add(Unescape(line[(position + 1)..(closing - 1)]));
            }
            else
            {
                int separator = text[position..].IndexOfAny(options.Separators);
                end = separator < 0 ? text.Length : position + separator;
                ReadOnlyMemory<char> field = line[position..end];
                fields.Add(options.TrimWhitespace ? field.TrimEnd() : field);
                firstPair = options.AllowSparse && firstPair < 0 && IsPair(field.Span, out _, out _) ? fields.Count - 1 : firstPair;
            }

            if (end == text.Length)
            {
                return firstPair < 0 ? -1 : ExpandSparse(firstPair, fields);
            }

            position = end + 1;
        }
    }

    private int SkipSpaces(ReadOnlySpan<char> line, int position)
    {
        while (!_spaceParts && position < line.Length && line[position] == ' ')
        {
            position++;
        }

        return position;
    }

    /// <summary>The position after the quote that closes a field, or −1 where none does.</summary>
    private int ClosingQuote(ReadOnlySpan<char> line, int position)
    {
        for (; position < line.Length; position++)
        {
            if (line[position] == options.EscapeChar && position + 1 < line.Length && line[position + 1] == Quote)
            {
                position++;
            }
            else if (line[position] == Quote)
            {
                return position + 1;
            }
        }

        return -1;
    }

    private ReadOnlyMemory<char> Unescape(ReadOnlyMemory<char> field)
    {
        if (!field.Span.Contains(options.EscapeChar))
        {
            return field;
        }

        ReadOnlySpan<char> text = field.Span;
        var unescaped = new StringBuilder(text.Length);
        for (int position = 0; position < text.Length; position++)
        {
            bool escapes = text[position] == options.EscapeChar && position + 1 < text.Length && text[position + 1] == Quote;
            position += escapes ? 1 : 0;
            unescaped.Append(text[position]);
        }

        return unescaped.ToString().AsMemory();
    }

    /// <summary>Whether a field is index:value.</summary>
    private static bool IsPair(ReadOnlySpan<char> field, out int index, out int valueAt)
    {
        int colon = field.IndexOf(':');
        index = -1;
        valueAt = colon + 1;
        return colon > 0 && int.TryParse(field[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    /// <summary>Replaces a count and the pairs after it by that many fields: 0 where no pair says otherwise.</summary>
    private int ExpandSparse(int firstPair, List<ReadOnlyMemory<char>> fields)
    {
        int start = Math.Max(0, firstPair - 1);
        int count = firstPair == 0 ? options.InputSize ?? -1
            : int.TryParse(fields[start].Span, NumberStyles.None, CultureInfo.InvariantCulture, out int written) ? written : -1;
        if (count is < 0 or > MostSparseFields)
        {
            Problem = $"should say how many fields the index:value pairs after it stand for, from 0 to {MostSparseFields:N0}.";
            return start;
        }

        var expanded = new ReadOnlyMemory<char>[count];
        Array.Fill(expanded, Zero);
        for (int field = firstPair; field < fields.Count; field++)
        {
            if (!IsPair(fields[field].Span, out int index, out int valueAt) || index >= count)
            {
                Problem = $"should be index:value with an index below {count}, as the fields before it are.";
                return field;
            }

            expanded[index] = fields[field][valueAt..];
        }

        fields.RemoveRange(start, fields.Count - start);
        fields.AddRange(expanded);
        return -1;
    }
}
