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

    internal static IReadOnlyList<string> Lines(NetworkSummary summary, SummaryDetail detail)
    {
        var lines = new List<string>
        {
            $"{summary.Name}: depth {summary.Depth}, input {Text(summary.InputShape)}",
            "",
            Line("", "layer", "output", "parameters", "mult-add", "memory"),
        };

        foreach (SummaryStage stage in summary.Stages)
        {
            lines.Add(Line(stage.Name, "", stage.OutputShape, stage.Parameters, stage.MultiplyAdds, stage.ActivationBytes));
            if (detail == SummaryDetail.Nodes)
            {
                lines.AddRange(stage.Rows.Select(row =>
                    Line($"  {WithoutPrefix(row.Name, stage.Prefix)}", row.Layer, row.OutputShape, row.Parameters, row.MultiplyAdds, row.ActivationBytes)));
            }
        }

        lines.Add(Line("total", "", summary.OutputShape, summary.Parameters, summary.MultiplyAdds, summary.ActivationBytes));
        lines.Add("");
        lines.Add("For one image: multiply-adds of convolutions and linear layers, memory of all");
        lines.Add("values in single precision.");
        return lines;
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

    private static string Line(string name, string layer, Shape output, long parameters, long multiplyAdds, long activationBytes) =>
        Line(name, layer, Text(output), parameters.ToString("N0", CultureInfo.InvariantCulture), Scaled(multiplyAdds), Bytes(activationBytes));

    private static string Line(string name, string layer, string output, string parameters, string multiplyAdds, string activation) =>
        $"{Fit(name, NameWidth)} {Fit(layer, LayerWidth)} {Fit(output, ShapeWidth)} " +
        $"{parameters.PadLeft(ParametersWidth)} {multiplyAdds.PadLeft(MultiplyAddsWidth)} {activation.PadLeft(ActivationWidth)}";

    private static string Text(Shape shape) => string.Join("×", shape);

    private static string WithoutPrefix(string name, string prefix) =>
        prefix.Length > 0 && name.StartsWith(prefix + ".", StringComparison.Ordinal) ? name[(prefix.Length + 1)..] : name;

    // The end of a name tells nodes apart.
    private static string Fit(string text, int width) =>
        text.Length <= width ? text.PadRight(width) : $"…{text[^(width - 1)..]}";
}
