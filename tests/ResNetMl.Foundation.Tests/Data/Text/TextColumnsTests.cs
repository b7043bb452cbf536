using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Text;

/// <summary>Columns that a text file's own lines say: names, counts, sparse parts, and what <c>SaveAsText</c> wrote.</summary>
public sealed class TextColumnsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_header_names_the_elements_of_vectors()
    {
        string path = Write("a.tsv", "Class\tRed\tGreen\tBlue\nx\t1\t2\t3");

        IDataView view = _context.Data.LoadFromTextFile(
            path, [new TextLoader.Column("Class", DataKind.String, 0), new TextLoader.Column("Colour", DataKind.Single, 1, 3)], hasHeader: true);

        Assert.Equal(["Red", "Green", "Blue"], Texts(view.Schema["Colour"]));
        Assert.False(view.Schema["Class"].HasSlotNames());
    }

    [Fact]
    public void A_header_file_names_the_elements_of_files_without_a_header()
    {
        string header = Write("names.tsv", "a\tb");
        string path = Write("a.tsv", "1\t2");

        IDataView view = _context.Data.LoadFromTextFile(path, new TextLoader.Options
        {
            Columns = [new TextLoader.Column("Both", DataKind.Single, 0, 1)], HeaderFile = header, UseThreads = false,
        });

        Assert.Equal(["a", "b"], Texts(view.Schema["Both"]));
        Assert.Equal([[1f, 2f]], view.GetColumn<float[]>("Both"));
    }

    [Fact]
    public void LoadColumnName_finds_fields_by_the_header()
    {
        string path = Write("a.csv", "Label,Blue,Red,Path\ncat,3,1,a.jpg");

        Named row = _context.Data.CreateEnumerable<Named>(
            _context.Data.LoadFromTextFile<Named>(path, separatorChar: ',', hasHeader: true), reuseRowObject: false).Single();

        Assert.Equal(("a.jpg", "cat"), (row.ImagePath, row.Label));
        Assert.Equal([1f, 3f], row.Colours);
        Assert.Equal(
            "Missing.Depth has [LoadColumnName(\"Depth\")], but the header names 'Label', 'Blue', 'Red', 'Path'.",
            Assert.Throws<ArgumentException>(() => _context.Data.LoadFromTextFile<Missing>(path, separatorChar: ',', hasHeader: true)).Message);
        Assert.Equal(
            "Missing.Depth has [LoadColumnName(\"Depth\")], and there is no header: set hasHeader with a file or data sample at hand, or HeaderFile.",
            Assert.Throws<ArgumentException>(() => _context.Data.CreateTextLoader<Missing>(hasHeader: true)).Message);
    }

    [Fact]
    public void All_other_fields_make_one_vector()
    {
        string path = Write("a.tsv", "1\tx\t2\t3");

        IDataView view = _context.Data.LoadFromTextFile(
            path,
            [
                new TextLoader.Column("Label", DataKind.String, 1),
                new TextLoader.Column("Rest", DataKind.Single, [new TextLoader.Range { AllOther = true }]),
            ]);

        Assert.Equal([[1f, 2f, 3f]], view.GetColumn<float[]>("Rest"));
    }

    // ML.NET documents "5 2:6 4:3" as 5 features, all zero but 6 at index 2 and 3 at index 4.
    [Fact]
    public void A_sparse_part_stands_for_as_many_fields_as_it_says()
    {
        string path = Write("a.txt", "1 5 2:6 4:3\n0 9 8 7 6 5");

        IDataView view = _context.Data.LoadFromTextFile(
            path, [new TextLoader.Column("Label", DataKind.Single, 0), new TextLoader.Column("Features", DataKind.Single, 1, 5)],
            separatorChar: ' ', allowSparse: true);

        Assert.Equal([[0f, 0, 6, 0, 3], [9, 8, 7, 6, 5]], view.GetColumn<float[]>("Features"));
    }

    [Theory]
    [InlineData("1 x 2:6", "field 1 (counted from 0) should say how many fields the index:value pairs after it stand for, from 0 to 1,048,576.")]
    [InlineData("1 2000000000 2:6", "field 1 (counted from 0) should say how many fields the index:value pairs after it stand for, from 0 to 1,048,576.")]
    [InlineData("1 3 2:6 3:1", "field 3 (counted from 0) should be index:value with an index below 3, as the fields before it are.")]
    [InlineData("1 3 2:6 7", "field 3 (counted from 0) should be index:value with an index below 3, as the fields before it are.")]
    public void A_damaged_sparse_part_is_told_with_its_line(string line, string message)
    {
        string path = Write("a.txt", line);
        IDataView view = _context.Data.LoadFromTextFile(
            path, [new TextLoader.Column("Features", DataKind.Single, 1, 3)], separatorChar: ' ', allowSparse: true);

        Assert.Equal($"{path}, line 1: {message}", Assert.Throws<FormatException>(() => view.GetColumn<float[]>("Features").ToList()).Message);
    }

    [Fact]
    public void Without_columns_the_first_field_is_the_label_and_the_others_are_features()
    {
        IDataView view = _context.Data.LoadFromTextFile(Write("a.tsv", "1\t0.5\t0.25\n0\t1\t2"));

        Assert.Equal(["Label: Single", "Features: Vector<Single, 2>"], view.Schema.Select(column => column.ToString()));
        Assert.Equal([[0.5f, 0.25f], [1, 2]], view.GetColumn<float[]>("Features"));
    }

    [Fact]
    public void What_was_saved_as_text_is_read_back_without_naming_a_column()
    {
        Everything[] rows =
        [
            new() { Text = "plain", Label = 2, Flag = true, Number = 0.1f, Precise = 1 / 3.0, When = new DateTimeOffset(2026, 8, 13, 1, 2, 3, TimeSpan.FromHours(2)), Scores = [1, float.NaN] },
            new() { Text = "tab\there \"quoted\"", Label = 0, Number = float.NaN, Precise = -1e300, Length = TimeSpan.FromMinutes(90), Scores = [2, 3] },
            new() { Text = "", Label = 3, Number = float.MaxValue, Scores = [0, -0.5f] },
            new() { Text = "two\nlines 1:2", Label = 1, Scores = [4, 5] },
        ];
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        string path = _folder["saved.tsv"];
        using (FileStream stream = File.Create(path))
        {
            _context.Data.SaveAsText(view, stream);
        }

        IDataView read = _context.Data.LoadFromTextFile(path);

        Assert.Equal(view.Schema.Select(column => column.ToString()), read.Schema.Select(column => column.ToString()));
        Everything[] back = [.. _context.Data.CreateEnumerable<Everything>(read, reuseRowObject: false)];
        Assert.Equal(rows.Length, back.Length);
        for (int index = 0; index < rows.Length; index++)
        {
            Assert.Equivalent(rows[index], back[index], strict: true);
        }
    }

    [Fact]
    public void The_text_has_the_schema_comment_that_ML_NET_writes()
    {
        IDataView view = _context.Data.LoadFromEnumerable(new Everything[] { new() { Text = "a", Label = 1, Scores = [1, 2] } });
        IDataView two = _context.Transforms.SelectColumns("Text", "Label", "Scores").Fit(view).Transform(view);
        using var stream = new MemoryStream();

        _context.Data.SaveAsText(two, stream);

        Assert.Equal(
            "#@ TextLoader{\n#@   header+\n#@   sep=tab\n#@   col=Text:TX:0\n#@   col=Label:U4[0-2]:1\n#@   col=Scores:R4:2-3\n#@ }\n" +
            "Text\tLabel\tScores\tScores\na\t0\t1\t2\n",
            System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void A_model_is_saved_and_loaded_with_the_loader_of_its_data()
    {
        string path = Write("a.csv", "Label,Red,Green\ncat,1,2\ndog,3,4");
        TextLoader loader = _context.Data.CreateTextLoader(
            [new TextLoader.Column("Label", DataKind.String, 0), new TextLoader.Column("Colour", DataKind.Single, 1, 2)],
            separatorChar: ',', hasHeader: true, dataSample: new MultiFileSource(path));
        ITransformer model = _context.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(loader.Load(path));
        string file = _folder["model.zip"];

        _context.Model.Save(model, loader, file);
        ITransformer loaded = _context.Model.LoadWithDataLoader(file, out IDataLoader<IMultiStreamSource> loadedLoader);

        IDataView view = loaded.Transform(loadedLoader.Load(path));
        Assert.Equal([1u, 2u], view.GetColumn<uint>("Key"));
        Assert.Equal([[1f, 2f], [3, 4]], view.GetColumn<float[]>("Colour"));
        Assert.Equal(["Red", "Green"], Texts(view.Schema["Colour"]));
        _ = _context.Model.Load(file, out DataViewSchema? schema);
        Assert.Equal(loader.GetOutputSchema().Select(column => column.ToString()), schema!.Select(column => column.ToString()));

        _context.Model.Save(model, loader.GetOutputSchema(), file);
        Assert.Equal(
            $"'{file}' has no data loader: it was saved with a schema. Load it with mlContext.Model.Load.",
            Assert.Throws<ModelFormatException>(() => _context.Model.LoadWithDataLoader(file, out _)).Message);
    }

    private static string[] Texts(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private sealed class Named
    {
        [LoadColumnName("Path")]
        public string ImagePath { get; set; } = "";

        [LoadColumn(0)]
        public string Label { get; set; } = "";

        [LoadColumnName("Red", "Blue")]
        public float[] Colours { get; set; } = [];
    }

    private sealed class Missing
    {
        [LoadColumnName("Depth")]
        public float Depth { get; set; }
    }

    private sealed class Everything
    {
        public string Text { get; set; } = "";

        [KeyType(3)]
        public uint Label { get; set; }

        public bool Flag { get; set; }

        public float Number { get; set; }

        public double Precise { get; set; }

        public TimeSpan Length { get; set; }

        public DateTimeOffset When { get; set; }

        [VectorType(2)]
        public float[] Scores { get; set; } = [];
    }
}
