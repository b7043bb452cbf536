using System.Diagnostics;

namespace ResNetMl.Data;

/// <summary>A view that never ends: each row read is the object that stands in <see cref="Current"/> at that moment.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal sealed class SingleRowView<TRow>(RowColumns<TRow> columns) : BlockView(columns.Schema)
    where TRow : class
{
    /// <summary>The object that the next row shows.</summary>
    public TRow? Current { get; set; }

    public override bool CanShuffle => false;

    internal override bool ServesExamples => true;

    public override long? GetRowCount() => null;

    protected override BlockReader Open(ColumnSet needed, Random? random) => new Reader(this, columns.NewCollector(needed));

    private sealed class Reader(SingleRowView<TRow> view, RowCollector<TRow> collector) : BlockReader
    {
        public override Block? Read(int maxRows)
        {
            Debug.Assert(view.Current is not null, "An example is set before it is read.");
            collector.Collect(view.Current, rowNumber: 0);
            return collector.Take();
        }
    }
}
