using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>Folders of checkpoints, once the training is done.</summary>
internal static class CheckpointFolder
{
    /// <summary>Deletes the checkpoint, which the saved model has made useless, and the folder if nothing else lies in it.</summary>
    internal static void Remove(string folder)
    {
        Checkpoints.DeleteIn(folder);
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
