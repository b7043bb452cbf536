using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

/// <summary>Images made by a rule: example i is filled with byte i (modulo 251) and has label i modulo the number of labels.</summary>
internal sealed class MemorySource(int count, int width, int height, int labels = 2) : IExampleSource
{
    private int _reads;

    public string Name => "memory";

    public int Count => count;

    public IReadOnlyList<string> Labels { get; } = [.. Enumerable.Range(0, labels).Select(label => $"label {label}")];

    public IReadOnlyList<BadImage> LeftOut => [];

    /// <summary>How often an image was read.</summary>
    internal int Reads => _reads;

    /// <summary>Indices whose images cannot be read.</summary>
    internal HashSet<int> Bad { get; } = [];

    public int GetLabelIndex(int index) => index % labels;

    public string GetPath(int index) => $"memory#{index}";

    public Example Get(int index)
    {
        Interlocked.Increment(ref _reads);
        if (Bad.Contains(index))
        {
            throw new ImageFormatException(GetPath(index), "bad on purpose.");
        }

        var pixels = new byte[width * height * RgbImage.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            // Not flat, so that flips and shifts show.
            pixels[i] = (byte)((index + (i * 7)) % 251);
        }

        return new Example(new RgbImage(width, height, pixels), GetLabelIndex(index), GetPath(index));
    }

    public void Dispose()
    {
    }
}
