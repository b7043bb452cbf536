using System.Globalization;

namespace ResNetMl.Evaluation;

/// <summary>Numbers as tables show them, the same in every culture.</summary>
internal static class NumberText
{
    private const double LongestFixed = 10_000;

    /// <summary>A measured value: four decimals, or an exponent where that would be long; what is not finite by name.</summary>
    public static string Measure(double value) => value switch
    {
        double.NaN => "undefined",
        double.PositiveInfinity => "infinite",
        double.NegativeInfinity => "-infinite",
        _ when Math.Abs(value) < LongestFixed => value.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>A count with thousands apart.</summary>
    public static string Grouped(double count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A count or index without anything between its digits.</summary>
    public static string Whole(double count) => count.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>A share as percent with one decimal.</summary>
    public static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun.</summary>
    public static string Counted(long count, string one, string? many = null) =>
        $"{Grouped(count)} {(count == 1 ? one : many ?? one + "s")}";
}
