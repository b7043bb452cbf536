using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>y = x·weightᵀ + bias, on row-major matrices.</summary>
internal sealed unsafe class PlanLinear : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly LinearOperation _operation;
    private readonly MemoryDescriptor _plainWeight;
    private readonly MemoryDescriptor? _bias;
    private readonly PlanArray _x;
    private readonly Primitive _forward;
    private readonly string _what;

    internal PlanLinear(PlanBuilder builder, LinearOperation operation)
    {
        _builder = builder;
        _operation = operation;
        Linear layer = operation.Layer;
        _what = $"{operation.Name} {builder.ShapeOf(operation.Inputs[0])} → {builder.ShapeOf(operation.Output)}";
        _plainWeight = MemoryDescriptor.Of([layer.OutFeatures, layer.InFeatures], FormatTag.Matrix);
        _bias = operation.Bias is null ? null : MemoryDescriptor.Of([layer.OutFeatures], FormatTag.Vector);
        _x = builder.Read(operation.Inputs[0]);
        PlanArray y = builder.Write(operation.Output);

        // Training reads the master weights as they are: no reorder on every step. Scoring reorders once.
        MemoryDescriptor weightLayout = builder.IsTraining
            ? _plainWeight
            : MemoryDescriptor.Of([layer.OutFeatures, layer.InFeatures], FormatTag.Any);
        Propagation propagation = builder.IsTraining ? Propagation.ForwardTraining : Propagation.ForwardInference;
        _forward = builder.Choose(
            () => builder.Factory.InnerProduct(propagation, _x.Memory.Layout, weightLayout, _bias, y.Memory.Layout, _what),
            () => builder.Factory.InnerProduct(propagation, _x.Memory.Layout, _plainWeight, _bias, y.Memory.Layout, _what));
        Memory weight = builder.WeightAs(operation.Weight, _plainWeight, _forward.Layout(MemoryRole.Weights), builder.Forward);
        BoundPrimitive bound = _bias is null
            ? builder.Bind(_forward, (ArgumentKind.Source, _x.Memory), (ArgumentKind.Weights, weight), (ArgumentKind.Destination, y.Memory))
            : builder.Bind(
                _forward,
                (ArgumentKind.Source, _x.Memory),
                (ArgumentKind.Weights, weight),
                (ArgumentKind.Bias, builder.NewMemory(_bias, builder.AddressOf(operation.Bias!))),
                (ArgumentKind.Destination, y.Memory));
        builder.AddPrimitive(builder.Forward, "linear", bound);
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        GradientPart output = gradients.Take(_operation.Output);
        if (!_operation.IsFrozen)
        {
            AddBackwardWeights(gradients.Works, output.Array);
        }

        int input = _operation.Inputs[0];
        if (gradients.IsNeeded(input))
        {
            GradientPart part = gradients.New(input);
            AddBackwardData(gradients.Works, output.Array, part.Array);
            gradients.Give(input, part);
        }

        gradients.Release(output);
    }

    private void AddBackwardWeights(WorkList works, PlanArray outputGradient)
    {
        Primitive primitive = _builder.Choose(() => _builder.Factory.InnerProductBackwardWeights(
            _x.Memory.Layout, _plainWeight, _bias, outputGradient.Memory.Layout, _forward, $"{_what} backward weights"));
        Memory weightGradient = _builder.NewMemory(_plainWeight, _builder.GradientAddressOf(_operation.Weight));
        BoundPrimitive bound = _bias is null
            ? _builder.Bind(
                primitive,
                (ArgumentKind.Source, _x.Memory),
                (ArgumentKind.DestinationGradient, outputGradient.Memory),
                (ArgumentKind.WeightsGradient, weightGradient))
            : _builder.Bind(
                primitive,
                (ArgumentKind.Source, _x.Memory),
                (ArgumentKind.DestinationGradient, outputGradient.Memory),
                (ArgumentKind.WeightsGradient, weightGradient),
                (ArgumentKind.BiasGradient, _builder.NewMemory(_bias, _builder.GradientAddressOf(_operation.Bias!))));
        _builder.AddPrimitive(works, "linear backward weights", bound);
    }

    private void AddBackwardData(WorkList works, PlanArray outputGradient, PlanArray inputGradient)
    {
        Primitive primitive = _builder.Choose(() => _builder.Factory.InnerProductBackwardData(
            inputGradient.Memory.Layout, _plainWeight, outputGradient.Memory.Layout, _forward, $"{_what} backward data"));
        Memory weight = _builder.WeightAs(_operation.Weight, _plainWeight, primitive.Layout(MemoryRole.Weights), works);
        _builder.AddPrimitive(works, "linear backward data", _builder.Bind(
            primitive,
            (ArgumentKind.DestinationGradient, outputGradient.Memory),
            (ArgumentKind.Weights, weight),
            (ArgumentKind.SourceGradient, inputGradient.Memory)));
    }
}
