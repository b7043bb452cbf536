using System.Globalization;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>A summary as lines of text.</summary>
internal static class SummaryTable
{
    /// <summary>The widest line; what a terminal shows without wrapping.</summary>
    internal const int Width = 80;

    private const int NameWidth = 20;
    private const int LayerWidth = 18;
    private const int ShapeWidth = 10;
    private const int ParametersWidth = 11;
    private const int MultiplyAddsWidth = 8;
    private const int ActivationWidth = 8;
    private const int FlexibleWidth = NameWidth + LayerWidth + ShapeWidth + ParametersWidth;

    internal static IReadOnlyList<string> Lines(NetworkSummary summary, SummaryDetail detail)
    {
        string[][] cells = [.. Cells(summary, detail)];
        int[] widths = Widths(cells);
        var lines = new List<string> { $"{Visible(summary.Name)}: depth {summary.Depth}, input {Text(summary.InputShape)}", "" };
        lines.AddRange(cells.Select(row => Line(row, widths)));

        lines.Add("");
        lines.Add("For one image: multiply-adds of convolutions and linear layers, memory of all");
        lines.Add("values in single precision.");
        if (cells.Any(row => row[1].Contains(", g", StringComparison.Ordinal)))
        {
            lines.Add("/2: stride 2, g32: 32 groups.");
        }

        return lines;
    }

    private static IEnumerable<string[]> Cells(NetworkSummary summary, SummaryDetail detail)
    {
        yield return ["", "layer", "output", "parameters", "mult-add", "memory"];
        foreach (SummaryStage stage in summary.Stages)
        {
            yield return Row(stage.Name, "", stage.OutputShape, stage.Parameters, stage.MultiplyAdds, stage.ActivationBytes);
            foreach (SummaryRow row in detail == SummaryDetail.Nodes ? stage.Rows : [])
            {
                yield return Row(
                    $"  {WithoutPrefix(row.Name, stage.Prefix)}", row.Layer, row.OutputShape, row.Parameters, row.MultiplyAdds, row.ActivationBytes);
            }
        }

        yield return Row("total", "", summary.OutputShape, summary.Parameters, summary.MultiplyAdds, summary.ActivationBytes);
    }

    /// <summary>
    /// The usual widths where all cells fit them; else long shapes and counts get their room, and layers what names leave.
    /// </summary>
    private static int[] Widths(string[][] cells)
    {
        int[] needed = [.. Enumerable.Range(0, 4).Select(column => cells.Max(row => row[column].Length))];
        if (needed[0] <= NameWidth && needed[1] <= LayerWidth && needed[2] <= ShapeWidth && needed[3] <= ParametersWidth)
        {
            return [NameWidth, LayerWidth, ShapeWidth, ParametersWidth, MultiplyAddsWidth, ActivationWidth];
        }

        int shape = Math.Clamp(needed[2], ShapeWidth, ShapeWidth + 6);
        int parameters = Math.Clamp(needed[3], ParametersWidth - 1, ParametersWidth + 4);
        int rest = FlexibleWidth - shape - parameters;
        int layer = Math.Clamp(rest - needed[0], Math.Min(needed[1], LayerWidth), Math.Max(needed[1], LayerWidth));
        layer = Math.Min(layer, rest - 8);
        return [rest - layer, layer, shape, parameters, MultiplyAddsWidth, ActivationWidth];
    }

    /// <summary>A count in four digits and a thousand's letter: 432, 442.4 k, 40.55 M, 3.858 G.</summary>
    internal static string Scaled(long count)
    {
        if (count < 1000)
        {
            return count.ToString(CultureInfo.InvariantCulture);
        }

        double value = count;
        string letters = "kMGTPE";
        int letter = -1;

        // 999.95 would be shown as 1000: from there on the next letter reads better.
        for (; value >= 999.95; value /= 1000)
        {
            letter++;
        }

        string format = value < 9.9995 ? "0.000" : value < 99.995 ? "0.00" : "0.0";
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(format, CultureInfo.InvariantCulture)} {letters[letter]}");
    }

    /// <summary>Bytes in three digits and a binary unit: 40 B, 64 KiB, 3.06 MiB.</summary>
    internal static string Bytes(long bytes)
    {
        if (bytes < 1024)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        }

        double value = bytes;
        string[] units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        int unit = -1;
        for (; value >= 999.5; value /= 1024)
        {
            unit++;
        }

        string format = value < 9.995 ? "0.##" : value < 99.95 ? "0.#" : "0";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}";
    }

    private static string[] Row(string name, string layer, Shape output, long parameters, long multiplyAdds, long activationBytes) =>
        [name, layer, Text(output), parameters.ToString("N0", CultureInfo.InvariantCulture), Scaled(multiplyAdds), Bytes(activationBytes)];

    // Words begin at the left, numbers end at the right.
    private static string Line(string[] cells, int[] widths) => string.Join(
        ' ', cells.Select((cell, column) => column < 3 ? Fit(cell, widths[column]) : cell.PadLeft(widths[column])));

    private static string Text(Shape shape) => string.Join("×", shape);

    private static string WithoutPrefix(string name, string prefix) =>
        prefix.Length > 0 && name.StartsWith(prefix + ".", StringComparison.Ordinal) ? name[(prefix.Length + 1)..] : name;

    // The end of a name tells nodes apart.
    private static string Fit(string text, int width) =>
        text.Length <= width ? Visible(text).PadRight(width) : $"…{Visible(text)[^(width - 1)..]}";

    /// <summary>A name from a file must not command the terminal.</summary>
    private static string Visible(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(each => char.IsControl(each) ? '\uFFFD' : each)) : text;
}
