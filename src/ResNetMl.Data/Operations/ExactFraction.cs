namespace ResNetMl.Data;

/// <summary>Gives rows numbers in [0, 1) that are spread evenly over all rows, or over the rows of each class, so that shares come out exactly.</summary>
/// <remarks>
/// Of n rows in an order that the seed chooses, the one with rank r gets (r + ½)/n. Ranks need all rows: the first time a number is asked for,
/// the view's ids and the class column are read to the end and kept.
/// </remarks>
internal sealed class ExactFraction
{
    private readonly BlockView _view;
    private readonly DataViewSchema.Column? _class;
    private readonly Func<Block, int, double> _orderOf;
    private readonly Lazy<Dictionary<DataViewRowId, double>> _fractions;

    private ExactFraction(BlockView view, DataViewSchema.Column? classColumn, int seed)
    {
        _view = view;
        _class = classColumn;
        _orderOf = RowFraction.By(view, samplingKeyColumnName: null, seed).FractionOf;
        _fractions = new Lazy<Dictionary<DataViewRowId, double>>(Rank);
    }

    /// <summary>A function that gives rows their numbers.</summary>
    /// <param name="view">The view.</param>
    /// <param name="stratificationColumnName">The column of the class; null for one class of all rows.</param>
    /// <param name="seed">Chooses among the orders.</param>
    public static Func<Block, int, double> Of(BlockView view, string? stratificationColumnName, int seed)
    {
        if (stratificationColumnName is null)
        {
            return new ExactFraction(view, classColumn: null, seed).FractionOf;
        }

        DataViewSchema.Column column = view.Schema.GetColumnOrNull(stratificationColumnName) ?? throw new ArgumentException(
            $"There is no column '{stratificationColumnName}' to stratify by; there {view.Schema.Describe()}.", nameof(stratificationColumnName));
        return column.Type is PrimitiveDataViewType
            ? new ExactFraction(view, column, seed).FractionOf
            : throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}; rows are stratified by a text, number or key.", nameof(stratificationColumnName));
    }

    private double FractionOf(Block block, int row) => _fractions.Value.TryGetValue(block.Ids[row], out double fraction)
        ? fraction
        : throw new InvalidOperationException(
            "The view gives a row now that it did not give when it was split exactly, so no share can be kept. Cache the view before splitting it.");

    private Dictionary<DataViewRowId, double> Rank()
    {
        var rows = new Dictionary<string, List<(double Order, DataViewRowId Id)>>(StringComparer.Ordinal);
        using BlockReader reader = _view.OpenReader(_class is { } column ? [column] : []);
        while (reader.Read(BlockView.DefaultBlockRows) is { } block)
        {
            for (int row = 0; row < block.RowCount; row++)
            {
                string name = _class is { } known ? block.Column(known.Index).TextOf(row).ToString() : "";
                if (!rows.TryGetValue(name, out List<(double, DataViewRowId)>? members))
                {
                    rows[name] = members = [];
                }

                members.Add((_orderOf(block, row), block.Ids[row]));
            }
        }

        var fractions = new Dictionary<DataViewRowId, double>();
        foreach (List<(double Order, DataViewRowId Id)> members in rows.Values)
        {
            int rank = 0;
            foreach ((_, DataViewRowId id) in members.OrderBy(member => member.Order))
            {
                // Copies of one row, as a bootstrap sample has them, share an id and stay together.
                fractions.TryAdd(id, (rank++ + 0.5) / members.Count);
            }
        }

        return fractions;
    }
}
