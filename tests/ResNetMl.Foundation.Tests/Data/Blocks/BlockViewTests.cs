using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Blocks;

/// <summary>The contract of blocks and of the cursors over them, on a view of ours and on one that serves a cursor only.</summary>
public sealed class BlockViewTests
{
    public static TheoryData<string> Views => ["ours", "foreign"];

    [Theory, MemberData(nameof(Views))]
    public void Blocks_have_at_most_the_rows_asked_for_and_then_null_for_ever(string kind)
    {
        BlockView view = View(kind, 10);
        using BlockReader reader = view.OpenReader([view.Schema["Number"]]);

        var read = new List<int[]>();
        foreach (int rows in (int[])[1, 4, 100])
        {
            read.Add(reader.Read(rows)!.Values<int>(view.Schema["Number"].Index).ToArray());
        }

        Assert.Equal([[0], [1, 2, 3, 4], [5, 6, 7, 8, 9]], read);
        Assert.Null(reader.Read(1));
        Assert.Null(reader.Read(100));
    }

    [Theory, MemberData(nameof(Views))]
    public void Blocks_have_the_columns_asked_for_and_no_others(string kind)
    {
        BlockView view = View(kind, 3);
        using BlockReader reader = view.OpenReader([view.Schema["Text"]]);

        Block block = reader.Read(3)!;

        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(column => block.Has(view.Schema[Name(column)].Index)));
        Assert.Equal(["0", "1", "2"], block.Values<ReadOnlyMemory<char>>(view.Schema["Text"].Index).ToArray().Select(text => text.ToString()));
    }

    [Theory, MemberData(nameof(Views))]
    public void A_blocks_values_stay_as_they_were_while_reading_goes_on(string kind)
    {
        BlockView view = View(kind, 4);
        int pair = view.Schema["Pair"].Index;
        Block first;
        using (BlockReader reader = view.OpenReader([view.Schema["Pair"]]))
        {
            first = reader.Read(2)!;
            Block second = reader.Read(2)!;
            Assert.Equal([2, -2], second.Values<VBuffer<float>>(pair)[0].DenseValues());
        }

        Assert.Equal([0, 0], first.Values<VBuffer<float>>(pair)[0].DenseValues());
        Assert.Equal([1, -1], first.Values<VBuffer<float>>(pair)[1].DenseValues());
    }

    [Theory, MemberData(nameof(Views))]
    public void A_cursor_shows_the_same_rows_as_the_blocks(string kind)
    {
        BlockView view = View(kind, 100);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<int> number = cursor.GetGetter<int>(view.Schema["Number"]);
        ValueGetter<ReadOnlyMemory<char>> text = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Text"]);
        ValueGetter<VBuffer<float>> pair = cursor.GetGetter<VBuffer<float>>(view.Schema["Pair"]);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        int numberValue = 0;
        ReadOnlyMemory<char> textValue = default;
        VBuffer<float> pairValue = default;
        DataViewRowId idValue = default;

        Assert.Equal(-1, cursor.Position);
        for (int row = 0; row < 100; row++)
        {
            Assert.True(cursor.MoveNext());
            number(ref numberValue);
            text(ref textValue);
            pair(ref pairValue);
            id(ref idValue);
            Assert.Equal(row, cursor.Position);
            Assert.Equal(0, cursor.Batch);
            Assert.Equal(row, numberValue);
            Assert.Equal($"{row}", textValue.ToString());
            Assert.Equal([row, -row], pairValue.DenseValues());
            Assert.Equal((ulong)row, idValue.Low);
        }

        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void A_vector_that_a_cursor_hands_out_is_the_callers_to_change()
    {
        IDataView view = new MLContext().Data.Cache(View("ours", 1));
        VBuffer<float> first = Read(view);
        VBufferEditor.CreateFromBuffer(ref first).Values.Fill(99);

        Assert.Equal([0, 0], Read(view).DenseValues());

        static VBuffer<float> Read(IDataView view)
        {
            using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Pair"]]);
            Assert.True(cursor.MoveNext());
            VBuffer<float> value = default;
            cursor.GetGetter<VBuffer<float>>(view.Schema["Pair"])(ref value);
            return value;
        }
    }

    [Fact]
    public void A_cursor_says_what_is_wrong_with_a_getter_that_cannot_be_had()
    {
        BlockView view = View("ours", 1);
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Number"]]);

        Assert.True(cursor.IsColumnActive(view.Schema["Number"]));
        Assert.False(cursor.IsColumnActive(view.Schema["Text"]));
        Assert.Equal(
            "Column 'Text' was not asked for when the pass began, so it is not computed. Name it in columnsNeeded.",
            Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Text"])).Message);
        Assert.Equal(
            "Column 'Number' is Int32, read as Int32, not as Single.",
            Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Number"])).Message);
        int number = 0;
        Assert.Equal(
            "The cursor is at no row: it has not been moved to the first, or it is past the last.",
            Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(view.Schema["Number"])(ref number)).Message);
    }

    [Fact]
    public void A_column_of_another_view_is_refused()
    {
        BlockView view = View("ours", 1);
        DataViewSchema.Column other = new MLContext().Data.LoadFromEnumerable([new { Other = 1 }]).Schema["Other"];

        Assert.Equal(
            "Column 'Other' at position 0 is not of this view; there are 'Number' (Int32), 'Text' (String), 'Pair' (Vector<Single, 2>). " +
            "Take columns from its own Schema. (Parameter 'column')",
            Assert.Throws<ArgumentException>(() => view.OpenReader([other])).Message);
    }

    [Fact]
    public void The_first_row_of_a_cursor_comes_without_reading_ahead()
    {
        int produced = 0;
        IDataView view = new MLContext().Data.LoadFromEnumerable(Produce());
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);

        Assert.True(cursor.MoveNext());

        Assert.Equal(1, produced);

        IEnumerable<Row> Produce()
        {
            for (int number = 0; number < 100; number++)
            {
                produced++;
                yield return new Row { Number = number };
            }
        }
    }

    [Fact]
    public void A_foreign_view_is_asked_only_for_the_columns_needed_and_its_cursor_is_closed()
    {
        var foreign = new ForeignNumbers(5);
        BlockView view = BlockView.Of(foreign);

        using (BlockReader reader = view.OpenReader([view.Schema["Number"]]))
        {
            Assert.NotNull(reader.Read(2));
            Assert.Equal(1, foreign.OpenCursors);
        }

        Assert.Equal(0, foreign.OpenCursors);
        Assert.Equal([["Number"]], foreign.Requests);
        Assert.Same(view, BlockView.Of(view));
        Assert.Null(view.GetRowCount());
    }

    [Fact]
    public void A_set_of_cursors_covers_each_row_once()
    {
        BlockView view = View("ours", 10);
        var numbers = new List<int>();
        foreach (DataViewRowCursor cursor in view.GetRowCursorSet([view.Schema["Number"]], 4))
        {
            using (cursor)
            {
                ValueGetter<int> getter = cursor.GetGetter<int>(view.Schema["Number"]);
                while (cursor.MoveNext())
                {
                    int number = 0;
                    getter(ref number);
                    numbers.Add(number);
                }
            }
        }

        Assert.Equal(Enumerable.Range(0, 10), numbers.Order());
    }

    private static string Name(int column) => ((string[])["Number", "Text", "Pair"])[column];

    private static BlockView View(string kind, int count) => kind == "foreign"
        ? BlockView.Of(new ForeignNumbers(count))
        : (BlockView)new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(number => new Row { Number = number }));

    private sealed class Row
    {
        public int Number { get; init; }

        public string Text => $"{Number}";

        [VectorType(2)]
        public float[] Pair => [Number, -Number];
    }
}
