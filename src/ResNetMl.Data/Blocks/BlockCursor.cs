namespace ResNetMl.Data;

/// <summary>Shows blocks as a cursor: row by row, values copied into the caller's variables.</summary>
internal sealed class BlockCursor(DataViewSchema schema, DataViewSchema.Column[] columns, BlockReader reader) : DataViewRowCursor
{
    private readonly bool[] _isActive = Active(schema, columns);
    private Block? _block;
    private int _row;
    private long _position = -1;
    private bool _ended;

    // The first row comes without waiting for others; the more a caller reads, the more is computed together.
    private int _nextRows = 1;

    public override long Position => _block is null ? -1 : _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => schema;

    public override bool MoveNext()
    {
        if (_ended)
        {
            return false;
        }

        if (_block is not null && _row + 1 < _block.RowCount)
        {
            _row++;
            _position++;
            return true;
        }

        _block = null;
        _block = reader.Read(_nextRows);
        _nextRows = Math.Min(_nextRows * 2, BlockView.DefaultBlockRows);
        _row = 0;
        _position++;
        _ended = _block is null;
        return !_ended;
    }

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        schema.Check(column);
        return _isActive[column.Index];
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        schema.Check(column);
        GetterCheck.TypeAndActivity<TValue>(column, _isActive[column.Index]);
        return (ref TValue value) => ValueCopy<TValue>.Copy(in Present().Values<TValue>(column.Index)[_row], ref value);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = Present().Ids[_row];

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
            _block = null;
            _ended = true;
        }

        base.Dispose(disposing);
    }

    private static bool[] Active(DataViewSchema schema, DataViewSchema.Column[] columns)
    {
        var isActive = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            isActive[column.Index] = true;
        }

        return isActive;
    }

    private Block Present() => _block
        ?? throw new InvalidOperationException("The cursor is at no row: it has not been moved to the first, or it is past the last.");
}
