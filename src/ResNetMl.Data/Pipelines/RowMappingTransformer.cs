namespace ResNetMl.Data;

/// <summary>A transformer that adds columns made from each row; deriving classes say which and how.</summary>
public abstract class RowMappingTransformer : ITransformer
{
    /// <summary>Always true: each row of the result is made from one row of the input.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Bind(inputSchema).OutputSchema;
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        BlockView view = BlockView.Of(input);
        return new MappedView(view, Bind(view.Schema));
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RowToRowMapper(Bind(inputSchema));
    }

    /// <summary>Finds the columns that are needed and says which are added.</summary>
    /// <param name="inputSchema">The columns of the input.</param>
    /// <exception cref="ArgumentException">A column that is needed is absent or of another type.</exception>
    protected abstract BlockMapping Bind(DataViewSchema inputSchema);

    /// <summary>A column that must be there.</summary>
    /// <param name="schema">The columns of the input.</param>
    /// <param name="name">The column's name.</param>
    /// <exception cref="ArgumentException">There is no such column; the message says who needs it and lists those there are.</exception>
    protected DataViewSchema.Column Require(DataViewSchema schema, string name)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.GetColumnOrNull(name)
            ?? throw new ArgumentException($"{GetType().Name} needs column '{name}'; there {schema.Describe()}.", nameof(schema));
    }
}
