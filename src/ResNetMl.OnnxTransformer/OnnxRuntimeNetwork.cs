using Microsoft.ML.OnnxRuntime;
using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Transforms.Onnx;

/// <summary>A network in a session of ONNX Runtime, which all plans share.</summary>
internal sealed class OnnxRuntimeNetwork : PreparedNetwork
{
    private readonly NetworkDefinition _definition;
    private readonly OnnxRuntimeModel _model;
    private volatile bool _isDisposed;

    /// <param name="definition">The network.</param>
    /// <param name="bytes">The same as an ONNX model: its inputs and outputs in the definition's order, the batch symbolic.</param>
    /// <param name="options">Threads.</param>
    internal OnnxRuntimeNetwork(NetworkDefinition definition, byte[] bytes, CompileOptions options)
    {
        _definition = definition;
        _model = OnnxRuntimeModel.Load(bytes, new OnnxRuntimeOptions { Threads = options.Threads }, definition.Name);
    }

    public override ScoringPlan CreatePlan(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new BatchPlan(_model, _definition, batchSize);
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _model.Dispose();
    }

    private sealed class BatchPlan : ScoringPlan
    {
        private readonly OnnxRuntimeModel _model;
        private readonly (string Name, Shape Shape)[] _inputs;
        private readonly string[] _outputNames;
        private readonly Tensor[] _outputs;
        private readonly OrtValue[] _outputValues;
        private bool _isDisposed;

        internal BatchPlan(OnnxRuntimeModel model, NetworkDefinition definition, int batchSize)
        {
            _model = model;
            BatchSize = batchSize;
            _inputs = [.. definition.Inputs.Select(input => (input.Name, input.Shape.With(0, batchSize)))];
            _outputNames = [.. model.Outputs.Select(output => output.Name)];
            _outputs = [.. definition.Outputs.Select(output => new Tensor(definition.ShapeOf(output).With(0, batchSize)))];
            _outputValues = [.. _outputs.Select(OnnxRuntimeModel.Wrap)];
        }

        public override int BatchSize { get; }

        public override IReadOnlyList<Tensor> Outputs => _outputs;

        public override Tensor Run(params ReadOnlySpan<Tensor> inputs)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (inputs.Length != _inputs.Length)
            {
                throw new ArgumentException($"The plan has {_inputs.Length} inputs, got {inputs.Length}.", nameof(inputs));
            }

            for (int i = 0; i < inputs.Length; i++)
            {
                (string name, Shape shape) = _inputs[i];
                if (inputs[i].Shape != shape || inputs[i].ElementType != ElementType.Float32)
                {
                    throw new ArgumentException(
                        $"{name}: expected Float32 {shape}, got {inputs[i]}. A plan runs batches of the size it was created for.", nameof(inputs));
                }
            }

            _model.Run(inputs, _outputNames, _outputValues);
            return _outputs[0];
        }

        protected override void Dispose(bool disposing)
        {
            if (!_isDisposed && disposing)
            {
                _isDisposed = true;
                foreach (OrtValue value in _outputValues)
                {
                    value.Dispose();
                }
            }
        }
    }
}
