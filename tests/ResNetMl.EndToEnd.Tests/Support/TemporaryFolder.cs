using System.IO.Compression;
using System.Text;

namespace ResNetMl.EndToEnd.Tests.Support;

/// <summary>A folder that is gone after the test, and what tests put into it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal TemporaryFolder() => Root = Directory.CreateTempSubdirectory("resnetml-test-").FullName;

    internal string Root { get; }

    /// <summary>A path in the folder.</summary>
    internal string this[string relativePath] => Path.Combine(Root, relativePath);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes a file and the folders above it.</summary>
    /// <returns>Its path.</returns>
    internal string Write(string relativePath, byte[] content)
    {
        string path = this[relativePath];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <inheritdoc cref="Write(string, byte[])"/>
    internal string Write(string relativePath, string content) => Write(relativePath, Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a zip of named entries.</summary>
    /// <returns>Its path.</returns>
    internal string WriteZip(string relativePath, params (string Name, byte[] Content)[] entries)
    {
        string path = Write(relativePath, []);
        using ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(name).Open();
            stream.Write(content);
        }

        return path;
    }

    /// <summary>Two label folders, warm and cold, of small pictures that differ in colour.</summary>
    /// <returns>The folder above them.</returns>
    internal string WriteWarmAndCold(string relativePath, int picturesPerLabel = 5)
    {
        for (int i = 0; i < picturesPerLabel; i++)
        {
            Write($"{relativePath}/cold/{i}.png", Png.Speckled(12, 10, seed: i, red: 60, green: 90, blue: 190));
            Write($"{relativePath}/warm/{i}.png", Png.Speckled(12, 10, seed: 1000 + i, red: 190, green: 90, blue: 60));
        }

        return this[relativePath];
    }
}
