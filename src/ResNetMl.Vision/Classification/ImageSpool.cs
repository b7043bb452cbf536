using Microsoft.Win32.SafeHandles;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>The encoded images of a view, written to a temporary file as they are read: training goes over them many times, in any order, the view only once.</summary>
internal sealed class ImageSpool : IDisposable
{
    private readonly List<(long Offset, int Length, string Name)> _images = [];
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private long _length;

    /// <summary>Makes an empty spool.</summary>
    /// <param name="folder">Where its file lies until it is disposed of.</param>
    public ImageSpool(string folder)
    {
        _path = Path.Combine(folder, $"resnetml-images-{Guid.NewGuid():N}.spool");
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    }

    /// <summary>Adds an image; one thread, and none that reads.</summary>
    public void Add(ReadOnlySpan<byte> encoded, string name)
    {
        RandomAccess.Write(_file, encoded, _length);
        _images.Add((_length, encoded.Length, name));
        _length += encoded.Length;
    }

    /// <summary>The bytes of an image; any thread.</summary>
    public byte[] Read(int image)
    {
        (long offset, int length, string name) = _images[image];
        var encoded = new byte[length];
        for (int done = 0; done < length;)
        {
            int read = RandomAccess.Read(_file, encoded.AsSpan(done), offset + done);
            done += read > 0 ? read : throw new EndOfStreamException($"{_path}: expected {length} bytes of {name} at {offset}, got {done}. Free space for temporary files.");
        }

        return encoded;
    }

    public string NameOf(int image) => _images[image].Name;

    public void Dispose() => _file.Dispose();
}

/// <summary>Some images of a spool as examples.</summary>
/// <param name="spool">Stays the caller's.</param>
/// <param name="rows">Rows with their places in the spool.</param>
/// <param name="labels">Class names.</param>
/// <param name="name">For messages.</param>
internal sealed class SpooledExamples(ImageSpool spool, FeatureTable rows, IReadOnlyList<string> labels, string name) : IExampleSource
{
    public string Name => name;

    public int Count => rows.Count;

    public IReadOnlyList<string> Labels => labels;

    public IReadOnlyList<BadImage> LeftOut => [];

    public int GetLabelIndex(int index) => rows.Classes[index];

    public string GetPath(int index) => spool.NameOf(rows.Places[index]);

    public Example Get(int index) => new(spool.Read(rows.Places[index]), rows.Classes[index], GetPath(index));

    public void Dispose()
    {
    }
}
