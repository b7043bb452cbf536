namespace ResNetMl.Architecture.Tests.PublicSurface;

/// <summary>What changed between two texts, line by line.</summary>
internal static class LineDifference
{
    /// <summary>Lines only in <paramref name="before"/> marked '-', only in <paramref name="after"/> marked '+', in order; empty where the texts are equal.</summary>
    /// <remarks>Keeps a longest common subsequence of lines. Each run of changes is preceded by the last unindented line above it (the type).</remarks>
    public static string Between(string before, string after)
    {
        string[] old = before.Split('\n');
        string[] now = after.Split('\n');

        // common[i, j]: length of the longest common subsequence of old[i..] and now[j..].
        var common = new int[old.Length + 1, now.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<string>();
        string heading = "";
        string lastPrinted = "";
        void Mark(char sign, string line)
        {
            if (heading != lastPrinted && line.StartsWith(' '))
            {
                lines.Add("  " + heading);
                lastPrinted = heading;
            }

            lines.Add($"{sign} {line}");
        }

        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                heading = now[j].StartsWith(' ') || now[j].Length == 0 ? heading : now[j];
                i++;
                j++;
            }
            else if (j == now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                Mark('-', old[i++]);
            }
            else
            {
                heading = now[j].StartsWith(' ') || now[j].Length == 0 ? heading : now[j];
                lastPrinted = now[j].StartsWith(' ') ? lastPrinted : heading;
                Mark('+', now[j++]);
            }
        }

        return string.Join('\n', lines);
    }
}
