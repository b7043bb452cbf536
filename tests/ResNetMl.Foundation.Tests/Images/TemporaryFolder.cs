using System.IO.Compression;
using System.Text;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

/// <summary>A folder that is gone after the test, and small files to put into it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal TemporaryFolder() => Path = Directory.CreateTempSubdirectory("resnetml-test-").FullName;

    internal string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Writes a file and the folders above it.</summary>
    internal string Write(string relativePath, byte[] content)
    {
        string path = System.IO.Path.Combine(Path, relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    internal string Write(string relativePath, string content) => Write(relativePath, Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a zip of named entries.</summary>
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

    /// <summary>A 24-bit BMP whose every pixel is one colour.</summary>
    internal static byte[] Bmp(int width, int height, byte red, byte green, byte blue)
    {
        var pixels = new byte[width * height * RgbImage.Channels];
        for (int i = 0; i < pixels.Length; i += RgbImage.Channels)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (red, green, blue);
        }

        return Bmp(new RgbImage(width, height, pixels));
    }

    /// <summary>A 24-bit BMP: file header (14 bytes), BITMAPINFOHEADER (40), rows bottom-up, B, G, R, padded to 4 bytes.</summary>
    internal static byte[] Bmp(RgbImage image)
    {
        int rowBytes = ((image.Width * 3) + 3) / 4 * 4;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("BM"u8);
        writer.Write(54 + (rowBytes * image.Height));
        writer.Write(0);
        writer.Write(54);
        writer.Write(40);
        writer.Write(image.Width);
        writer.Write(image.Height);
        writer.Write((short)1);
        writer.Write((short)24);
        writer.Write(new byte[24]);
        for (int row = image.Height - 1; row >= 0; row--)
        {
            for (int column = 0; column < image.Width; column++)
            {
                int at = ((row * image.Width) + column) * 3;
                writer.Write(image.Data[at + 2]);
                writer.Write(image.Data[at + 1]);
                writer.Write(image.Data[at]);
            }

            writer.Write(new byte[rowBytes - (image.Width * 3)]);
        }

        return stream.ToArray();
    }
}
