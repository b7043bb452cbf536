using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Images;

namespace ResNetMl.Cli.Commands;

/// <summary>Says which images were left out and why.</summary>
internal static class BadImageDisplay
{
    private const int MostShown = 20;

    /// <summary>Lists them on standard error, or nothing where there are none.</summary>
    internal static void Show(ITerminal terminal, IReadOnlyList<BadImage> bad)
    {
        if (bad.Count == 0)
        {
            return;
        }

        terminal.WriteError(string.Create(CultureInfo.InvariantCulture, $"Left out: {bad.Count:N0}, with path and reason:"));
        foreach (BadImage image in bad.Take(MostShown))
        {
            terminal.WriteError($"  {image}");
        }

        if (bad.Count > MostShown)
        {
            terminal.WriteError(string.Create(CultureInfo.InvariantCulture, $"  and {bad.Count - MostShown:N0} more; --json lists all."));
        }
    }
}
