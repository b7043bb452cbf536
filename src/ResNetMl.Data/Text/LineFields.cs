using System.Text;

namespace ResNetMl.Data;

/// <summary>Parts a line of text into fields.</summary>
/// <param name="options">How.</param>
internal sealed class LineFields(TextLoader.Options options)
{
    private const char Quote = '"';

    private readonly bool _spaceParts = options.Separators.Contains(' ');

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
    /// <returns>The position, counted from 0, of the first field whose quotes are wrong; −1 where all is well.</returns>
    public int Split(ReadOnlyMemory<char> line, List<ReadOnlyMemory<char>> fields)
    {
        fields.Clear();
        ReadOnlySpan<char> text = line.Span;
        int position = 0;
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
            }

            if (end == text.Length)
            {
                return -1;
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
}
