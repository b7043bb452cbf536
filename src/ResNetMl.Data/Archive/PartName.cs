using System.Text.RegularExpressions;

namespace ResNetMl.Data;

/// <summary>Which names the entries of an archive may have.</summary>
/// <remarks>
/// A list of what is allowed, not of what is forbidden: no drive, no root, no backslash, no device name with a colon, nothing that
/// another file system would read differently.
/// </remarks>
internal static partial class PartName
{
    public const string Manifest = "manifest.json";

    public const int LongestName = 200;

    public static bool IsValid(string name)
        => name.Length <= LongestName && AllowedSegments().IsMatch(name) && !name.Split('/').Any(segment => segment is "." or "..");

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\z")]
    private static partial Regex AllowedSegments();
}
