using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Rows;

public sealed class CreateEnumerableTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Rows_become_objects_by_name_of_column()
    {
        IDataView view = View(3);

        Result[] rows = [.. _context.Data.CreateEnumerable<Result>(view, reuseRowObject: false)];

        Assert.Equal(["0", "1", "2"], rows.Select(row => row.Name));
        Assert.Equal([[0F, 1], [1, 2], [2, 3]], rows.Select(row => row.Scores));
        Assert.Equal(3, rows.Distinct().Count());
    }

    [Fact]
    public void One_object_is_reused_when_asked()
    {
        IEnumerable<Result> rows = _context.Data.CreateEnumerable<Result>(View(3), reuseRowObject: true);

        Assert.Single(rows.ToHashSet());
        Assert.Equal(["0", "1", "2"], rows.Select(row => row.Name));
    }

    [Fact]
    public void A_view_of_a_hundred_rows_comes_whole_and_in_order()
        => Assert.Equal(
            Enumerable.Range(0, 100).Select(number => $"{number}"),
            _context.Data.CreateEnumerable<Result>(View(100), reuseRowObject: false).Select(row => row.Name));

    // Witness: Model Builder's ModelOutput reads the key column Label into a uint without [KeyType].
    [Fact]
    public void A_key_is_read_into_a_plain_unsigned_integer()
    {
        IDataView source = _context.Data.LoadFromEnumerable([new { Label = "b" }, new { Label = "a" }]);
        IDataView view = _context.Transforms.Conversion.MapValueToKey("Label").Fit(source).Transform(source);

        Assert.Equal([1U, 2], _context.Data.CreateEnumerable<KeyResult>(view, reuseRowObject: false).Select(row => row.Label));
    }

    [Fact]
    public void Init_only_properties_are_written_and_readonly_fields_and_properties_left_alone()
    {
        ReadOnlyMembers row = _context.Data.CreateEnumerable<ReadOnlyMembers>(View(2), reuseRowObject: false, ignoreMissingColumns: true).Last();

        Assert.Equal("1", row.Text);
        Assert.Equal(7, row.Field);
    }

    [Fact]
    public void A_missing_column_is_an_error_unless_ignored()
    {
        var error = Assert.Throws<ArgumentException>(() => _context.Data.CreateEnumerable<WithMore>(View(1), reuseRowObject: false));
        Assert.Equal(
            "WithMore.More has no column 'More' to be read from; there are 'Text' (String), 'Pair' (Vector<Single, 2>). " +
            "Rename it with [ColumnName], leave it out with [NoColumn], or ignore missing columns. (Parameter 'schema')",
            error.Message);

        WithMore row = _context.Data.CreateEnumerable<WithMore>(View(1), reuseRowObject: false, ignoreMissingColumns: true).Single();
        Assert.Equal(5, row.More);
        Assert.Equal("0", row.Text);
    }

    [Fact]
    public void A_member_of_another_type_is_said_so_with_the_one_to_use()
    {
        AssertRefused<TextAsNumber>(
            "TextAsNumber.Text is a Single, column 'Text' is String: one cannot hold the other. Declare the member as String. (Parameter 'schema')");
        AssertRefused<PairAsDoubles>(
            "PairAsDoubles.Pair is a Double[], column 'Pair' is Vector<Single, 2>: one cannot hold the other. " +
            "Declare the member as Single[]. (Parameter 'schema')");

        void AssertRefused<T>(string message)
            where T : class, new()
            => Assert.Equal(message, Assert.Throws<ArgumentException>(() => _context.Data.CreateEnumerable<T>(View(1), false)).Message);
    }

    [Fact]
    public void A_column_read_as_another_type_is_said_so()
    {
        var error = Assert.Throws<ArgumentException>(() => View(1).GetColumn<int>("Text"));

        Assert.Equal("Column 'Text' is String, read as ReadOnlyMemory<Char>, not as Int32. (Parameter 'column')", error.Message);
    }

    private IDataView View(int count)
        => _context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(number => new Source { Text = $"{number}", Pair = [number, number + 1] }));

    private sealed class Source
    {
        public string Text { get; set; } = "";

        [VectorType(2)]
        public float[] Pair { get; set; } = [];
    }

    private sealed class Result
    {
        [ColumnName("Text")]
        public string Name { get; set; } = "";

        [ColumnName("Pair")]
        public float[] Scores = [];
    }

    private sealed class KeyResult
    {
        public uint Label { get; set; }
    }

    private sealed class ReadOnlyMembers
    {
        public readonly int Field = 7;

        public string Text { get; init; } = "";

        public int Computed => Field;
    }

    private sealed class WithMore
    {
        public string Text { get; set; } = "";

        public int More { get; set; } = 5;
    }

    private sealed class TextAsNumber
    {
        public float Text { get; set; }
    }

    private sealed class PairAsDoubles
    {
        public double[] Pair { get; set; } = [];
    }
}
