using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Transforms.Image;

/// <summary>Loads image files named by a column of paths: decoded images, or their bytes as they are.</summary>
public sealed class ImageLoadingEstimator : ImageEstimator<ImageLoadingTransformer>
{
    internal ImageLoadingEstimator(string? imageFolder, bool raw, IReadOnlyList<InputOutputColumnPair> columns)
        : base(new ImageLoadingTransformer(LoadingColumn.For(imageFolder, raw, columns)))
    {
    }
}

/// <summary>Loads image files named by a column of paths: decoded images, or their bytes as they are.</summary>
public sealed class ImageLoadingTransformer : ImageTransformer
{
    internal const string LoaderName = "ImageLoading";

    /// <summary>The folder that relative paths lie in; null or empty where they are the process's. Not looked for when a model is loaded.</summary>
    public readonly string? ImageFolder;

    internal ImageLoadingTransformer(IReadOnlyList<LoadingColumn> columns)
        : base(LoaderName, columns) => ImageFolder = columns[0].Folder;

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => Load<LoadingColumn>(reader, columns => new ImageLoadingTransformer(columns));
    }
}

/// <summary>Paths to images or to encoded bytes.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column of paths.</param>
/// <param name="Folder">The folder that relative paths lie in.</param>
/// <param name="Raw">Whether the bytes are left encoded.</param>
internal sealed record LoadingColumn(string Output, string Input, string? Folder, bool Raw) : ImageColumn(Output, Input)
{
    /// <summary>Decoded (or, left encoded, file) bytes that a block may hold: some ten photographs of 12 megapixels. One image is always loaded.</summary>
    internal const long BlockBytes = 512L << 20;

    internal static LoadingColumn[] For(string? folder, bool raw, IReadOnlyList<InputOutputColumnPair> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);

        // Told where the pipeline is written, not at its first row. A loaded model may never read from the folder it was made with.
        return string.IsNullOrEmpty(folder) || Directory.Exists(folder)
            ? [.. columns.Select(pair => new LoadingColumn(pair.OutputColumnName, pair.InputColumnName, folder, raw))]
            : throw new ArgumentException($"Directory \"{folder}\" does not exist.");
    }

    internal override void Check()
    {
    }

    internal override DataViewType TypeFor(DataViewSchema.Column input) => input.Type is TextDataViewType
        ? Raw ? new VectorDataViewType(NumberDataViewType.Byte) : new ImageDataViewType()
        : throw NoPaths(input.Name, input.Type.ToString()!);

    internal override SchemaShape.Column ShapeFor(SchemaShape.Column input)
    {
        if (input.Kind != SchemaShape.Column.VectorKind.Scalar || input.ItemType is not TextDataViewType || input.IsKey)
        {
            throw NoPaths(input.Name, input.ToString());
        }

        return Raw ? new SchemaShape.Column(Output, SchemaShape.Column.VectorKind.VariableVector, NumberDataViewType.Byte, isKey: false) : ImageShape();
    }

    internal override BlockColumn Map(Block input, DataViewSchema.Column column) => Raw
        ? new BlockColumn<VBuffer<byte>>(ParallelRows.Map(input.RowCount, row => LoadBytes(input.Values<ReadOnlyMemory<char>>(column.Index)[row])))
        : new BlockColumn<MLImage?>(ParallelRows.Map(input.RowCount, row => LoadImage(input.Values<ReadOnlyMemory<char>>(column.Index)[row])));

    internal override int RowsAtOnce(Block input, DataViewSchema.Column column)
    {
        long[] sizes = ParallelRows.Map(input.RowCount, row => SizeOf(input.Values<ReadOnlyMemory<char>>(column.Index)[row]));
        long total = 0;
        int rows = 0;
        while (rows < sizes.Length && (total += sizes[rows]) <= BlockBytes)
        {
            rows++;
        }

        return Math.Max(rows, 1);
    }

    private MLImage? LoadImage(ReadOnlyMemory<char> name)
    {
        if (name.IsEmpty)
        {
            return null;
        }

        string path = PathOf(name);
        MLImage image = MLImage.CreateFromFile(path);
        image.Tag = path;
        return image;
    }

    private VBuffer<byte> LoadBytes(ReadOnlyMemory<char> name)
    {
        if (name.IsEmpty)
        {
            return default;
        }

        string path = PathOf(name);
        byte[] bytes = Path.Exists(path) ? ImageDecoder.ReadFile(path) : throw new FileNotFoundException($"Image '{path}' was not found.", path);
        return new VBuffer<byte>(bytes.Length, bytes);
    }

    /// <summary>Bytes that a row will take; 0 where it cannot be read, which loading it will say.</summary>
    private long SizeOf(ReadOnlyMemory<char> name)
    {
        string path = name.IsEmpty ? "" : PathOf(name);
        if (!File.Exists(path))
        {
            return 0;
        }

        if (Raw)
        {
            return new FileInfo(path).Length;
        }

        try
        {
            ImageHeader header = ImageDecoder.ReadHeader(ImageDecoder.ReadFile(path), path);
            return (long)header.Width * header.Height * BgraImage.Channels;
        }
        catch (ImageFormatException)
        {
            return 0;
        }
    }

    private string PathOf(ReadOnlyMemory<char> name) => string.IsNullOrEmpty(Folder) ? name.ToString() : Path.Combine(Folder, name.ToString());

    private static ArgumentException NoPaths(string column, string actual)
        => Unexpected(column, "paths of image files as text", actual, "Name the column of paths as the input column.");
}
