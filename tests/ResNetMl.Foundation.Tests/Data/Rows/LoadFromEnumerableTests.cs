using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Rows;

public sealed class LoadFromEnumerableTests
{
    private readonly MLContext _context = new(seed: 1);

    // Witness: ML.NET's InMemoryImageData: readonly fields and a constructor, no default constructor.
    [Fact]
    public void Readonly_fields_of_a_class_without_default_constructor_become_columns()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new InMemoryImageData([1, 2], "cat", "cat.jpg")]);

        Assert.Equal(
            ["Image: Vector<Byte>", "Label: String", "ImageFileName: String"], view.Schema.Select(column => column.ToString()));
        Assert.Equal([[1, 2]], view.GetColumn<byte[]>("Image"));
        Assert.Equal(["cat"], view.GetColumn<string>("Label"));
        Assert.Equal(1, view.GetRowCount());
    }

    [Fact]
    public void Attributes_name_columns_and_give_lengths_and_key_counts()
    {
        IDataView view = _context.Data.LoadFromEnumerable(Array.Empty<Attributed>());

        Assert.Equal(
            [
                "Features: Vector<Single, 2, 3>", "Label: Key<UInt32, 0-4>", "Codes: Vector<Key<Byte, 0-254>>", "When: DateTime", "Took: TimeSpan",
                "Flag: Boolean", "Names: Vector<String>",
            ],
            view.Schema.Select(column => column.ToString()));
    }

    [Fact]
    public void Every_kind_of_member_is_served()
    {
        var row = new Attributed
        {
            Vector = [1, 2, 3, 4, 5, 6], Label = 5, Codes = new VBuffer<byte>(2, [1, 2]), When = new DateTime(2026, 1, 2), Took = TimeSpan.FromSeconds(3),
            Flag = true, Names = ["a", null],
        };
        IDataView view = _context.Data.LoadFromEnumerable([row]);

        Assert.Equal([[1, 2, 3, 4, 5, 6]], view.GetColumn<float[]>("Features"));
        Assert.Equal([5U], view.GetColumn<uint>("Label"));
        Assert.Equal([1, 2], view.GetColumn<VBuffer<byte>>("Codes").Single().DenseValues());
        Assert.Equal([new DateTime(2026, 1, 2)], view.GetColumn<DateTime>("When"));
        Assert.Equal([TimeSpan.FromSeconds(3)], view.GetColumn<TimeSpan>("Took"));
        Assert.Equal([true], view.GetColumn<bool>("Flag"));
        Assert.Equal([["a", ""]], view.GetColumn<string[]>("Names"));
    }

    // Witness: ML.NET, "lazily enumerated on every pass".
    [Fact]
    public void The_sequence_is_enumerated_anew_on_every_pass_and_not_before()
    {
        int passes = 0;
        IDataView view = _context.Data.LoadFromEnumerable(Rows());
        Assert.Equal(0, passes);

        Assert.Equal(["a"], view.GetColumn<string>("Text"));
        Assert.Equal(["a"], view.GetColumn<string>("Text"));

        Assert.Equal(2, passes);
        Assert.Null(view.GetRowCount());
        Assert.False(view.CanShuffle);

        IEnumerable<TextRow> Rows()
        {
            passes++;
            yield return new TextRow { Text = "a" };
        }
    }

    [Fact]
    public void A_row_object_that_the_caller_reuses_gives_each_rows_own_values()
    {
        IDataView view = _context.Data.LoadFromEnumerable(Rows());
        using BlockReader reader = BlockView.Of(view).OpenReader(view.Schema);

        Block block = reader.Read(3)!;

        Assert.Equal([[0], [1], [2]], block.Values<VBuffer<byte>>(0).ToArray().Select(vector => vector.DenseValues().ToArray()));

        static IEnumerable<Bytes> Rows()
        {
            var reused = new Bytes { Data = new byte[1] };
            for (byte value = 0; value < 3; value++)
            {
                reused.Data[0] = value;
                yield return reused;
            }
        }
    }

    [Fact]
    public void Null_texts_and_arrays_are_empty()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new InMemoryImageData(null!, null!, null!)]);

        Assert.Equal([""], view.GetColumn<string>("Label"));
        Assert.Equal([[]], view.GetColumn<byte[]>("Image"));
    }

    [Fact]
    public void A_derived_class_that_hides_a_member_counts_its_own()
    {
        IDataView view = _context.Data.LoadFromEnumerable([new Derived()]);

        Assert.Equal(["Value: Single"], view.Schema.Select(column => column.ToString()));
        Assert.Equal([2F], view.GetColumn<float>("Value"));
    }

    [Fact]
    public void A_schema_says_more_than_the_class()
    {
        IDataView source = _context.Data.LoadFromEnumerable([new { Label = "cat" }, new { Label = "dog" }]);
        IDataView keyed = _context.Transforms.Conversion.MapValueToKey("Label").Fit(source).Transform(source);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", keyed.Schema["Label"].Type, keyed.Schema["Label"].Annotations);

        IDataView view = _context.Data.LoadFromEnumerable([new { Label = 2U, Other = 1 }], builder.ToSchema());

        Assert.Equal(["Label: Key<UInt32, 0-1>", "Other: Int32"], view.Schema.Select(column => column.ToString()));
        Assert.True(view.Schema["Label"].HasKeyValues());
    }

    [Fact]
    public void A_schema_definition_can_be_changed()
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Bytes));
        definition["Data"].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, 2);
        definition["Data"].AddAnnotation("Unit", 3F, NumberDataViewType.Single);
        definition["Data"].ColumnName = "Renamed";

        IDataView view = _context.Data.LoadFromEnumerable([new Bytes { Data = [1, 2] }], definition);

        Assert.Equal(["Renamed: Vector<Byte, 2>"], view.Schema.Select(column => column.ToString()));
        float unit = 0;
        view.Schema["Renamed"].Annotations.GetValue("Unit", ref unit);
        Assert.Equal(3, unit);
        Assert.Equal(
            "There is no column 'x'; there are 'Renamed'.", Assert.Throws<KeyNotFoundException>(() => definition["x"]).Message);
    }

    [Fact]
    public void Values_that_their_column_does_not_allow_are_errors_of_their_row()
    {
        AssertRowError(
            new Attributed { Vector = [1], Label = 1 },
            "Row 1: Attributed.Vector has 1 elements; column 'Features' is Vector<Single, 2, 3>.");
        AssertRowError(
            new Attributed { Vector = new float[6], Label = 6 },
            "Row 1: Attributed.Label is key 6, above the 5 there are; column 'Label' is Key<UInt32, 0-4>.");

        IDataView withNull = _context.Data.LoadFromEnumerable([new TextRow(), null!]);
        Assert.Equal(
            "Row 1 is null; a row is an object, with empty members where something is missing.",
            Assert.Throws<InvalidOperationException>(() => withNull.GetColumn<string>("Text").Count()).Message);

        void AssertRowError(Attributed second, string message)
        {
            IDataView view = _context.Data.LoadFromEnumerable([new Attributed { Vector = new float[6] }, second]);
            var error = Assert.Throws<InvalidOperationException>(
                () => _context.Data.CreateEnumerable<Attributed>(view, reuseRowObject: false).Count());
            Assert.Equal(message, error.Message);
        }
    }

    [Fact]
    public void Members_that_cannot_be_columns_are_said_so()
    {
        AssertRefused<WithList>(
            "WithList.Items is a List<Int32>, which cannot be a column. Columns are numbers, bool, string, DateTime, DateTimeOffset, TimeSpan, arrays of these, " +
            "MLImage, or types with an attribute of their own; leave the member out with [NoColumn].");
        AssertRefused<VectorOnScalar>("VectorOnScalar.Value has [VectorType] but is a Single. Make it an array or remove the attribute.");
        AssertRefused<KeyOnFloat>("KeyOnFloat.Value has [KeyType] but is a Single. Keys are byte, ushort, uint or ulong.");
        AssertRefused<SameColumnTwice>(
            "SameColumnTwice has two members for column 'X'. Give one of them another [ColumnName], or [NoColumn]. (Parameter 'userType')");

        SchemaDefinition absent = [new SchemaDefinition.Column("Absent", NumberDataViewType.Single, "A")];
        Assert.Equal(
            "TextRow has no public member 'Absent' to read column 'A' from. (Parameter 'definition')",
            Assert.Throws<ArgumentException>(() => _context.Data.LoadFromEnumerable(Array.Empty<TextRow>(), absent)).Message);
        SchemaDefinition other = [new SchemaDefinition.Column("Text", NumberDataViewType.Single)];
        Assert.Equal(
            "TextRow.Text is a String, its column 'Text' Single: one cannot hold the other. (Parameter 'definition')",
            Assert.Throws<ArgumentException>(() => _context.Data.LoadFromEnumerable(Array.Empty<TextRow>(), other)).Message);

        void AssertRefused<T>(string message)
            where T : class
            => Assert.Equal(message, Assert.Throws<ArgumentException>(() => _context.Data.LoadFromEnumerable(Array.Empty<T>())).Message);
    }

    private sealed class InMemoryImageData(byte[] image, string label, string imageFileName)
    {
        public readonly byte[] Image = image;
        public readonly string Label = label;
        public readonly string ImageFileName = imageFileName;
    }

    private sealed class Attributed
    {
        [ColumnName("Features"), VectorType(2, 3)]
        public float[] Vector = [];

        [KeyType(5)]
        public uint Label;

        [KeyType]
        public VBuffer<byte> Codes;

        public DateTime When;
        public TimeSpan Took;

        [LoadColumn(4)]
        public bool Flag { get; set; }

        public string?[]? Names { get; set; }

        [NoColumn]
        public List<int> Ignored { get; set; } = [];

        public static int Shared { get; set; }

        public int this[int index] => index;
    }

    private class Base
    {
        public int Value { get; } = 1;
    }

    private sealed class Derived : Base
    {
        public new float Value { get; } = 2;
    }

    private sealed class Bytes
    {
        public byte[] Data { get; set; } = [];
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }

    private sealed class WithList
    {
        public List<int> Items { get; set; } = [];
    }

    private sealed class VectorOnScalar
    {
        [VectorType(3)]
        public float Value { get; set; }
    }

    private sealed class KeyOnFloat
    {
        [KeyType(3)]
        public float Value { get; set; }
    }

    private sealed class SameColumnTwice
    {
        [ColumnName("X")]
        public float First { get; set; }

        [ColumnName("X")]
        public float Second { get; set; }
    }
}
