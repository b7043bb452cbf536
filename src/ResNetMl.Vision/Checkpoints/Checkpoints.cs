namespace ResNetMl.Vision;

/// <summary>Where trainings keep their checkpoints.</summary>
public static class Checkpoints
{
    /// <summary>Name of the checkpoint in its folder.</summary>
    public const string FileName = "checkpoint.zip";

    /// <summary>Path of the checkpoint in a folder, whether there is one or not.</summary>
    /// <param name="folder">The training's checkpoint folder.</param>
    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>Whether there is a checkpoint to go on from.</summary>
    /// <param name="folder">The training's checkpoint folder.</param>
    public static bool ExistsIn(string folder) => File.Exists(PathIn(folder));

    /// <summary>Deletes the checkpoint, if there is one: once the model is saved, it is of no use.</summary>
    /// <param name="folder">The training's checkpoint folder.</param>
    public static void DeleteIn(string folder)
    {
        if (ExistsIn(folder))
        {
            File.Delete(PathIn(folder));
        }
    }
}
