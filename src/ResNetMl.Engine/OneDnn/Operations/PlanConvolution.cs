using ResNetMl.Engine.General;
using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Convolution, with bias, addition and activation in the same primitive.</summary>
internal sealed unsafe class PlanConvolution : PlanOperation
{
    private readonly PlanBuilder _builder;
    private readonly ConvolutionOperation _operation;
    private readonly Conv2d _layer;
    private readonly MemoryDescriptor _plainWeight;
    private readonly MemoryDescriptor _anyWeight;
    private readonly MemoryDescriptor? _bias;
    private readonly MemoryDescriptor _sourceLayout;
    private readonly Memory _source;
    private readonly PlanArray _destination;
    private readonly Primitive _forward;
    private readonly string _what;

    internal PlanConvolution(PlanBuilder builder, ConvolutionOperation operation)
    {
        _builder = builder;
        _operation = operation;
        _layer = operation.Layer;
        _what = $"{operation.Name} {builder.ShapeOf(operation.Inputs[0])} → {builder.ShapeOf(operation.Output)}";
        int[] weightLengths = _layer.Groups == 1
            ? [_layer.OutChannels, _layer.InChannels, _layer.KernelSize.Height, _layer.KernelSize.Width]
            :
            [
                _layer.Groups,
                _layer.OutChannels / _layer.Groups,
                _layer.InChannels / _layer.Groups,
                _layer.KernelSize.Height,
                _layer.KernelSize.Width,
            ];
        _plainWeight = MemoryDescriptor.Of(weightLengths, _layer.Groups == 1 ? FormatTag.Nchw : FormatTag.Goihw);
        _anyWeight = MemoryDescriptor.Of(weightLengths, FormatTag.Any);
        _bias = operation.Bias is null ? null : MemoryDescriptor.Of([_layer.OutChannels], FormatTag.Vector);

        var fused = new FusedOperations(operation.Inputs.Count > 1, operation.Activation);
        _forward = ChooseForward(fused, out bool isFused);
        bool readsPlain = builder.PlainInput(operation.Inputs[0]) is { } plain && plain.Layout.IsSameAs(_forward.Layout(MemoryRole.Source));
        _source = readsPlain ? builder.PlainInput(operation.Inputs[0])! : builder.Read(operation.Inputs[0]).Memory;
        _sourceLayout = _source.Layout;
        _destination = fused.AddsDestination && isFused ? DestinationHoldingAddend() : builder.Write(operation.Output);
        AddForward();
        if (!isFused && fused != default)
        {
            AddUnfused(builder.Forward, fused);
        }
    }

