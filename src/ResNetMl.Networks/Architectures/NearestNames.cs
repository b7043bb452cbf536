using System.Globalization;
using System.Text.RegularExpressions;

namespace ResNetMl.Networks;

/// <summary>Names of the catalogue that someone may have meant.</summary>
internal static class NearestNames
{
    private const int Count = 3;

    /// <summary>Longer texts are not names, and comparing them would take time.</summary>
    private const int MaxLength = 64;

    /// <summary>Up to three names, the nearest first: neighbouring depths where only the depth is wrong, else the fewest edits.</summary>
    internal static IReadOnlyList<string> Of(string name)
    {
        string wanted = name.Length <= MaxLength ? name.ToLowerInvariant() : name[..MaxLength].ToLowerInvariant();
        return
        [
            .. NeighbouringDepths(wanted)
                .Prepend(wanted)
                .Where(NetworkCatalog.Contains)
                .Concat(NetworkCatalog.Names.OrderBy(known => Distance(wanted, known)).Take(Count))
                .Distinct(StringComparer.Ordinal)
                .Take(Count),
        ];
    }

    private static IEnumerable<string> NeighbouringDepths(string name)
    {
        Match parts = NetworkNameParser.Parts(name);
        if (!parts.Success)
        {
            return [];
        }

        Group depthPart = parts.Groups["depth"];
        int depth = int.Parse(depthPart.ValueSpan, CultureInfo.InvariantCulture);

        // Six to each side hold the nearest depths 6n + 2. A suffix may be what is wrong (resnet18-v1), so each depth is tried without it too.
        return
            from candidate in Enumerable.Range(depth - 6, 13)
            orderby Math.Abs(candidate - depth)
            from suffix in new[] { name[(depthPart.Index + depthPart.Length)..], "" }
            select string.Create(CultureInfo.InvariantCulture, $"{name.AsSpan(0, depthPart.Index)}{candidate}{suffix}");
    }

    // Who wrote resnext50 left something out, and is nearer to resnext50-32x4d than to resnet50.
    private static int Distance(string wanted, string known) =>
        wanted.Length >= 4 && known.StartsWith(wanted, StringComparison.Ordinal) ? 0 : EditDistance(wanted, known);

    /// <summary>Fewest insertions, deletions and replacements that turn one text into the other (Levenshtein).</summary>
    private static int EditDistance(string left, string right)
    {
        int[] previous = [.. Enumerable.Range(0, right.Length + 1)];
        int[] current = new int[right.Length + 1];
        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int replaced = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(replaced, Math.Min(previous[column], current[column - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
