using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Blocks;

public sealed class BlockTests
{
    private static readonly Block Five = new(
        new DataViewRowId[] { new(0, 0), new(1, 0), new(2, 0), new(3, 0), new(4, 0) },
        [new BlockColumn<int>(new[] { 10, 11, 12, 13, 14 }), null]);

    [Fact]
    public void A_block_gives_the_values_of_the_columns_asked_for()
    {
        Assert.Equal(5, Five.RowCount);
        Assert.Equal([10, 11, 12, 13, 14], Five.Values<int>(0).ToArray());
        Assert.True(Five.Has(0));
        Assert.False(Five.Has(1));
        Assert.False(Five.Has(2));
        Assert.False(Five.Has(-1));
        Assert.Equal(typeof(int), Five.Column(0).ValueType);
    }

    [Fact]
    public void Other_columns_and_types_are_said_so()
    {
        Assert.Equal(
            "Column 1 was not asked for when reading began, so this block does not have it.",
            Assert.Throws<InvalidOperationException>(() => Five.Column(1)).Message);
        Assert.Equal("Column 0 holds Int32, read as Single.", Assert.Throws<InvalidOperationException>(() => Five.Values<float>(0).Length).Message);
    }

    [Fact]
    public void Slices_selections_and_their_joining_keep_values_with_ids()
    {
        Block slice = Five.Slice(1, 3);
        Block selection = Five.Select([4, 0]);
        Block joined = Block.Concat([slice, selection]);

        Assert.Equal([11, 12, 13], slice.Values<int>(0).ToArray());
        Assert.Equal([14, 10], selection.Values<int>(0).ToArray());
        Assert.Equal([11, 12, 13, 14, 10], joined.Values<int>(0).ToArray());
        Assert.Equal([1UL, 2, 3, 4, 0], joined.Ids.ToArray().Select(id => id.Low));
        Assert.False(joined.Has(1));
    }

    [Fact]
    public void A_block_without_rows_or_with_columns_of_other_lengths_is_refused()
    {
        Assert.Equal(
            "A block has at least one row; after the last row a reader returns null. (Parameter 'ids')",
            Assert.Throws<ArgumentException>(() => new Block(Array.Empty<DataViewRowId>(), [])).Message);
        Assert.Equal(
            "Column 0 has 2 values in a block of 1 rows. (Parameter 'columns')",
            Assert.Throws<ArgumentException>(() => new Block(new DataViewRowId[1], [new BlockColumn<int>(new int[2])])).Message);
    }

    [Fact]
    public void Row_ids_are_written_upper_half_first()
        => Assert.Equal("00000000000000ff0000000000000001", new DataViewRowId(1, 255).ToString());
}
