using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Transforms;

namespace ResNetMl;

/// <summary>Estimators that turn values into keys and back, and that copy columns.</summary>
public static class ConversionsExtensionsCatalog
{
    /// <summary>Numbers the values that occur in a column: a key for each, from 1; missing and unknown values become 0.</summary>
    /// <inheritdoc cref="ValueToKeyMappingEstimator" path="/remarks"/>
    /// <param name="catalog">The context's conversions.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to read; null for the same name, which the new column then hides.</param>
    /// <param name="maximumNumberOfKeys">Values after so many different ones become 0, and a warning says so.</param>
    /// <param name="keyOrdinality">In which order values are numbered.</param>
    /// <param name="addKeyValueAnnotationsAsText">Whether <see cref="AnnotationKinds.KeyValues"/> are texts whatever the values are.</param>
    /// <param name="keyData">A view whose one column lists the values in the order of their keys; null to learn them.</param>
    public static ValueToKeyMappingEstimator MapValueToKey(
        this TransformsCatalog.ConversionTransforms catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int maximumNumberOfKeys = ValueToKeyMappingEstimator.DefaultMaximumNumberOfKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false,
        IDataView? keyData = null)
        => catalog.MapValueToKey(
            [new InputOutputColumnPair(outputColumnName, inputColumnName)], maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText, keyData);

    /// <summary>Numbers the values of several columns, each on its own.</summary>
    /// <inheritdoc cref="MapValueToKey(TransformsCatalog.ConversionTransforms, string, string, int, ValueToKeyMappingEstimator.KeyOrdinality, bool, IDataView)"/>
    /// <param name="columns">The columns to read and to make.</param>
    /// <param name="catalog">The context's conversions.</param>
    /// <param name="maximumNumberOfKeys">Values after so many different ones become 0, and a warning says so.</param>
    /// <param name="keyOrdinality">In which order values are numbered.</param>
    /// <param name="addKeyValueAnnotationsAsText">Whether <see cref="AnnotationKinds.KeyValues"/> are texts whatever the values are.</param>
    /// <param name="keyData">A view whose one column lists the values in the order of their keys; null to learn them.</param>
    public static ValueToKeyMappingEstimator MapValueToKey(
        this TransformsCatalog.ConversionTransforms catalog,
        InputOutputColumnPair[] columns,
        int maximumNumberOfKeys = ValueToKeyMappingEstimator.DefaultMaximumNumberOfKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false,
        IDataView? keyData = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(columns);
        return new ValueToKeyMappingEstimator(
            ((ICatalog)catalog).Environment, columns, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText, keyData);
    }

    /// <summary>Turns keys back into what they stand for; 0 becomes the missing value.</summary>
    /// <inheritdoc cref="KeyToValueMappingEstimator" path="/remarks"/>
    /// <param name="catalog">The context's conversions.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to read; null for the same name, which the new column then hides.</param>
    public static KeyToValueMappingEstimator MapKeyToValue(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName, string? inputColumnName = null)
        => catalog.MapKeyToValue([new InputOutputColumnPair(outputColumnName, inputColumnName)]);

    /// <inheritdoc cref="MapKeyToValue(TransformsCatalog.ConversionTransforms, string, string)"/>
    /// <param name="catalog">The context's conversions.</param>
    /// <param name="columns">The columns to read and to make.</param>
    public static KeyToValueMappingEstimator MapKeyToValue(this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(columns);
        return new KeyToValueMappingEstimator(columns);
    }

    /// <summary>Makes a column with the values and annotations of another.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to copy.</param>
    public static ColumnCopyingEstimator CopyColumns(this TransformsCatalog catalog, string outputColumnName, string inputColumnName)
        => catalog.CopyColumns(new InputOutputColumnPair(outputColumnName, inputColumnName));

    /// <summary>Makes columns with the values and annotations of others.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columns">The columns to copy and to make.</param>
    public static ColumnCopyingEstimator CopyColumns(this TransformsCatalog catalog, params InputOutputColumnPair[] columns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(columns);
        return new ColumnCopyingEstimator(columns);
    }
}
