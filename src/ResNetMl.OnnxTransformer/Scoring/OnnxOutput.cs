using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>An output of the model and the column it becomes.</summary>
/// <param name="Port">The output.</param>
/// <param name="SlotNames">What the elements of a row are called; null where the file does not say.</param>
internal sealed record OnnxOutput(OnnxPort Port, IReadOnlyList<string>? SlotNames)
{
    private const string Suffix = ".output";

    /// <summary>The column's name: the output's, less the suffix that ML.NET's exporter adds.</summary>
    internal string ColumnName => Port.Name.EndsWith(Suffix, StringComparison.Ordinal) && Port.Name.Length > Suffix.Length ? Port.Name[..^Suffix.Length] : Port.Name;

    internal DataViewSchema.DetachedColumn ColumnOf(bool openFirstAxis)
    {
        DataViewType type = Port.ColumnType(openFirstAxis);
        var annotations = new DataViewSchema.Annotations.Builder();
        if (SlotNames is not null && type is VectorDataViewType vector && vector.Size == SlotNames.Count)
        {
            annotations.AddSlotNames(SlotNames);
        }

        return new DataViewSchema.DetachedColumn(ColumnName, type, annotations.ToAnnotations());
    }
}

/// <summary>A model with the inputs that are read and the outputs that are computed.</summary>
/// <param name="Session">The model made ready.</param>
/// <param name="Inputs">The inputs, each from the column of its name.</param>
/// <param name="Outputs">The outputs, in the order of the columns they become.</param>
/// <param name="Gate">Whether rows may be computed together.</param>
/// <param name="MaximumBatchRows">How many; null for as many as there are.</param>
internal sealed record OnnxModelOnColumns(
    OnnxSession Session, IReadOnlyList<OnnxPort> Inputs, IReadOnlyList<OnnxOutput> Outputs, BatchGate Gate, int? MaximumBatchRows);
