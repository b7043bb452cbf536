using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Text;

public sealed class LoadFromTextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    // Witness: the list of images of ML.NET's TensorFlow sample (tags.tsv), read with its ImageData class.
    [Fact]
    public void A_list_of_paths_and_labels_parted_by_tabs_is_read_into_the_classes_columns()
    {
        string path = Write("tags.tsv", "broccoli.jpg\tfood\npizza.jpg\tfood\r\nteddy2.jpg\ttoy");

        IDataView view = _context.Data.LoadFromTextFile<ImageData>(path);

        Assert.Equal(["ImagePath: String", "Label: String"], view.Schema.Select(column => column.ToString()));
        Assert.Equal(["broccoli.jpg", "pizza.jpg", "teddy2.jpg"], view.GetColumn<string>("ImagePath"));
        Assert.Equal(["food", "food", "toy"], view.GetColumn<string>("Label"));
        Assert.Null(view.GetRowCount());
        Assert.Equal("toy", _context.Data.CreateEnumerable<ImageData>(view, reuseRowObject: false, ignoreMissingColumns: true).Last().Label);
    }

    [Fact]
    public void The_header_is_left_out_and_quoted_fields_may_hold_separators_and_quotes()
    {
        string path = Write("list.csv", "path,label\n\"a, b.jpg\",\"the \"\"big\"\" cat\"\nplain.jpg , dog \n");

        IDataView quoted = _context.Data.LoadFromTextFile<ImageData>(path, separatorChar: ',', hasHeader: true, allowQuoting: true);
        IDataView trimmed = _context.Data.LoadFromTextFile<ImageData>(
            path, separatorChar: ',', hasHeader: true, allowQuoting: true, trimWhitespace: true);

        Assert.Equal(["a, b.jpg", "plain.jpg "], quoted.GetColumn<string>("ImagePath"));
        Assert.Equal(["the \"big\" cat", "dog "], quoted.GetColumn<string>("Label"));
        Assert.Equal(["a, b.jpg", "plain.jpg"], trimmed.GetColumn<string>("ImagePath"));
        Assert.Equal("dog", trimmed.GetColumn<string>("Label").Last());
    }

    [Fact]
    public void Without_quoting_quotes_are_characters()
    {
        string path = Write("list.csv", "\"a,b\"\n");

        Assert.Equal(["\"a"], _context.Data.LoadFromTextFile<ImageData>(path, separatorChar: ',').GetColumn<string>("ImagePath"));
    }

    [Fact]
    public void Numbers_truths_keys_and_vectors_are_read_in_every_culture_alike()
    {
        string path = Write("rows.csv", "1.5,-3,true,2,0.25,1e2,7\n-2,40,no,0,1,2,3\n");

        IDataView view = _context.Data.LoadFromTextFile<Measured>(path, separatorChar: ',');

        Assert.Equal(
            ["Size: Single", "Count: Int32", "IsValid: Boolean", "Label: Key<UInt32, 0-2>", "Features: Vector<Single, 2>", "Ends: Vector<Int64, 2>"],
            view.Schema.Select(column => column.ToString()));
        Assert.Equal([1.5f, -2f], view.GetColumn<float>("Size"));
        Assert.Equal([-3, 40], view.GetColumn<int>("Count"));
        Assert.Equal([true, false], view.GetColumn<bool>("IsValid"));
        Assert.Equal<uint>([3, 1], view.GetColumn<uint>("Label"));
        Assert.Equal([[0.25f, 100f], [1f, 2f]], view.GetColumn<float[]>("Features"));
        Assert.Equal([[7L, -3L], [3L, 40L]], view.GetColumn<long[]>("Ends"));
    }

    // ML.NET: an empty field is 0, false, a missing key, and NaN only where MissingRealsAsNaNs.
    [Fact]
    public void Empty_and_absent_fields_are_what_ML_NET_makes_of_them()
    {
        string path = Write("rows.csv", ",,,,,,\n1.5\n");

        IDataView view = _context.Data.LoadFromTextFile<Measured>(path, separatorChar: ',');

        Assert.Equal([0f, 1.5f], view.GetColumn<float>("Size"));
        Assert.Equal([0, 0], view.GetColumn<int>("Count"));
        Assert.Equal([false, false], view.GetColumn<bool>("IsValid"));
        Assert.Equal<uint>([0, 0], view.GetColumn<uint>("Label"));
        Assert.Equal([[0f, 0f], [0f, 0f]], view.GetColumn<float[]>("Features"));
        Assert.Equal(
            [float.NaN, 1.5f],
            _context.Data.LoadFromTextFile(path, new TextLoader.Options
            {
                Columns = [new("Size", DataKind.Single, 0)], Separators = [','], MissingRealsAsNaNs = true,
            }).GetColumn<float>("Size"));
    }

    [Fact]
    public void Text_that_is_no_number_or_key_becomes_a_missing_value_and_is_reported_once_a_pass()
    {
        string path = Write("rows.csv", "1,1,1,1,1,1,1\nwide,1,1,3,1,x,1\n?,1,1,2,1,1,1\n");
        var messages = new List<string>();
        _context.Log += (_, message) => messages.Add(message.Message);
        IDataView view = _context.Data.LoadFromTextFile<Measured>(path, separatorChar: ',');

        Assert.Equal([1f, float.NaN, float.NaN], view.GetColumn<float>("Size"));
        Assert.Equal(
            $"[Source=TextLoader, Kind=Warning] 1 field was not readable and became missing values; the first: {path}, line 2: column 'Size' " +
            "expects Single in field 0 (counted from 0), got 'wide'.",
            Assert.Single(messages));
        Assert.Equal<uint>([2, 0, 3], view.GetColumn<uint>("Label"));
        Assert.Contains("column 'Label' expects Key<UInt32, 0-2> in field 3 (counted from 0), got '3'.", messages[1], StringComparison.Ordinal);
        Assert.Equal([1f, 1f], view.GetColumn<float[]>("Features").First());
        Assert.Equal([1f, float.NaN], view.GetColumn<float[]>("Features").Skip(1).First());
        Assert.Equal([1f], _context.Data.FilterRowsByMissingValues(view, "Size").GetColumn<float>("Size"));
    }

    [Fact]
    public void Text_that_is_no_integer_or_truth_is_an_error_where_its_column_is_read()
    {
        string path = Write("rows.csv", "size,count,valid,label,a,b,c\n1,1,1,1,1,1,1\n1,2.5,maybe,1,1,1,1\n");
        IDataView view = _context.Data.LoadFromTextFile<Measured>(path, separatorChar: ',', hasHeader: true);

        Assert.Equal(
            $"{path}, line 3: column 'Count' expects Int32 in field 1 (counted from 0), got '2.5'. " +
            "Check the column's place and the separator, or read it as text.",
            Assert.Throws<FormatException>(() => view.GetColumn<int>("Count").Count()).Message);
        Assert.Contains(
            "column 'IsValid' expects Boolean", Assert.Throws<FormatException>(() => view.GetColumn<bool>("IsValid").Count()).Message,
            StringComparison.Ordinal);
        Assert.Equal([1f, 1f], view.GetColumn<float>("Size"));
        Assert.Contains(
            "line 1: column 'Count' expects Int32 in field 1 (counted from 0), got 'count'. Is it a header (hasHeader: true)?",
            Assert.Throws<FormatException>(
                () => _context.Data.LoadFromTextFile<Measured>(path, separatorChar: ',').GetColumn<int>("Count").Count()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Blank_lines_and_schema_comments_are_no_rows()
    {
        string path = Write("list.tsv", "#@ TextLoader{\n#@ }\nImagePath\tLabel\n\na.jpg\tcat\n  \n\tdog\n");

        IDataView view = _context.Data.LoadFromTextFile<ImageData>(path, hasHeader: true);

        Assert.Equal(["a.jpg", ""], view.GetColumn<string>("ImagePath"));
        Assert.Equal(["cat", "dog"], view.GetColumn<string>("Label"));
    }

    [Fact]
    public void The_file_is_read_lazily_and_anew_on_every_pass()
    {
        string path = Write("list.tsv", "a.jpg\tcat\nb.jpg\tdog\n");
        IDataView view = _context.Data.LoadFromTextFile<ImageData>(path);
        Assert.Equal(2, view.GetColumn<string>("Label").Count());

        File.AppendAllText(path, "c.jpg\tcow\n");

        Assert.Equal(["cat", "dog", "cow"], view.GetColumn<string>("Label"));
        Assert.Equal(["dog", "cow"], _context.Data.SkipRows(view, 1).GetColumn<string>("Label"));
        Assert.Equal(3, _context.Data.ShuffleRows(view, seed: 1).GetColumn<string>("Label").Distinct().Count());
        using (view.GetRowCursor(view.Schema))
        {
            File.Delete(path);
        }

        Assert.Throws<FileNotFoundException>(() => view.GetColumn<string>("Label").Count());
    }

    [Fact]
    public void A_read_row_is_split_and_mapped_as_any_other()
    {
        string path = Write("list.tsv", string.Join('\n', Enumerable.Range(0, 200).Select(row => $"{row}.jpg\tclass {row % 4}")));
        IDataView view = _context.Data.LoadFromTextFile<ImageData>(path);
        DataOperationsCatalog.TrainTestData split = _context.Data.TrainTestSplit(view, 0.3, seed: 5);

        Assert.Equal(
            Enumerable.Range(0, 200).Select(row => $"{row}.jpg").Order(),
            split.TrainSet.GetColumn<string>("ImagePath").Concat(split.TestSet.GetColumn<string>("ImagePath")).Order());
        Assert.Equal<uint>(
            [1, 2, 3, 4, 1],
            _context.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(view).Transform(view).GetColumn<uint>("Key").Take(5));
    }

    [Fact]
    public void A_missing_file_and_a_class_without_places_are_told_at_once()
    {
        string absent = Path.Combine(_folder.Path, "absent.tsv");

        Assert.Equal(
            $"There is no file '{absent}'.", Assert.Throws<FileNotFoundException>(() => _context.Data.LoadFromTextFile<ImageData>(absent)).Message);
        Assert.Equal(
            "TemporaryFolder has no public field or property with [LoadColumn(index)], so no field of a line would be read.",
            Assert.Throws<ArgumentException>(() => _context.Data.LoadFromTextFile<TemporaryFolder>(Write("a", "a"))).Message);
        Assert.Equal(
            "TwoPlaces.Size is Single, but [LoadColumn] names 2 fields. Declare it as Single[].",
            Assert.Throws<ArgumentException>(() => _context.Data.LoadFromTextFile<TwoPlaces>(Write("a", "a"))).Message);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private sealed class ImageData
    {
        [LoadColumn(0)]
        public string ImagePath = "";

        [LoadColumn(1)]
        public string Label = "";

        public string? Comment { get; set; }
    }

    private sealed class Measured
    {
        [LoadColumn(0)]
        public float Size { get; set; }

        [LoadColumn(1)]
        public int Count { get; set; }

        [LoadColumn(2), ColumnName("IsValid")]
        public bool Valid { get; set; }

        [LoadColumn(3), KeyType(3)]
        public uint Label { get; set; }

        [LoadColumn(4, 5)]
        public float[]? Features { get; set; }

        [LoadColumn([6, 1])]
        public long[]? Ends { get; set; }
    }

    private sealed class TwoPlaces
    {
        [LoadColumn(0, 1)]
        public float Size { get; set; }
    }
}