    /// <inheritdoc/>
    internal override void AddBackward(GradientBook gradients)
    {
        if (_operation.Inputs.Count > 1 || _operation.Activation is not null)
        {
            throw new NotSupportedException(
                $"{_operation.Name}: in training a convolution has nothing fused. Lower the network for training.");
        }

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

    private MemoryDescriptor AnyOf(int value) => MemoryDescriptor.Of(_builder.ShapeOf(value).AsSpan(), FormatTag.Any);

    /// <summary>
    /// In the engine's layout, or reading [N, C, H, W] as the caller gave it where there are few channels; else in any layout.
    /// </summary>
    /// <param name="fused">What the operation does behind the convolution.</param>
    /// <param name="isFused">Whether the primitive does so; where the library chooses the layout, the engine's own passes do.</param>
    private Primitive ChooseForward(FusedOperations fused, out bool isFused)
    {
        int input = _operation.Inputs[0];
        MemoryDescriptor blocked = _builder.DescriptorOf(_builder.ShapeOf(input));
        MemoryDescriptor destination = _builder.DescriptorOf(_builder.ShapeOf(_operation.Output));
        Primitive? inAnyLayout = null;
        Func<Primitive> inOwnLayout = () => Forward(blocked, destination, fused);
        Func<Primitive> free = () => inAnyLayout = Forward(AnyOf(input), AnyOf(_operation.Output), default);
        Primitive chosen = _builder.PlainInput(input) is { } plain && _layer.InChannels < _builder.Library.ChannelBlock
            ? _builder.Choose(() => Forward(plain.Layout, destination, fused), inOwnLayout, free)
            : _builder.Choose(inOwnLayout, free);
        isFused = !ReferenceEquals(chosen, inAnyLayout);
        return chosen;
    }

    private Primitive Forward(MemoryDescriptor source, MemoryDescriptor destination, FusedOperations fused) =>
        _builder.Factory.Convolution(
            _builder.IsTraining ? Propagation.ForwardTraining : Propagation.ForwardInference,
            ConvolutionAlgorithm.Direct,
            source,
            _anyWeight,
            _bias,
            destination,
            _layer,
            fused,
            _what);

    private PlanArray DestinationHoldingAddend()
    {
        int addend = _operation.Inputs[1];
        if (_builder.IsLastReader(_operation, addend))
        {
            return _builder.TakeOver(addend, _operation.Output);
        }

        PlanArray from = _builder.Read(addend);
        PlanArray to = _builder.Write(_operation.Output);
        OpenMpRunner runner = _builder.Runner;
        _builder.Forward.Add("copy addend", () => ElementwisePasses.Copy(runner, from.Address, to.Address, to.ElementCount));
        return to;
    }

    private void AddForward()
    {
        WorkList works = _builder.Forward;
        Memory weight = _builder.WeightAs(_operation.Weight, _plainWeight, _forward.Layout(MemoryRole.Weights), works);
        Memory source = _builder.Reading(works, _source, _forward.Layout(MemoryRole.Source), _what);
        Memory destination = _builder.Writing(_destination.Memory, _forward.Layout(MemoryRole.Destination));
        BoundPrimitive bound = _bias is null
            ? _builder.Bind(
                _forward, (ArgumentKind.Source, source), (ArgumentKind.Weights, weight), (ArgumentKind.Destination, destination))
            : _builder.Bind(
                _forward,
                (ArgumentKind.Source, source),
                (ArgumentKind.Weights, weight),
                (ArgumentKind.Bias, _builder.NewMemory(_bias, _builder.AddressOf(_operation.Bias!))),
                (ArgumentKind.Destination, destination));
        _builder.AddPrimitiveWriting(works, "convolution", bound, destination, _destination.Memory, _what);
    }

    private void AddUnfused(WorkList works, FusedOperations fused)
    {
        OpenMpRunner runner = _builder.Runner;
        PlanArray result = _destination;
        if (fused.AddsDestination)
        {
            PlanArray addend = _builder.Read(_operation.Inputs[1]);
            works.Add("add", () => ElementwisePasses.Add(
                runner, result.Address, addend.Address, result.Address, result.ElementCount, hasRelu: false));
        }

        if (fused.Activation is { } activation)
        {
            var pass = new ActivationPass(activation, result.ElementCount) { Output = result.Address };
            pass.Inputs[0] = result.Address;
            works.Add("activation", () => pass.RunForward(runner));
        }
    }

    private void AddBackwardWeights(WorkList works, PlanArray outputGradient)
    {
        MemoryDescriptor anySource = AnyOf(_operation.Inputs[0]);
        MemoryDescriptor anyDestination = AnyOf(_operation.Output);
        Primitive primitive = _builder.Choose(
            () => _builder.Factory.ConvolutionBackwardWeights(
                _sourceLayout, _anyWeight, _bias, outputGradient.Memory.Layout, _layer, _forward, $"{_what} backward weights"),
            () => _builder.Factory.ConvolutionBackwardWeights(
                anySource, _anyWeight, _bias, anyDestination, _layer, _forward, $"{_what} backward weights"));
        Memory source = _builder.Reading(works, _source, primitive.Layout(MemoryRole.Source), _what);
        Memory destination = _builder.Reading(works, outputGradient.Memory, primitive.Layout(MemoryRole.DestinationGradient), _what);
        Memory meant = _builder.NewMemory(_plainWeight, _builder.GradientAddressOf(_operation.Weight));
        Memory weightGradient = _builder.Writing(meant, primitive.Layout(MemoryRole.WeightsGradient));
        BoundPrimitive bound = _bias is null
            ? _builder.Bind(
                primitive,
                (ArgumentKind.Source, source),
                (ArgumentKind.DestinationGradient, destination),
                (ArgumentKind.WeightsGradient, weightGradient))
            : _builder.Bind(
                primitive,
                (ArgumentKind.Source, source),
                (ArgumentKind.DestinationGradient, destination),
                (ArgumentKind.WeightsGradient, weightGradient),
                (ArgumentKind.BiasGradient, _builder.NewMemory(_bias, _builder.GradientAddressOf(_operation.Bias!))));
        _builder.AddPrimitiveWriting(works, "convolution backward weights", bound, weightGradient, meant, _what);
    }

    private void AddBackwardData(WorkList works, PlanArray outputGradient, PlanArray inputGradient)
    {
        MemoryDescriptor anySource = AnyOf(_operation.Inputs[0]);
        MemoryDescriptor anyDestination = AnyOf(_operation.Output);
        Primitive primitive = _builder.Choose(
            () => _builder.Factory.ConvolutionBackwardData(
                inputGradient.Memory.Layout, _anyWeight, outputGradient.Memory.Layout, _layer, _forward, $"{_what} backward data"),
            () => _builder.Factory.ConvolutionBackwardData(
                anySource, _anyWeight, anyDestination, _layer, _forward, $"{_what} backward data"));
        Memory weight = _builder.WeightAs(_operation.Weight, _plainWeight, primitive.Layout(MemoryRole.Weights), works);
        Memory destination = _builder.Reading(works, outputGradient.Memory, primitive.Layout(MemoryRole.DestinationGradient), _what);
        Memory source = _builder.Writing(inputGradient.Memory, primitive.Layout(MemoryRole.SourceGradient));
        BoundPrimitive bound = _builder.Bind(
            primitive,
            (ArgumentKind.DestinationGradient, destination),
            (ArgumentKind.Weights, weight),
            (ArgumentKind.SourceGradient, source));
        _builder.AddPrimitiveWriting(works, "convolution backward data", bound, source, inputGradient.Memory, _what);
    }
}
