using ResNetMl.Data;

namespace ResNetMl.Vision;

/// <summary>A column of encoded images.</summary>
internal sealed class ImageColumn
{
    private readonly int _index;
    private readonly RowNames _names;

    private ImageColumn(DataViewSchema schema, DataViewSchema.Column column)
    {
        _index = column.Index;
        _names = new RowNames(schema, column.Name);
    }

    /// <summary>Positions of the columns that must be read.</summary>
    public IEnumerable<int> Needed => [_index, .. _names.Columns];

    /// <summary>Finds the images among a view's columns.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds no encoded images; the message names column, expected and got.</exception>
    public static ImageColumn Find(DataViewSchema schema, string name, string neededBy)
    {
        DataViewSchema.Column column = MulticlassColumns.Require(schema, name, neededBy);
        Check(column, neededBy);
        return new ImageColumn(schema, column);
    }

    /// <summary>Refuses a column that holds no encoded images.</summary>
    public static void Check(DataViewSchema.Column column, string neededBy)
    {
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var raw } } || raw != typeof(byte))
        {
            throw new ArgumentException(
                $"{neededBy}: expected column '{column.Name}' to be {new VectorDataViewType(NumberDataViewType.Byte)}, " +
                $"the bytes of an encoded image, got {column.Type}. Give the image files' content as byte[], as LoadRawImageBytes does.");
        }
    }

    public string NameOf(Block block, int row) => _names.Of(block, row);

    public byte[] BytesOf(Block block, int row) => BytesOf(block, _index, row);

    public static byte[] BytesOf(Block block, int column, int row)
    {
        ref readonly VBuffer<byte> file = ref block.Values<VBuffer<byte>>(column)[row];
        byte[] bytes = new byte[file.Length];
        file.CopyTo(bytes);
        return bytes;
    }
}
