using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Blocks;

/// <summary>A view as a user of ML.NET writes one: a cursor, no blocks. Row n is (Number n, Text "n", Pair [n, −n]).</summary>
internal sealed class ForeignNumbers(int count) : IDataView
{
    public DataViewSchema Schema { get; } = Data.Schema.DataViewSchemaTests.Schema(
        ("Number", NumberDataViewType.Int32), ("Text", TextDataViewType.Instance), ("Pair", new VectorDataViewType(NumberDataViewType.Single, 2)));

    public bool CanShuffle => false;

    public int OpenCursors { get; private set; }

    public List<string[]> Requests { get; } = [];

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Assert.Null(rand);
        OpenCursors++;
        Requests.Add([.. columnsNeeded.Select(column => column.Name)]);
        return new Cursor(this, count);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(ForeignNumbers view, int count) : DataViewRowCursor
    {
        private long _position = -1;

        public override long Position => _position < count ? _position : -1;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public override bool MoveNext() => ++_position < count;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 7);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Index switch
            {
                0 => (ValueGetter<int>)((ref int value) => value = (int)_position),
                1 => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = $"{_position}".AsMemory()),
                _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
                {
                    VBufferEditor<float> editor = VBufferEditor.Create(ref value, 2);
                    editor.Values[0] = _position;
                    editor.Values[1] = -_position;
                    value = editor.Commit();
                }),
            };
            return (ValueGetter<TValue>)getter;
        }

        protected override void Dispose(bool disposing)
        {
            view.OpenCursors--;
            base.Dispose(disposing);
        }
    }
}
