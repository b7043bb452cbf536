using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Adds columns that an ONNX model computes. Needs no data: fitting gives the transformer that holds the model, each time the same one.</summary>
/// <remarks>
/// <para>Columns are found by the names of the model's inputs, and called as its outputs, less a final <c>.output</c>. Element types must be
/// the model's: Single for float, and for float16 and bfloat16 too, which are converted; Byte for uint8, String for string, and so on. A key
/// column goes where its unsigned integers do, as they are stored (0 is missing).</para>
/// <para>A row is one entry along the model's first axis: where the file leaves that axis open, rows that are read together are computed in
/// one run, and an output <c>[N, 1000]</c> is a column of vectors <c>[1, 1000]</c>, as in ML.NET. Other open axes take their lengths from
/// the column's dimensions, the shape dictionary, or the row's number of elements where one axis is open. An output with such an axis is a
/// vector of any length.</para>
/// </remarks>
public sealed class OnnxScoringEstimator : TrivialEstimator<OnnxTransformer>
{
    internal OnnxScoringEstimator(OnnxTransformer transformer)
        : base(transformer)
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (OnnxPort input in Transformer.Inputs)
        {
            SchemaShape.Column column = inputSchema.Require(input.Name, nameof(OnnxScoringEstimator));
            BoundInput.CheckType(Transformer.ModelName, input, column.ItemType.RawType == input.Codec!.ItemType.RawType, column.ToString());
        }

        return inputSchema.With(Transformer.Outputs.Select(output =>
        {
            // Only a row of several entries changes an output's kind, and only a view's schema shows that.
            DataViewSchema.DetachedColumn column = output.ColumnOf(openFirstAxis: false);
            var builder = new DataViewSchema.Builder();
            builder.AddColumn(column.Name, column.Type, column.Annotations);
            return SchemaShape.Create(builder.ToSchema())[0];
        }));
    }
}
