using static ResNetMl.Evaluation.NumberText;

namespace ResNetMl.Evaluation;

/// <summary>A series as bars of block characters, a few lines high.</summary>
internal static class BarPlot
{
    private const int Height = 5;
    private const int WidestBar = 6;
    private const int EighthsPerLine = 8;
    private const string Indent = "  ";
    private const string Blocks = " ▁▂▃▄▅▆▇█";
    private const string AsciiBlocks = " ...::::#";

    /// <summary>Title, bars with the scale's ends at their left, and an axis with the first and the last label under it.</summary>
    /// <param name="title">What is plotted.</param>
    /// <param name="values">At least one; what is not finite leaves a gap. More values than columns share columns, which show their
    /// mean.</param>
    /// <param name="firstLabel">Under the first bar.</param>
    /// <param name="lastLabel">Under the last bar.</param>
    /// <param name="options">Width and characters.</param>
    public static IEnumerable<string> Lines(
        string title, IReadOnlyList<double> values, string firstLabel, string lastLabel, ReportOptions options)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        double low = finite.Length > 0 ? finite.Min() : double.NaN;
        double high = finite.Length > 0 ? finite.Max() : double.NaN;
        string highLabel = Measure(high);
        string lowLabel = Measure(low);
        int labelWidth = Math.Max(highLabel.Length, lowLabel.Length);
        int room = options.Width - Indent.Length - labelWidth - 2;

        double[] bars = Bars(values, room);
        int barWidth = Math.Min(WidestBar, room / bars.Length);
        int[] eighths = Array.ConvertAll(bars, bar => Eighths(bar, low, high));
        string blocks = options.Ascii ? AsciiBlocks : Blocks;
        (string side, string corner, char bottom) = options.Ascii ? ("|", "+", '-') : ("│", "└", '─');

        yield return Indent + title + (bars.Length < values.Count ? " (a column is the mean of its epochs)" : "");
        for (int line = Height - 1; line >= 0; line--)
        {
            string label = low == high
                ? line == Height / 2 ? highLabel : ""
                : line == Height - 1 ? highLabel : line == 0 ? lowLabel : "";
            IEnumerable<string> cells = eighths.Select(
                bar => new string(blocks[Math.Clamp(bar - (line * EighthsPerLine), 0, EighthsPerLine)], barWidth));
            yield return $"{Indent}{label.PadLeft(labelWidth)} {side}{string.Concat(cells)}".TrimEnd();
        }

        string margin = Indent + new string(' ', labelWidth + 1);
        int plotWidth = bars.Length * barWidth;
        yield return margin + corner + new string(bottom, plotWidth);
        yield return $"{margin} {firstLabel}{(values.Count > 1 ? Last(lastLabel, plotWidth - firstLabel.Length) : "")}";
    }

    private static string Last(string label, int room) => room > label.Length ? label.PadLeft(room) : " - " + label;

    private static double[] Bars(IReadOnlyList<double> values, int most)
    {
        if (values.Count <= most)
        {
            return [.. values];
        }

        double[] bars = new double[most];
        for (int bar = 0; bar < most; bar++)
        {
            int first = (int)((long)bar * values.Count / most);
            int end = (int)((long)(bar + 1) * values.Count / most);
            double[] shared = [.. Enumerable.Range(first, end - first).Select(index => values[index]).Where(double.IsFinite)];
            bars[bar] = shared.Length > 0 ? shared.Average() : double.NaN;
        }

        return bars;
    }

    // The lowest value still shows, as one eighth; a series without range stands at half height; a gap has none.
    private static int Eighths(double value, double low, double high)
    {
        const int most = Height * EighthsPerLine;
        if (!double.IsFinite(value))
        {
            return 0;
        }

        return high > low ? 1 + (int)Math.Round((value - low) / (high - low) * (most - 1), MidpointRounding.AwayFromZero) : most / 2;
    }
}
