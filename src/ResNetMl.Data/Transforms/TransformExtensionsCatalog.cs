using ResNetMl.Data;
using ResNetMl.Transforms;

namespace ResNetMl;

/// <summary>Estimators that join columns, leave them out, or compute them with the program's own code.</summary>
public static class TransformExtensionsCatalog
{
    /// <summary>Puts values and vectors of several columns into one vector.</summary>
    /// <inheritdoc cref="ColumnConcatenatingTransformer" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnNames">The columns to read, in the order of the elements; none for the column of the output's name.</param>
    public static ColumnConcatenatingEstimator Concatenate(
        this TransformsCatalog catalog, string outputColumnName, params string[] inputColumnNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        return new ColumnConcatenatingEstimator(outputColumnName, inputColumnNames is { Length: > 0 } ? Names(inputColumnNames) : [outputColumnName]);
    }

    /// <summary>Leaves columns out of a view, and what they hide.</summary>
    /// <inheritdoc cref="ColumnSelectingTransformer" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columnNames">The columns to leave out, at least one.</param>
    public static ColumnSelectingEstimator DropColumns(this TransformsCatalog catalog, params string[] columnNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ColumnSelectingEstimator(Names(columnNames), drops: true, keepHidden: false);
    }

    /// <summary>Leaves all columns out of a view but some.</summary>
    /// <inheritdoc cref="ColumnSelectingTransformer" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columnNames">The columns to keep, in their new order; at least one.</param>
    public static ColumnSelectingEstimator SelectColumns(this TransformsCatalog catalog, params string[] columnNames)
        => catalog.SelectColumns(columnNames, keepHidden: false);

    /// <inheritdoc cref="SelectColumns(TransformsCatalog, string[])"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columnNames">The columns to keep, in their new order; at least one.</param>
    /// <param name="keepHidden">Whether columns that these hide are kept too.</param>
    public static ColumnSelectingEstimator SelectColumns(this TransformsCatalog catalog, string[] columnNames, bool keepHidden)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ColumnSelectingEstimator(Names(columnNames), drops: false, keepHidden);
    }

    /// <summary>Turns the values of a column into values of another type.</summary>
    /// <inheritdoc cref="TypeConvertingTransformer" path="/remarks"/>
    /// <param name="catalog">The context's conversions.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to read; null for the same name, which the new column then hides.</param>
    /// <param name="outputKind">The type to make.</param>
    public static TypeConvertingEstimator ConvertType(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName, string? inputColumnName = null,
        DataKind outputKind = DataKind.Single)
        => catalog.ConvertType([new InputOutputColumnPair(outputColumnName, inputColumnName)], outputKind);

    /// <inheritdoc cref="ConvertType(TransformsCatalog.ConversionTransforms, string, string, DataKind)"/>
    /// <param name="catalog">The context's conversions.</param>
    /// <param name="columns">The columns to read and to make.</param>
    /// <param name="outputKind">The type to make.</param>
    public static TypeConvertingEstimator ConvertType(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns, DataKind outputKind = DataKind.Single)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(columns);
        return new TypeConvertingEstimator([.. columns], outputKind);
    }

    /// <summary>Adds columns that a delegate makes from each row.</summary>
    /// <inheritdoc cref="CustomMappingTransformer{TSrc, TDst}" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="mapAction">Reads its first argument and sets the members of its second.</param>
    /// <param name="contractName">The name that a factory in the program has for this code; null where the model is never saved.</param>
    /// <param name="inputSchemaDefinition">Which members are read from columns; null for all.</param>
    /// <param name="outputSchemaDefinition">Which members become columns; null for all.</param>
    /// <typeparam name="TSrc">What the delegate reads.</typeparam>
    /// <typeparam name="TDst">What it writes.</typeparam>
    public static CustomMappingEstimator<TSrc, TDst> CustomMapping<TSrc, TDst>(
        this TransformsCatalog catalog, Action<TSrc, TDst> mapAction, string? contractName,
        SchemaDefinition? inputSchemaDefinition = null, SchemaDefinition? outputSchemaDefinition = null)
        where TSrc : class, new()
        where TDst : class, new()
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(mapAction);
        return new CustomMappingEstimator<TSrc, TDst>(
            new CustomMappingTransformer<TSrc, TDst>(mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition));
    }

    private static string[] Names(string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (string name in names)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(names));
        }

        return names.Length > 0 ? [.. names] : throw new ArgumentException("Name at least one column.", nameof(names));
    }
}
