using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>A model bound to the columns of one view.</summary>
internal sealed class OnnxMapping : BlockMapping
{
    private readonly OnnxModelOnColumns _model;
    private readonly BoundInput[] _inputs;

    internal OnnxMapping(DataViewSchema schema, OnnxModelOnColumns model, BoundInput[] inputs)
        : base(schema, model.Outputs.Select(output => output.ColumnOf(inputs.Any(input => input.OpensFirstAxis))))
    {
        _model = model;
        _inputs = inputs;
    }

    public override IEnumerable<int> InputsOf(int added) => _inputs.Select(input => input.Column.Index);

    public override BlockMap Open(ColumnSet added) => new OnnxBlockMap(_model, _inputs, added);
}
