using ResNetMl.Cli.Shell;
using ResNetMl.Images;

namespace ResNetMl.Cli.Commands;

/// <summary>Says which images were left out and why.</summary>
internal static class BadImageDisplay
{
    private const int MostShown = 20;

    internal static void Show(ITerminal terminal, IReadOnlyList<BadImage> bad)
    {
        if (bad.Count == 0)
        {
            return;
        }

        terminal.WriteError($"{bad.Count} {(bad.Count == 1 ? "image" : "images")} left out:");
        foreach (BadImage image in bad.Take(MostShown))
        {
            terminal.WriteError($"  {image}");
        }

        if (bad.Count > MostShown)
        {
            terminal.WriteError($"  and {bad.Count - MostShown} more; --json lists all.");
        }
    }
}
