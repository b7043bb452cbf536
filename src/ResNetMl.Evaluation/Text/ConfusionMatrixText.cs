using ResNetMl.Data;
using static ResNetMl.Evaluation.NumberText;

namespace ResNetMl.Evaluation;

/// <summary>Lays a confusion matrix out within a width: rows actual, columns predicted, and said so in the first line.</summary>
internal static class ConfusionMatrixText
{
    private const string Indent = "  ";
    private const int ShortestRowName = 12;
    private const int LongestRowName = 24;
    private const int MostPairs = 25;

    /// <summary>Groups of columns that still read as one matrix; with more, the most confused pairs say more.</summary>
    private const int MostGroups = 3;

    /// <summary>The whole matrix where it reads as one; else the pairs of classes most often taken for each other.</summary>
    public static IEnumerable<string> MatrixOrPairs(ConfusionMatrix matrix, ReportOptions options)
    {
        Layout layout = new(matrix, options);
        return layout.GroupCount <= MostGroups ? layout.Lines() : MostConfusedPairs(matrix, options);
    }

    private static IEnumerable<string> MostConfusedPairs(ConfusionMatrix matrix, ReportOptions options)
    {
        var pairs = (
            from actual in Enumerable.Range(0, matrix.NumberOfClasses)
            from predicted in Enumerable.Range(0, matrix.NumberOfClasses)
            let count = matrix.Counts[actual][predicted]
            where actual != predicted && count > 0
            orderby count descending, count / matrix.ActualCounts[actual] descending
            select (Actual: actual, Predicted: predicted, Count: count)).ToList();

        double errors = pairs.Sum(pair => pair.Count);
        if (pairs.Count == 0)
        {
            yield return "Most confused pairs (row actual, column predicted): none";
            yield break;
        }

        yield return "Most confused pairs (row actual, column predicted)";

        TextTable table = new(new("count"), new("of actual"), new("actual", IsText: true), new("predicted", IsText: true));
        int numberWidth = Whole(matrix.NumberOfClasses - 1).Length;
        foreach (var pair in pairs.Take(MostPairs))
        {
            table.Add(
                Grouped(pair.Count),
                Percent(pair.Count / matrix.ActualCounts[pair.Actual]),
                $"{Whole(pair.Actual).PadLeft(numberWidth)} {matrix.ClassNames[pair.Actual]}",
                $"{Whole(pair.Predicted).PadLeft(numberWidth)} {matrix.ClassNames[pair.Predicted]}");
        }

        foreach (string line in table.Lines(options))
        {
            yield return line;
        }

        int shownPairs = Math.Min(MostPairs, pairs.Count);
        double shownErrors = pairs.Take(MostPairs).Sum(pair => pair.Count);
        string shown = $"{Grouped(shownErrors)} of {Grouped(errors)} errors";
        yield return $"{Indent}{shown}, in {shownPairs} of {Grouped(pairs.Count)} confused pairs";
    }

    /// <summary>Widths decided once for a matrix: names over the columns where all fit in one group, else their numbers.</summary>
    private sealed class Layout
    {
        private readonly ConfusionMatrix _matrix;
        private readonly string[] _rowHeaders;
        private readonly string[] _columnHeaders;
        private readonly int _rowHeaderWidth;
        private readonly int _cellWidth;
        private readonly int _columnsPerGroup;

        public Layout(ConfusionMatrix matrix, ReportOptions options)
        {
            int classCount = matrix.NumberOfClasses;
            string[] names = [.. matrix.ClassNames.Select(DisplayText.Printable)];
            int nameWidth = names.Max(DisplayText.Width);
            int countWidth = matrix.Counts.Max(row => row.Max(count => Whole(count).Length));

            _matrix = matrix;
            _cellWidth = Math.Max(countWidth, nameWidth);
            if (nameWidth <= LongestRowName && Columns(options.Width, nameWidth) >= classCount)
            {
                _columnHeaders = names;
                _rowHeaders = names;
                _rowHeaderWidth = nameWidth;
                _columnsPerGroup = classCount;
                return;
            }

            // As few groups as the shortest names allow, equally wide; then names as long as the room left.
            int numberWidth = Whole(classCount - 1).Length;
            _cellWidth = Math.Max(countWidth, numberWidth);
            int mostColumns = Math.Max(1, Columns(options.Width, numberWidth + 1 + Math.Min(nameWidth, ShortestRowName)));
            int groups = (classCount + mostColumns - 1) / mostColumns;
            _columnsPerGroup = (classCount + groups - 1) / groups;

            int room = options.Width - Indent.Length - numberWidth - 2 - (_columnsPerGroup * (_cellWidth + 1));
            nameWidth = Math.Min(nameWidth, Math.Clamp(room, ShortestRowName, LongestRowName));
            _columnHeaders = [.. Enumerable.Range(0, classCount).Select(index => Whole(index))];
            _rowHeaders = [.. names.Select((name, index) =>
                $"{_columnHeaders[index].PadLeft(numberWidth)} {DisplayText.Abbreviate(name, nameWidth, options.Ellipsis)}")];
            _rowHeaderWidth = numberWidth + 1 + nameWidth;
        }

        public int GroupCount => (_matrix.NumberOfClasses + _columnsPerGroup - 1) / _columnsPerGroup;

        public IEnumerable<string> Lines()
        {
            yield return "Confusion matrix: rows actual, columns predicted (. is 0)";
            for (int group = 0; group < GroupCount; group++)
            {
                int first = group * _columnsPerGroup;
                int end = Math.Min(first + _columnsPerGroup, _matrix.NumberOfClasses);
                if (GroupCount > 1)
                {
                    yield return $"{Indent}columns {first} to {end - 1}";
                }

                yield return Line("", column => _columnHeaders[column], first, end);
                for (int row = 0; row < _matrix.NumberOfClasses; row++)
                {
                    IReadOnlyList<double> counts = _matrix.Counts[row];
                    yield return Line(_rowHeaders[row], column => counts[column] == 0 ? "." : Whole(counts[column]), first, end);
                }
            }
        }

        private int Columns(int width, int rowHeaderWidth) => (width - Indent.Length - rowHeaderWidth - 1) / (_cellWidth + 1);

        private string Line(string header, Func<int, string> cell, int first, int end) =>
            Indent + DisplayText.PadRight(header, _rowHeaderWidth + 1)
            + string.Concat(Enumerable.Range(first, end - first).Select(column => " " + DisplayText.PadLeft(cell(column), _cellWidth)));
    }
}
