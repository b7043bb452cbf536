using System.Text;
using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>A CSV or TSV of path and label; paths are relative to the list, on disk or inside the same zip.</summary>
internal sealed class ListSource : IExampleSource
{
    private static readonly string[] PathHeaders = ["path", "imagepath", "image", "file", "filename"];
    private static readonly string[] LabelHeaders = ["label", "class"];

    private readonly DatasetContainer _container;
    private readonly string[] _files;
    private readonly int[] _labelIndices;

    private ListSource(string name, DatasetContainer container, string[] files, string[] labels, int[] labelIndices, BadImage[] leftOut)
    {
        Name = name;
        _container = container;
        _files = files;
        Labels = labels;
        _labelIndices = labelIndices;
        LeftOut = leftOut;
    }

    public string Name { get; }

    public int Count => _files.Length;

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<BadImage> LeftOut { get; }

    internal static bool IsListName(string name) =>
        name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a list on disk. Its paths may be absolute or lie beside its folder: it is the user's own.</summary>
    internal static ListSource OpenFile(string path, long maxFileBytes)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        byte[] content = ReadList(path, () => new FileInfo(path).Length == 0 ? [] : RegularFile.ReadAll(path, maxFileBytes));
        return Open(path, content, new FolderContainer(folder, maxFileBytes), string.Empty);
    }

    /// <summary>Opens a list in a zip; its paths stay inside.</summary>
    internal static ListSource OpenInContainer(DatasetContainer container, string list)
    {
        int slash = list.LastIndexOf('/');
        byte[] content = ReadList(container.Describe(list), () => container.Read(list));
        return Open(container.Describe(list), content, container, slash < 0 ? string.Empty : list[..slash]);
    }

    public int GetLabelIndex(int index) => _labelIndices[index];

    public string GetPath(int index) => DescribeFile(_files[index]);

    public Example Get(int index)
    {
        string file = _files[index];
        byte[] encoded = Path.IsPathRooted(file) && _container is FolderContainer
            ? RegularFile.ReadAll(file, DecodingOptions.Default.MaxEncodedBytes)
            : _container.Read(file);
        return new Example(encoded, _labelIndices[index], GetPath(index));
    }

    public void Dispose() => _container.Dispose();

    private static byte[] ReadList(string name, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (ImageFormatException exception)
        {
            throw new DatasetException($"{name}: expected a list of path and label that can be read. {exception.Reason}", exception);
        }
    }

    private static ListSource Open(string name, byte[] content, DatasetContainer container, string folder)
    {
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException exception)
        {
            throw new DatasetException($"{name}: expected UTF-8 text, got other bytes at position {exception.Index}. Save the list as UTF-8.", exception);
        }

        char separator = name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',';
        List<TableRow> rows = DelimitedText.Parse(text, separator, name);
        (int pathColumn, int labelColumn, bool hasHeader) = FindColumns(rows, name);
        List<string> files = [];
        List<string> labels = [];
        List<BadImage> leftOut = [];
        foreach (TableRow row in rows.Skip(hasHeader ? 1 : 0))
        {
            int needed = hasHeader ? rows[0].Cells.Count : 2;
            if (row.Cells.Count != needed)
            {
                throw new DatasetException(
                    $"{name}, line {row.Line}: expected {needed} columns separated by {(separator == ',' ? "commas" : "tabs")}, got {row.Cells.Count}. Correct the line.");
            }

            string path = row.Cells[pathColumn].Trim();
            string label = row.Cells[labelColumn].Trim();
            if (path.Length == 0 || label.Length == 0)
            {
                leftOut.Add(new BadImage($"{name}, line {row.Line}", $"expected a path and a label, got no {(path.Length == 0 ? "path" : "label")}. Fill it in or remove the line."));
                continue;
            }

            files.Add(container is ZipContainer ? InsideZip(folder, path, name, row.Line) : path);
            labels.Add(label);
        }

        if (files.Count == 0)
        {
            throw new DatasetException($"{name}: expected lines of path and label, got none. Add lines or check the path.");
        }

        string[] ordered = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int[] indices = [.. labels.Select(label => Array.BinarySearch(ordered, label, StringComparer.Ordinal))];
        return new ListSource(name, container, [.. files], ordered, indices, [.. leftOut]);
    }

    /// <summary>A first line that names both columns is a header; otherwise every line is path, label.</summary>
    private static (int Path, int Label, bool HasHeader) FindColumns(List<TableRow> rows, string name)
    {
        if (rows.Count == 0)
        {
            throw new DatasetException($"{name}: expected lines of path and label, got an empty file. Add lines or check the path.");
        }

        int path = IndexOf(rows[0], PathHeaders);
        int label = IndexOf(rows[0], LabelHeaders);
        return path >= 0 && label >= 0 ? (path, label, true) : (0, 1, false);
    }

    private static int IndexOf(TableRow row, string[] names)
    {
        for (int column = 0; column < row.Cells.Count; column++)
        {
            if (names.Contains(row.Cells[column].Trim(), StringComparer.OrdinalIgnoreCase))
            {
                return column;
            }
        }

        return -1;
    }

    private static string InsideZip(string folder, string path, string name, int line)
    {
        List<string> parts = [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string part in path.Replace('\\', '/').Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part == ".." || (part.Length == 0 && parts.Count == 0))
            {
                throw new DatasetException($"{name}, line {line}: expected a path inside the zip, got '{path}', which climbs out of it. Correct the line.");
            }
            else if (part is not ("." or ""))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private string DescribeFile(string file) => Path.IsPathRooted(file) ? file : _container.Describe(file);
}
