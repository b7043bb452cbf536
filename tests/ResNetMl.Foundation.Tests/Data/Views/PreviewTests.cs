using ResNetMl.Data;
using ResNetMl.Foundation.Tests.Data.Operations;

namespace ResNetMl.Foundation.Tests.Data.Views;

public sealed class PreviewTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_preview_shows_the_first_rows_by_row_and_by_column()
    {
        DataDebuggerPreview preview = NumberRows.List(_context, 500).Preview();

        Assert.Equal("2 columns, 100 rows", preview.ToString());
        Assert.Equal(["Number: Int32", "Group: String"], preview.ColumnView.Select(column => column.ToString()));
        Assert.Equal(Enumerable.Range(0, 100), preview.ColumnView[0].Values.Cast<int>());
        Assert.Equal("2 columns", preview.RowView[7].ToString());
        Assert.Equal([KeyValuePair.Create("Number", "7"), KeyValuePair.Create("Group", "group 1")], Texts(preview.RowView[7]));
        Assert.Equal("group 19", preview.ColumnView[1].Values[99].ToString());
        Assert.Equal(preview.Schema["Group"], preview.ColumnView[1].Column);
    }

    [Fact]
    public void No_rows_beyond_those_shown_are_computed()
    {
        int produced = 0;

        DataDebuggerPreview preview = _context.Data.LoadFromEnumerable(Endless()).Preview(maxRows: 40);

        Assert.Equal(40, preview.RowView.Length);
        Assert.Equal(40, produced);
        Assert.Empty(_context.Data.LoadFromEnumerable(Endless()).Preview(maxRows: 0).RowView);
        Assert.Equal(40, produced);

        IEnumerable<NumberRow> Endless()
        {
            while (true)
            {
                yield return new NumberRow { Number = produced++ };
            }
        }
    }

    [Fact]
    public void Fewer_rows_than_asked_for_are_all_shown_and_an_empty_view_has_its_columns()
    {
        Assert.Equal(3, NumberRows.Sequence(_context, 3).Preview().RowView.Length);
        Assert.Equal("2 columns, 0 rows", NumberRows.List(_context, 0).Preview().ToString());
        Assert.Equal(2, NumberRows.List(_context, 0).Preview().ColumnView.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => NumberRows.List(_context, 3).Preview(maxRows: -1));
    }

    [Fact]
    public void A_transformer_is_previewed_on_a_view_and_hidden_columns_keep_their_places()
    {
        IDataView view = NumberRows.List(_context, 9);
        ITransformer copying = _context.Transforms.CopyColumns("Group", "Number").Fit(view);

        DataDebuggerPreview preview = copying.Preview(view, maxRows: 6);

        Assert.Equal(["Number", "Group", "Group"], preview.RowView[5].Values.Select(value => value.Key));
        Assert.Equal(["5", "group 1", "5"], Texts(preview.RowView[5]).Select(value => value.Value));
        Assert.Equal([false, true, false], preview.ColumnView.Select(column => column.Column.IsHidden));
    }

    // Fitted on 10 rows, the estimator has seen the groups of rows 0 to 9; later ones are missing: key 0.
    [Fact]
    public void An_estimator_is_fitted_on_the_first_training_rows_alone()
    {
        IDataView view = NumberRows.List(_context, 30);

        DataDebuggerPreview preview = _context.Transforms.Conversion.MapValueToKey("Key", "Group").Preview(view, maxRows: 12, maxTrainingRows: 10);

        Assert.Equal<uint>([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 0], preview.ColumnView[2].Values.Cast<uint>());
    }

    [Fact]
    public void Vectors_shown_are_the_previews_own()
    {
        float[] pixels = [1, 2, 3];
        IDataView view = _context.Data.Cache(_context.Data.LoadFromEnumerable([new { Pixels = pixels }]));

        var shown = (VBuffer<float>)view.Preview().ColumnView[0].Values[0];
        VBufferEditor<float> editor = VBufferEditor.CreateFromBuffer(ref shown);
        editor.Values[0] = 9;

        Assert.Equal([[1, 2, 3]], view.GetColumn<float[]>("Pixels"));
    }

    private static IEnumerable<KeyValuePair<string, string>> Texts(DataDebuggerPreview.RowInfo row)
        => row.Values.Select(value => KeyValuePair.Create(value.Key, $"{value.Value}"));
}
