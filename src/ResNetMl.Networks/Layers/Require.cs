using System.Globalization;
using System.Runtime.CompilerServices;

namespace ResNetMl.Networks;

/// <summary>Checks a number where a layer takes it in, and passes it on.</summary>
internal static class Require
{
    internal static int AtLeast(int least, int value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} or more.");

    /// <summary>Both ends are allowed; NaN is not.</summary>
    internal static float Within(float least, float most, float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= least && value <= most
            ? value
            : throw new ArgumentOutOfRangeException(
                name, value, string.Create(CultureInfo.InvariantCulture, $"{name} must be from {least} to {most}."));
}
