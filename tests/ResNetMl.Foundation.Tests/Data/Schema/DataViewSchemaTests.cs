using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Schema;

public sealed class DataViewSchemaTests
{
    // Witness: ML.NET, hidden (shadowed) columns keep their positions; the indexer by name finds the last.
    [Fact]
    public void A_later_column_of_the_same_name_hides_the_earlier_which_keeps_its_position()
    {
        DataViewSchema schema = Schema(("Label", TextDataViewType.Instance), ("Path", TextDataViewType.Instance), ("Label", NumberDataViewType.UInt32));

        Assert.Equal(3, schema.Count);
        Assert.Equal([true, false, false], schema.Select(column => column.IsHidden));
        Assert.Equal([0, 1, 2], schema.Select(column => column.Index));
        Assert.Equal(2, schema["Label"].Index);
        Assert.Equal(NumberDataViewType.UInt32, schema["Label"].Type);
        Assert.Equal(TextDataViewType.Instance, schema[0].Type);
        Assert.Equal("3 columns {Label: String (hidden), Path: String, Label: UInt32}", schema.ToString());
    }

    [Fact]
    public void GetColumnOrNull_gives_null_for_an_unknown_name_and_the_indexer_lists_the_known()
    {
        DataViewSchema schema = Schema(("Label", TextDataViewType.Instance), ("Score", new VectorDataViewType(NumberDataViewType.Single, 3)));

        Assert.Null(schema.GetColumnOrNull("label"));
        Assert.Equal(1, schema.GetColumnOrNull("Score")!.Value.Index);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => schema["label"]);
        Assert.Equal("There is no column 'label'; there are 'Label' (String), 'Score' (Vector<Single, 3>). (Parameter 'name')", error.Message);
        Assert.Equal(
            "There is no column 'x'; there are none. (Parameter 'name')", Assert.Throws<ArgumentOutOfRangeException>(() => Schema()["x"]).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => schema[2]);
        Assert.Throws<ArgumentException>(() => schema.GetColumnOrNull(""));
    }

    [Fact]
    public void Columns_are_equal_when_place_name_type_and_annotations_are()
    {
        DataViewSchema schema = Schema(("A", TextDataViewType.Instance), ("B", TextDataViewType.Instance));

        Assert.True(schema["A"] == schema[0]);
        Assert.True(schema[0] != schema[1]);
        Assert.Equal(schema[0], new MLContext().Data.TakeRows(new MLContext().Data.LoadFromEnumerable([new { A = "", B = "" }]), 1).Schema["A"]);
    }

    [Fact]
    public void A_builder_copies_columns_with_type_and_annotations()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddSlotNames(["x", "y"]);
        var first = new DataViewSchema.Builder();
        first.AddColumn("V", new VectorDataViewType(NumberDataViewType.Single, 2), annotations.ToAnnotations());
        var second = new DataViewSchema.Builder();
        second.AddColumns(first.ToSchema());
        second.AddColumns([new DataViewSchema.DetachedColumn("W", BooleanDataViewType.Instance)]);

        DataViewSchema schema = second.ToSchema();

        Assert.Equal(["V", "W"], schema.Select(column => column.Name));
        Assert.True(schema["V"].HasSlotNames());
        Assert.False(schema["W"].HasSlotNames());
    }

    internal static DataViewSchema Schema(params (string Name, DataViewType Type)[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach ((string name, DataViewType type) in columns)
        {
            builder.AddColumn(name, type);
        }

        return builder.ToSchema();
    }
}
