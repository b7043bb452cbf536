using System.Text;

namespace ResNetMl.Images;

/// <summary>One row of a table.</summary>
/// <param name="Line">Line of the text it starts on, from 1.</param>
/// <param name="Cells">Its cells, quotes removed.</param>
internal sealed record TableRow(int Line, IReadOnlyList<string> Cells);

/// <summary>CSV and TSV as RFC 4180 has them: cells in double quotes may hold separators, line ends and doubled quotes. Empty lines are skipped.</summary>
internal static class DelimitedText
{
    /// <exception cref="DatasetException">A quote is not closed.</exception>
    internal static List<TableRow> Parse(string text, char separator, string name)
    {
        List<TableRow> rows = [];
        List<string> cells = [];
        var cell = new StringBuilder();
        int line = 1;
        int rowLine = 1;
        bool quoted = false;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\n';
            if (i == text.Length && quoted)
            {
                throw new DatasetException($"{name}, line {rowLine}: expected a closing double quote, got the end of the file. Correct the line.");
            }

            if (quoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (c == separator)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else if (c == '\n')
            {
                cells.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (cells is not [""])
                {
                    rows.Add(new TableRow(rowLine, cells));
                }

                cells = [];
                rowLine = line + 1;
            }
            else
            {
                cell.Append(c);
            }

            if (c == '\n')
            {
                line++;
            }
        }

        return rows;
    }
}
