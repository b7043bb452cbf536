using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Text;

public sealed class TextLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_loader_reads_several_files_each_with_its_header_and_a_pattern_in_the_order_of_names()
    {
        TextLoader loader = _context.Data.CreateTextLoader([new("Name", DataKind.String, 1)], separatorChar: ',', hasHeader: true);
        string first = Write("list-1.csv", "id,name\n1,cat\n");
        string second = Write("list-2.csv", "id,name\n2,dog\n3,cow");

        Assert.Equal(["dog", "cow", "cat"], loader.Load(second, first).GetColumn<string>("Name"));
        Assert.Equal(["cat", "dog", "cow"], loader.Load(Path.Combine(_folder.Path, "list-*.csv")).GetColumn<string>("Name"));
        Assert.Throws<FileNotFoundException>(() => loader.Load(Path.Combine(_folder.Path, "none-*.csv")));
        Assert.Equal("Name: String", Assert.Single(loader.GetOutputSchema()).ToString());
        Assert.Equal(3, loader.Preview(new MultiFileSource(first, second)).RowView.Length);
    }

    [Fact]
    public void Columns_take_ranges_up_to_the_end_of_the_first_line_or_of_each()
    {
        string path = Write("rows.csv", "cat,1,2,3\ndog,4,5,6,7\n");
        TextLoader.Column[] columns =
        [
            new("Label", DataKind.String, 0),
            new("Fixed", DataKind.Single, [new TextLoader.Range(1, null)]),
            new("Each", DataKind.Int32, [new TextLoader.Range(2) { VariableEnd = true }]),
            new("Both", DataKind.Double, [new TextLoader.Range(3), new TextLoader.Range(1, 2)]),
            new("One", DataKind.Single, [new TextLoader.Range(1) { ForceVector = true }]),
        ];

        IDataView view = _context.Data.LoadFromTextFile(path, columns, separatorChar: ',');

        Assert.Equal(
            ["Label: String", "Fixed: Vector<Single, 3>", "Each: Vector<Int32>", "Both: Vector<Double, 3>", "One: Vector<Single, 1>"],
            view.Schema.Select(column => column.ToString()));
        Assert.Equal([[1f, 2f, 3f], [4f, 5f, 6f]], view.GetColumn<float[]>("Fixed"));
        Assert.Equal([[2, 3], [5, 6, 7]], view.GetColumn<int[]>("Each"));
        Assert.Equal([[3d, 1d, 2d], [6d, 4d, 5d]], view.GetColumn<double[]>("Both"));
        Assert.Equal([[1f], [4f]], view.GetColumn<float[]>("One"));
    }

    [Fact]
    public void Every_kind_of_field_is_read_and_keys_are_counted_from_1()
    {
        (DataKind Kind, string Text, object Expected)[] cases =
        [
            (DataKind.SByte, "-8", (sbyte)-8), (DataKind.Byte, "200", (byte)200), (DataKind.Int16, "-300", (short)-300),
            (DataKind.UInt16, "60000", (ushort)60000), (DataKind.Int32, "+7", 7), (DataKind.UInt32, "4000000000", 4000000000U),
            (DataKind.Int64, "-9000000000", -9000000000L), (DataKind.UInt64, "18446744073709551615", ulong.MaxValue),
            (DataKind.Single, "-1.5e-3", -0.0015f), (DataKind.Double, "Infinity", double.PositiveInfinity), (DataKind.Boolean, "YES", true),
            (DataKind.TimeSpan, "01:02:03", new TimeSpan(1, 2, 3)), (DataKind.DateTime, "2026-01-02 03:04", new DateTime(2026, 1, 2, 3, 4, 0)),
        ];
        string path = Write("one.csv", string.Join(';', cases.Select(one => one.Text)));
        TextLoader.Column[] columns =
        [
            .. cases.Select((one, index) => new TextLoader.Column($"{one.Kind}", one.Kind, index)),
            new("Key", DataKind.Byte, [new TextLoader.Range(4)], new KeyCount(8)),
            new("Wide", DataKind.UInt64, [new TextLoader.Range(4)], new KeyCount()),
        ];

        DataDebuggerPreview preview = _context.Data.LoadFromTextFile(path, columns, separatorChar: ';').Preview();

        Assert.Equal(cases.Select(one => one.Expected), preview.RowView[0].Values.Take(cases.Length).Select(value => value.Value));
        Assert.Equal((byte)8, preview.RowView[0].Values[^2].Value);
        Assert.Equal(8UL, preview.RowView[0].Values[^1].Value);
        Assert.Equal($"Key<UInt64, 0-{ulong.MaxValue - 1}>", preview.Schema["Wide"].Type.ToString());
    }

    [Fact]
    public void Quoted_fields_may_go_over_lines_where_that_is_allowed()
    {
        string path = Write("notes.csv", "a.jpg,\"two\n\nlines, \"\"one\"\" field\"\nb.jpg,\"\"\nc.jpg,5\" wide\n");
        var options = new TextLoader.Options
        {
            Columns = [new("Path", DataKind.String, 0), new("Note", DataKind.String, 1)], Separators = [','], AllowQuoting = true, ReadMultilines = true,
        };

        IDataView view = _context.Data.LoadFromTextFile(path, options);

        Assert.Equal(["a.jpg", "b.jpg", "c.jpg"], view.GetColumn<string>("Path"));
        Assert.Equal(["two\n\nlines, \"one\" field", "", "5\" wide"], view.GetColumn<string>("Note"));
    }

    [Theory]
    [InlineData("a.jpg,\"cat\n", "line 1: field 1")]
    [InlineData("a.jpg,cat\n\"b.jpg\"x,dog\n", "line 2: field 0")]
    public void A_quote_that_is_not_closed_is_an_error_and_not_an_empty_field(string text, string where)
    {
        string path = Write("list.csv", text);
        TextLoader.Column[] columns = [new("Path", DataKind.String, 0)];
        IDataView view = _context.Data.LoadFromTextFile(path, columns, separatorChar: ',', allowQuoting: true);

        Assert.Equal(
            $"{path}, {where} (counted from 0) begins with a quote that is not closed before a separator. " +
            "Double the quotes inside it, allow several lines (ReadMultilines), or read without AllowQuoting.",
            Assert.Throws<FormatException>(() => view.GetColumn<string>("Path").Count()).Message);
    }

    [Fact]
    public void Options_give_several_separators_another_escape_a_decimal_comma_and_a_largest_number_of_rows()
    {
        string path = Write("rows.txt", "\"a \\\"b\\\"\";1,5|2\nc;2,5|3\nd;3|4\n");
        var options = new TextLoader.Options
        {
            Columns = [new("Name", DataKind.String, 0), new("Size", DataKind.Single, 1), new("Count", DataKind.Int32, 2)],
            Separators = [';', '|'], AllowQuoting = true, EscapeChar = '\\', DecimalMarker = ',', MaxRows = 2,
        };

        IDataView view = _context.Data.LoadFromTextFile(path, options);

        Assert.Equal(["a \"b\"", "c"], view.GetColumn<string>("Name"));
        Assert.Equal([1.5f, 2.5f], view.GetColumn<float>("Size"));
        Assert.Equal([2, 3], view.GetColumn<int>("Count"));
    }

    [Fact]
    public void A_column_of_a_taken_name_hides_the_earlier_one_which_keeps_its_place()
    {
        string path = Write("list.csv", "a,b\n");
        TextLoader.Column[] columns = [new("Name", DataKind.String, 0), new("Name", DataKind.String, 1)];

        IDataView view = _context.Data.LoadFromTextFile(path, columns, separatorChar: ',');

        Assert.Equal([true, false], view.Schema.Select(column => column.IsHidden));
        Assert.Equal(["b"], view.GetColumn<string>("Name"));
        Assert.Equal(["a"], view.GetColumn<string>(view.Schema[0]));
    }

    [Fact]
    public void Blocks_of_any_size_give_the_same_rows()
    {
        string path = Write("numbers.tsv", string.Join('\n', Enumerable.Range(0, 100)));
        TextLoader.Column[] columns = [new("Number", DataKind.Int32, 0)];
        BlockView view = BlockView.Of(_context.Data.LoadFromTextFile(path, columns));

        foreach (int size in new[] { 1, 7, 100, 1000 })
        {
            using BlockReader reader = view.OpenReader(view.Schema);
            var numbers = new List<int>();
            while (reader.Read(size) is { } block)
            {
                numbers.AddRange(block.Values<int>(0));
            }

            Assert.Equal(Enumerable.Range(0, 100), numbers);
            Assert.Null(reader.Read(size));
        }
    }

    [Fact]
    public void Wrong_options_are_told_when_the_loader_is_made()
    {
        TextLoader.Column[] columns = [new("Name", DataKind.String, 0)];
        DataOperationsCatalog data = _context.Data;

        Assert.StartsWith(
            "A text loader needs columns: set Options.Columns, or load into a class whose members have [LoadColumn(index)].",
            Assert.Throws<ArgumentException>(() => data.CreateTextLoader(new TextLoader.Options())).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Fields are parted by at least one character, and by no line end and no quote.",
            Assert.Throws<ArgumentException>(() => data.CreateTextLoader(columns, separatorChar: '"')).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The decimal marker is '.' or ',' and parts no fields; got ','.",
            Assert.Throws<ArgumentException>(() => data.CreateTextLoader(
                new TextLoader.Options { Columns = columns, Separators = [','], DecimalMarker = ',' })).Message, StringComparison.Ordinal);
        Assert.Equal(
            "Column 'Label' is a key of Single. Keys are Byte, UInt16, UInt32 or UInt64.",
            Assert.Throws<ArgumentException>(() => data.CreateTextLoader(
                [new("Label", DataKind.Single, [new TextLoader.Range(0)], new KeyCount(2))])).Message);
        Assert.Equal(
            "A range goes to the end of the line, and nothing says how many fields lines have: set InputSize, or give a data sample with a line.",
            Assert.Throws<ArgumentException>(() => data.CreateTextLoader([new("All", DataKind.Single, [new TextLoader.Range(0, null)])])).Message);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
