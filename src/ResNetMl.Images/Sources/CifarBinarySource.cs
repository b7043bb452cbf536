using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>CIFAR-10's binary version: records of one label byte and 32×32 pixels as three planes, red, green, blue.</summary>
/// <remarks>
/// https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version". <c>batches.meta.txt</c> beside the batches names the classes; without it
/// they are their numbers.
/// </remarks>
internal sealed class CifarBinarySource : IExampleSource
{
    private const int Side = 32;
    private const int PlaneBytes = Side * Side;
    private const int RecordBytes = 1 + (RgbImage.Channels * PlaneBytes);
    private const int Classes = 10;
    private const int TrainingBatches = 5;

    private readonly (string Path, byte[] Records)[] _batches;
    private readonly int[] _firsts;

    private CifarBinarySource(string name, (string Path, byte[] Records)[] batches, string[] labels)
    {
        Name = name;
        _batches = batches;
        Labels = labels;
        _firsts = new int[batches.Length];
        foreach ((int index, (string _, byte[] records)) in batches.Index())
        {
            _firsts[index] = Count;
            Count += records.Length / RecordBytes;
        }
    }

    public string Name { get; }

    public int Count { get; }

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<BadImage> LeftOut => [];

    internal static bool HoldsTrainingBatches(string folder) => RegularFile.Exists(BatchPath(folder, 1));

    internal static CifarBinarySource OpenFolder(string folder) =>
        Open(folder, [.. Enumerable.Range(1, TrainingBatches).Select(number => BatchPath(folder, number))]);

    internal static CifarBinarySource OpenFile(string path) => Open(path, [path]);

    public int GetLabelIndex(int index)
    {
        (byte[] records, int start, _) = Locate(index);
        return records[start];
    }

    public string GetPath(int index)
    {
        (_, int start, string path) = Locate(index);
        return $"{path}#{start / RecordBytes}";
    }

    public Example Get(int index)
    {
        (byte[] records, int start, _) = Locate(index);
        ReadOnlySpan<byte> planes = records.AsSpan(start + 1, RecordBytes - 1);
        var rgb = new byte[planes.Length];
        for (int i = 0; i < PlaneBytes; i++)
        {
            rgb[i * 3] = planes[i];
            rgb[(i * 3) + 1] = planes[PlaneBytes + i];
            rgb[(i * 3) + 2] = planes[(2 * PlaneBytes) + i];
        }

        return new Example(new RgbImage(Side, Side, rgb), records[start], GetPath(index));
    }

    public void Dispose()
    {
        // Everything is in memory.
    }

    private static CifarBinarySource Open(string name, string[] paths) =>
        new(name, [.. paths.Select(path => (path, ReadBatch(path)))], ReadLabels(paths[0]));

    private static string BatchPath(string folder, int number) => Path.Combine(folder, $"data_batch_{number}.bin");

    private static byte[] ReadBatch(string path)
    {
        byte[] records;
        try
        {
            records = RegularFile.ReadAll(path, int.MaxValue);
        }
        catch (ImageFormatException exception)
        {
            throw new DatasetException($"{path}: expected a CIFAR-10 batch, got none that can be read: {exception.Reason}", exception);
        }

        if (records.Length % RecordBytes != 0)
        {
            throw new DatasetException(
                $"{path}: expected CIFAR-10 records of {RecordBytes} bytes, got {records.Length:N0} bytes, which is no multiple. Is it another file, or cut short?");
        }

        for (int start = 0; start < records.Length; start += RecordBytes)
        {
            if (records[start] >= Classes)
            {
                throw new DatasetException($"{path}: expected labels 0 to {Classes - 1}, got {records[start]} in record {start / RecordBytes}. Is it another file?");
            }
        }

        return records;
    }

    private static string[] ReadLabels(string batchPath)
    {
        string path = Path.Combine(Path.GetDirectoryName(batchPath) ?? string.Empty, "batches.meta.txt");
        if (!RegularFile.Exists(path))
        {
            return [.. Enumerable.Range(0, Classes).Select(label => $"{label}")];
        }

        string[] names = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length == Classes
            ? names
            : throw new DatasetException($"{path}: expected {Classes} names, one a line, got {names.Length}. Fetch it again or remove it.");
    }

    private (byte[] Records, int Start, string Path) Locate(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has {Count} examples.");
        }

        int batch = _firsts.Length - 1;
        while (_firsts[batch] > index)
        {
            batch--;
        }

        return (_batches[batch].Records, (index - _firsts[batch]) * RecordBytes, _batches[batch].Path);
    }
}
