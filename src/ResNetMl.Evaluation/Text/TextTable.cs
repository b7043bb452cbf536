namespace ResNetMl.Evaluation;

/// <summary>One column of a <see cref="TextTable"/>.</summary>
/// <param name="Header">Heading, aligned as the cells are.</param>
/// <param name="IsText">True for names: aligned left, and shortened when the line is too long. False for numbers: aligned right, never
/// cut.</param>
internal readonly record struct TextColumn(string Header, bool IsText = false);

/// <summary>A heading, rows under it, and a width that no line exceeds.</summary>
internal sealed class TextTable(params TextColumn[] columns)
{
    private const string Indent = "  ";
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(Array.ConvertAll(cells, DisplayText.Printable));

    public IEnumerable<string> Lines(ReportOptions options)
    {
        int[] widths = Widths(options.Width);
        string[] headers = Array.ConvertAll(columns, column => column.Header);
        return new[] { headers }.Concat(_rows).Select(cells => Line(cells, widths, options));
    }

    private int[] Widths(int available)
    {
        int[] widths = [.. columns.Select((column, index) =>
            _rows.Select(row => DisplayText.Width(row[index])).Append(column.Header.Length).Max())];

        int excess = Indent.Length + widths.Sum() + (Gap.Length * (widths.Length - 1)) - available;
        for (; excess > 0; excess--)
        {
            int widest = -1;
            for (int index = 0; index < widths.Length; index++)
            {
                if (columns[index].IsText && (widest < 0 || widths[index] > widths[widest]))
                {
                    widest = index;
                }
            }

            widths[widest]--;
        }

        return widths;
    }

    private string Line(string[] cells, int[] widths, ReportOptions options)
    {
        IEnumerable<string> aligned = cells.Select((cell, index) =>
        {
            string fitted = DisplayText.Abbreviate(cell, widths[index], options.Ellipsis);
            return columns[index].IsText ? DisplayText.PadRight(fitted, widths[index]) : DisplayText.PadLeft(fitted, widths[index]);
        });
        return (Indent + string.Join(Gap, aligned)).TrimEnd();
    }
}
