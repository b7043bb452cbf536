using System.Globalization;
using System.Text;
using ResNetMl.Data;

namespace ResNetMl.Evaluation;

/// <summary>A confusion matrix laid out as ML.NET's table, so that what reads or compares its text goes on working.</summary>
/// <remarks>
/// An empty line, a title, then one column for each class between <c>||</c> and the recalls, and last the precisions. Columns are 8 wide for two
/// classes and 5 for more; where a name is wider, columns bear numbers and rows a number and the name.
/// </remarks>
internal static class ConfusionTable
{
    private const int TitleWidth = 9;

    public static string Format(ConfusionMatrix matrix)
    {
        int classes = matrix.NumberOfClasses;
        int columnWidth = classes == 2 ? 8 : 5;
        int nameWidth = matrix.ClassNames.Max(name => name.Length);
        bool isNumbered = nameWidth > columnWidth;
        int digits = isNumbered ? (classes - 1).ToString(CultureInfo.InvariantCulture).Length : 0;
        int rowWidth = Math.Max(TitleWidth, nameWidth + (isNumbered ? digits + 2 : 0));
        string rule = string.Concat(Enumerable.Repeat(new string('=', classes > 2 ? 8 : 11), classes));

        var text = new StringBuilder();
        text.AppendLine().AppendLine("Confusion table");
        Row("", rule);
        Row("PREDICTED", Cells(index => $" {(isNumbered ? Number(index) : matrix.ClassNames[index]).PadLeft(columnWidth)} |") + " Recall");
        Row("TRUTH", rule);
        for (int actual = 0; actual < classes; actual++)
        {
            IReadOnlyList<double> counts = matrix.Counts[actual];
            string name = matrix.ClassNames[actual];
            string title = isNumbered
                ? $"{Number(actual).PadLeft(digits)}. {name.PadLeft(rowWidth - digits - 2)}"
                : name.PadLeft(rowWidth);
            Row(title, Cells(index => $" {counts[index].ToString("N0", CultureInfo.InvariantCulture).PadLeft(columnWidth)} |") +
                $" {matrix.PerClassRecall[actual].ToString("F4", CultureInfo.InvariantCulture)}");
        }

        Row("", rule);
        Row("Precision", Cells(index => $"{matrix.PerClassPrecision[index].ToString("N4", CultureInfo.InvariantCulture).PadLeft(columnWidth + 1)} |"));
        return text.ToString();

        void Row(string title, string cells) => text.Append(title.PadRight(rowWidth)).Append(" ||").AppendLine(cells);

        string Cells(Func<int, string> cell) => string.Concat(Enumerable.Range(0, classes).Select(cell));
    }

    private static string Number(int index) => index.ToString(CultureInfo.InvariantCulture);
}
