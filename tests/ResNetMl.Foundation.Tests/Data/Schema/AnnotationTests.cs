using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Schema;

public sealed class AnnotationTests
{
    [Fact]
    public void Key_values_and_slot_names_are_read_from_a_column()
    {
        DataViewSchema.Column column = ColumnWith(builder =>
        {
            builder.AddKeyValues(["cat", "dog"]);
            builder.AddSlotNames(["score of cat", "score of dog"]);
        });

        VBuffer<ReadOnlyMemory<char>> keys = default;
        column.GetKeyValues(ref keys);
        VBuffer<ReadOnlyMemory<char>> slots = default;
        column.GetSlotNames(ref slots);

        Assert.True(column.HasKeyValues());
        Assert.Equal(["cat", "dog"], keys.DenseValues().Select(value => value.ToString()));
        Assert.Equal(["score of cat", "score of dog"], slots.DenseValues().Select(value => value.ToString()));
        Assert.Equal("{KeyValues: Vector<String, 2>, SlotNames: Vector<String, 2>}", column.Annotations.ToString());
    }

    [Fact]
    public void A_value_handed_out_is_the_callers_own()
    {
        DataViewSchema.Column column = ColumnWith(builder => builder.AddKeyValues(["cat", "dog"]));
        VBuffer<ReadOnlyMemory<char>> first = default;
        column.GetKeyValues(ref first);
        VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.CreateFromBuffer(ref first);
        editor.Values[0] = "bird".AsMemory();

        VBuffer<ReadOnlyMemory<char>> second = default;
        column.GetKeyValues(ref second);

        Assert.Equal("cat", second.GetItemOrDefault(0).ToString());
    }

    [Fact]
    public void Absent_annotations_are_said_so_and_absent_slot_names_are_none()
    {
        DataViewSchema.Column column = ColumnWith(_ => { });
        VBuffer<ReadOnlyMemory<char>> values = new(1, ["x".AsMemory()]);

        Assert.False(column.HasKeyValues());
        var error = Assert.Throws<InvalidOperationException>(() => column.GetKeyValues(ref values));
        Assert.Equal("There is no annotation 'KeyValues'; there are none.", error.Message);
        column.GetSlotNames(ref values);
        Assert.Equal(0, values.Length);
    }

    [Fact]
    public void An_annotation_of_another_type_is_said_so()
    {
        DataViewSchema.Column column = ColumnWith(builder => builder.AddKeyValues(["cat"]));
        VBuffer<float> numbers = default;

        var error = Assert.Throws<InvalidOperationException>(() => column.GetKeyValues(ref numbers));

        Assert.Equal(
            "Annotation 'KeyValues' is Vector<String, 1>, read as VBuffer<ReadOnlyMemory<Char>>, not as VBuffer<Single>.", error.Message);
    }

    [Fact]
    public void A_single_value_and_a_selection_of_anothers_annotations_can_be_added()
    {
        DataViewSchema.Column first = ColumnWith(builder =>
        {
            builder.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
            builder.AddKeyValues(["cat"]);
        });
        DataViewSchema.Column second = ColumnWith(builder =>
        {
            builder.Add(first.Annotations, kind => kind == "IsNormalized");
            builder.Add(null, _ => true);
        });

        bool isNormalized = false;
        second.Annotations.GetValue("IsNormalized", ref isNormalized);

        Assert.True(isNormalized);
        Assert.False(second.HasKeyValues());
    }

    [Fact]
    public void A_getter_of_another_type_and_a_taken_name_are_wrong_usage()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddKeyValues(["cat"]);

        var type = Assert.Throws<ArgumentException>(
            () => builder.Add("Count", NumberDataViewType.Single, (ref double value) => value = 1));
        Assert.Equal("Annotation 'Count' is Single, read as Single, but its getter serves Double. (Parameter 'getter')", type.Message);
        var taken = Assert.Throws<ArgumentException>(() => builder.AddKeyValues(["dog"]));
        Assert.Equal("There already is an annotation 'KeyValues'. (Parameter 'name')", taken.Message);
    }

    private static DataViewSchema.Column ColumnWith(Action<DataViewSchema.Annotations.Builder> add)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        add(annotations);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", new KeyDataViewType(typeof(uint), 2), annotations.ToAnnotations());
        return builder.ToSchema()[0];
    }
}
