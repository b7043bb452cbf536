using ResNetMl.Images;

namespace ResNetMl.Data;

/// <summary>An example source shown as a view; images are read when their rows are, and only where their column is asked for.</summary>
internal sealed class ExampleSourceView(IExampleSource source) : BlockView(Columns)
{
    private const int Label = 0;
    private const int ImageSource = 1;
    private const int ImagePath = 2;

    private static readonly DataViewSchema Columns = MakeColumns();

    public override bool CanShuffle => true;

    public override long? GetRowCount() => source.Count;

    protected override BlockReader Open(ColumnSet columns, Random? random)
        => new Reader(source, columns, random is null ? null : RandomOrder.Of(source.Count, random));

    private static DataViewSchema MakeColumns()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(nameof(Label), TextDataViewType.Instance);
        builder.AddColumn(nameof(ImageSource), new VectorDataViewType(NumberDataViewType.Byte));
        builder.AddColumn(nameof(ImagePath), TextDataViewType.Instance);
        return builder.ToSchema();
    }

    private sealed class Reader(IExampleSource source, ColumnSet needed, int[]? order) : BlockReader
    {
        private int _next;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            int count = Math.Min(maxRows, source.Count - _next);
            if (count == 0)
            {
                return null;
            }

            int[] rows = [.. Enumerable.Range(_next, count).Select(position => order?[position] ?? position)];
            _next += count;
            return new Block(
                Array.ConvertAll(rows, row => new DataViewRowId((ulong)row, 0)),
                [
                    needed.Contains(Label) ? new BlockColumn<ReadOnlyMemory<char>>(Array.ConvertAll(rows, LabelOf)) : null,
                    needed.Contains(ImageSource) ? new BlockColumn<VBuffer<byte>>(Array.ConvertAll(rows, EncodedOf)) : null,
                    needed.Contains(ImagePath)
                        ? new BlockColumn<ReadOnlyMemory<char>>(Array.ConvertAll(rows, row => source.GetPath(row).AsMemory()))
                        : null,
                ]);
        }

        private ReadOnlyMemory<char> LabelOf(int row)
        {
            int label = source.GetLabelIndex(row);
            return label >= 0 ? source.Labels[label].AsMemory() : ReadOnlyMemory<char>.Empty;
        }

        private VBuffer<byte> EncodedOf(int row)
        {
            Example example = source.Get(row);
            byte[] encoded = example.Encoded?.ToArray() ?? BitmapFile.Encode(example.Pixels!);
            return new VBuffer<byte>(encoded.Length, encoded);
        }
    }
}

/// <summary>Shows example sources as views.</summary>
public static class ExampleSourceViewExtensions
{
    /// <summary>
    /// The examples as rows: <c>Label</c> (text; empty where an example has none), <c>ImageSource</c> (the encoded file, a vector of bytes) and
    /// <c>ImagePath</c> (text; the example's name in messages).
    /// </summary>
    /// <remarks>
    /// Images are read as their rows are, and kept by nobody; a pass over the labels alone reads none. Where the source holds pixels rather
    /// than files, <c>ImageSource</c> is a Windows bitmap of the same pixels. An image that cannot be read ends the pass with its error.
    /// </remarks>
    /// <param name="source">The examples; not disposed with the view.</param>
    public static IDataView ToDataView(this IExampleSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ExampleSourceView(source);
    }
}
