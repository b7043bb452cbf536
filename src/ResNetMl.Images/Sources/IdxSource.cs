using System.Buffers.Binary;
using System.IO.Compression;
using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>MNIST's file format: grey images in one IDX file, their labels in another, each plain or gzipped.</summary>
/// <remarks>
/// http://yann.lecun.com/exdb/mnist, "The IDX file format": two zero bytes, type 8 (unsigned byte), number of axes, each length as a
/// big-endian 32-bit number, then the bytes. A <c>labels.txt</c> beside, one name a line, names the classes; else they are their numbers.
/// </remarks>
internal sealed class IdxSource : IExampleSource
{
    private const int ImageMagic = 0x0803;
    private const int LabelMagic = 0x0801;
    private const long MaxBytes = int.MaxValue;

    private readonly byte[] _pixels;
    private readonly byte[] _labelIndices;
    private readonly int _width;
    private readonly int _height;

    private IdxSource(string name, byte[] pixels, byte[] labelIndices, int width, int height, string[] labels)
    {
        Name = name;
        _pixels = pixels;
        _labelIndices = labelIndices;
        _width = width;
        _height = height;
        Labels = labels;
    }

    public string Name { get; }

    public int Count => _labelIndices.Length;

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<BadImage> LeftOut => [];

    /// <summary>Whether a name is that of IDX images: <c>train-images-idx3-ubyte.gz</c>, <c>t10k-images.idx3-ubyte</c>.</summary>
    internal static bool IsImageFileName(string path)
    {
        string name = Path.GetFileName(path);
        return name.Contains("images", StringComparison.Ordinal)
            && (name.EndsWith("idx3-ubyte", StringComparison.Ordinal) || name.EndsWith("idx3-ubyte.gz", StringComparison.Ordinal));
    }

    internal static IdxSource Open(string imagePath)
    {
        string labelPath = FindLabels(imagePath);
        (byte[] pixels, int[] sizes) = Read(imagePath, ImageMagic, axes: 3);
        (byte[] labelIndices, int[] labelSizes) = Read(labelPath, LabelMagic, axes: 1);
        if (labelSizes[0] != sizes[0])
        {
            throw new DatasetException($"{labelPath}: expected {sizes[0]:N0} labels, one an image of {imagePath}, got {labelSizes[0]:N0}. The files do not belong together.");
        }

        if (sizes.Any(size => size == 0))
        {
            throw new DatasetException($"{imagePath}: expected images, got {sizes[0]} of {sizes[2]}×{sizes[1]} pixels. Check the file.");
        }

        string[] labels = NameLabels(imagePath, labelPath, labelIndices.Max() + 1);
        return new IdxSource(imagePath, pixels, labelIndices, width: sizes[2], height: sizes[1], labels);
    }

    public int GetLabelIndex(int index) => _labelIndices[index];

    public string GetPath(int index) => $"{Name}#{index}";

    public Example Get(int index)
    {
        int size = _width * _height;
        var rgb = new byte[size * RgbImage.Channels];
        PixelConversion.ToRgb(_pixels.AsSpan(index * size, size), bands: 1, bytesPerSample: 1, rgb);
        return new Example(new RgbImage(_width, _height, rgb), _labelIndices[index], GetPath(index));
    }

    public void Dispose()
    {
        // Everything is in memory.
    }

    private static string FindLabels(string imagePath)
    {
        string name = Path.GetFileName(imagePath).Replace("images", "labels", StringComparison.Ordinal).Replace("idx3", "idx1", StringComparison.Ordinal);
        string sameForm = Path.Combine(Path.GetDirectoryName(imagePath) ?? string.Empty, name);
        string otherForm = sameForm.EndsWith(".gz", StringComparison.Ordinal) ? sameForm[..^3] : $"{sameForm}.gz";
        return RegularFile.Exists(sameForm) ? sameForm
            : RegularFile.Exists(otherForm) ? otherForm
            : throw new DatasetException($"{imagePath}: expected its labels at {sameForm}, got nothing there. Put both files into one folder.");
    }

    private static (byte[] Content, int[] Sizes) Read(string path, int magic, int axes)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            var header = new byte[4 * (axes + 1)];
            stream.ReadExactly(header);
            int found = BinaryPrimitives.ReadInt32BigEndian(header);
            if (found != magic)
            {
                throw new DatasetException($"{path}: expected an IDX file that starts {magic:X8}, got {found:X8}. Is it another file?");
            }

            var sizes = new int[axes];
            long bytes = 1;
            for (int axis = 0; axis < axes; axis++)
            {
                sizes[axis] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * (axis + 1)));
                bytes = sizes[axis] < 0 || bytes * sizes[axis] > MaxBytes
                    ? throw new DatasetException($"{path}: expected sizes up to {MaxBytes:N0} bytes in all, got {string.Join(" × ", sizes)}. The file is damaged.")
                    : bytes * sizes[axis];
            }

            return (ReadContent(stream, (int)bytes, path), sizes);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: expected a whole IDX file, got: {exception.Message} Fetch it again.", exception);
        }
    }

    /// <summary>Grows with what is really there, so that a header alone cannot take gigabytes.</summary>
    private static byte[] ReadContent(Stream stream, int length, string path)
    {
        using var content = new MemoryStream();
        var buffer = new byte[1 << 20];
        while (content.Length < length && stream.Read(buffer, 0, (int)Math.Min(buffer.Length, length - content.Length)) is > 0 and int read)
        {
            content.Write(buffer, 0, read);
        }

        if (content.Length < length || stream.ReadByte() >= 0)
        {
            throw new DatasetException(
                $"{path}: expected {length:N0} bytes after the header, got {(content.Length < length ? $"{content.Length:N0}" : "more")}. Fetch it again.");
        }

        return content.ToArray();
    }

    private static string[] NameLabels(string imagePath, string labelPath, int count)
    {
        string namesPath = Path.Combine(Path.GetDirectoryName(imagePath) ?? string.Empty, "labels.txt");
        if (!RegularFile.Exists(namesPath))
        {
            return [.. Enumerable.Range(0, count).Select(label => label.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        }

        string[] names = [.. File.ReadLines(namesPath).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length >= count
            ? names
            : throw new DatasetException($"{namesPath}: expected at least {count} names, one a line, for the labels of {labelPath}, got {names.Length}. Add the missing names.");
    }
}
