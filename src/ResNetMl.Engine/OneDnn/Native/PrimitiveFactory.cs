using ResNetMl.Networks;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>What is done to a convolution's result before it is stored, in this order.</summary>
/// <param name="AddsDestination">What the destination holds is added.</param>
/// <param name="Activation">ReLU or clipping, or null.</param>
internal readonly record struct FusedOperations(bool AddsDestination, Activation? Activation);

/// <summary>Makes primitives: the one place that knows how oneDNN 2 wants them described.</summary>
/// <remarks>
/// oneDNN 3 has no operation descriptors and describes memory by handles; a second factory and <see cref="MemoryDescriptor"/> would be the
/// whole difference. Descriptors whose layout is <see cref="FormatTag.Any"/> are for the library to lay out: ask the primitive afterwards.
/// Temporary memory is always the caller's, so that an execution allocates nothing.
/// </remarks>
internal sealed unsafe class PrimitiveFactory(EngineHandle engine)
{
    private const int ScratchpadIsTheCallers = 1;
    private const int Relu = 0x1f; // dnnl_eltwise_relu
    private const int Clip = 0xff; // dnnl_eltwise_clip
    private const int WindowNumbers = 8;

    /// <summary>y = x∗w + b, then the fused operations.</summary>
    internal Primitive Convolution(
        Propagation propagation,
        ConvolutionAlgorithm algorithm,
        MemoryDescriptor source,
        MemoryDescriptor weights,
        MemoryDescriptor? bias,
        MemoryDescriptor destination,
        Conv2d layer,
        FusedOperations fused,
        string what)
    {
        byte* operation = stackalloc byte[NativeMethods.OperationDescriptorBytes];
        long* window = stackalloc long[WindowNumbers];
        Write(layer, window);
        fixed (byte* s = source, w = weights, b = bias, d = destination)
        {
            OneDnnException.ThrowIfFailed(
                NativeMethods.ConvolutionForward(
                    operation, propagation, (int)algorithm, s, w, b, d, window, window + 2, window + 4, window + 6),
                what);
        }

        return Create(operation, fused, forward: null, what);
    }

    /// <summary>∂loss/∂x of a convolution.</summary>
    internal Primitive ConvolutionBackwardData(
        MemoryDescriptor sourceGradient,
        MemoryDescriptor weights,
        MemoryDescriptor destinationGradient,
        Conv2d layer,
        Primitive forward,
        string what)
    {
        byte* operation = stackalloc byte[NativeMethods.OperationDescriptorBytes];
        long* window = stackalloc long[WindowNumbers];
        Write(layer, window);
        fixed (byte* s = sourceGradient, w = weights, d = destinationGradient)
        {
            OneDnnException.ThrowIfFailed(
                NativeMethods.ConvolutionBackwardData(
                    operation, (int)ConvolutionAlgorithm.Direct, s, w, d, window, window + 2, window + 4, window + 6),
                what);
        }

        return Create(operation, default, forward, what);
    }

    /// <summary>∂loss/∂w and, where there is one, ∂loss/∂b of a convolution.</summary>
    internal Primitive ConvolutionBackwardWeights(
        MemoryDescriptor source,
        MemoryDescriptor weightsGradient,
        MemoryDescriptor? biasGradient,
        MemoryDescriptor destinationGradient,
        Conv2d layer,
        Primitive forward,
        string what)
    {
        byte* operation = stackalloc byte[NativeMethods.OperationDescriptorBytes];
        long* window = stackalloc long[WindowNumbers];
        Write(layer, window);
        fixed (byte* s = source, w = weightsGradient, b = biasGradient, d = destinationGradient)
        {
            OneDnnException.ThrowIfFailed(
                NativeMethods.ConvolutionBackwardWeights(
                    operation, (int)ConvolutionAlgorithm.Direct, s, w, b, d, window, window + 2, window + 4, window + 6),
                what);
        }

        return Create(operation, default, forward, what);
    }

    /// <summary>y = x·wᵀ + b.</summary>
    internal Primitive InnerProduct(
        Propagation propagation,
        MemoryDescriptor source,
        MemoryDescriptor weights,
        MemoryDescriptor? bias,
        MemoryDescriptor destination,
        string what)
    {
        byte* operation = stackalloc byte[NativeMethods.OperationDescriptorBytes];
        fixed (byte* s = source, w = weights, b = bias, d = destination)
        {
            OneDnnException.ThrowIfFailed(NativeMethods.InnerProductForward(operation, propagation, s, w, b, d), what);
        }

        return Create(operation, default, forward: null, what);
    }

    /// <summary>∂loss/∂x of an inner product.</summary>
    internal Primitive InnerProductBackwardData(
        MemoryDescriptor sourceGradient, MemoryDescriptor weights, MemoryDescriptor destinationGradient, Primitive forward, string what)
    {
        byte* operation = stackalloc byte[NativeMethods.OperationDescriptorBytes];
        fixed (byte* s = sourceGradient, w = weights, d = destinationGradient)
        {
            OneDnnException.ThrowIfFailed(NativeMethods.InnerProductBackwardData(operation, s, w, d), what);
        }

        return Create(operation, default, forward, what);
    }

    /// <summary>∂loss/∂w and, where there is one, ∂loss/∂b of an inner product.</summary>
    internal Primitive InnerProductBackwardWeights(
        MemoryDescriptor source,
        MemoryDescriptor weightsGradient,
        MemoryDescriptor? biasGradient,
        MemoryDescriptor destinationGradient,
        Primitive forward,
        string what)
    {
        byte* operation = stackalloc byte[NativeMethods.OperationDescriptorBytes];
        fixed (byte* s = source, w = weightsGradient, b = biasGradient, d = destinationGradient)
        {
            OneDnnException.ThrowIfFailed(NativeMethods.InnerProductBackwardWeights(operation, s, w, b, d), what);
        }

        return Create(operation, default, forward, what);
    }

    /// <summary>Copies an array from one layout to another.</summary>
    internal Primitive Reorder(MemoryDescriptor source, MemoryDescriptor destination, string what)
    {
        using AttributesHandle attributes = Attributes(default, what);
        fixed (byte* s = source, d = destination)
        {
            OneDnnException.ThrowIfFailed(
                NativeMethods.ReorderDescriptorCreate(out PrimitiveDescriptorHandle descriptor, s, engine, d, engine, attributes), what);
            return new Primitive(descriptor, what);
        }
    }

    private static AttributesHandle Attributes(FusedOperations fused, string what)
    {
        OneDnnException.ThrowIfFailed(NativeMethods.AttributesCreate(out AttributesHandle attributes), what);
        OneDnnException.ThrowIfFailed(NativeMethods.AttributesSetScratchpadMode(attributes, ScratchpadIsTheCallers), what);
        if (fused == default)
        {
            return attributes;
        }

        OneDnnException.ThrowIfFailed(NativeMethods.PostOperationsCreate(out PostOperationsHandle operations), what);
        using (operations)
        {
            if (fused.AddsDestination)
            {
                OneDnnException.ThrowIfFailed(NativeMethods.PostOperationsAppendSum(operations, 1), what);
            }

            if (fused.Activation is { } activation)
            {
                bool isRelu = activation.Kind == ActivationKind.Relu;
                OneDnnException.ThrowIfFailed(
                    NativeMethods.PostOperationsAppendElementwise(
                        operations, 1, isRelu ? Relu : Clip, isRelu ? 0 : activation.Alpha, isRelu ? 0 : activation.Beta),
                    what);
            }

            // The attributes keep a copy.
            OneDnnException.ThrowIfFailed(NativeMethods.AttributesSetPostOperations(attributes, operations), what);
        }

        return attributes;
    }

    private Primitive Create(byte* operation, FusedOperations fused, Primitive? forward, string what)
    {
        using AttributesHandle attributes = Attributes(fused, what);
        OneDnnException.ThrowIfFailed(
            NativeMethods.PrimitiveDescriptorCreate(
                out PrimitiveDescriptorHandle descriptor, operation, attributes, engine, forward?.ForwardHint ?? 0),
            what);
        GC.KeepAlive(forward);
        return new Primitive(descriptor, what);
    }

    /// <summary>A window's numbers as the library reads them: stride, pixels left out between elements, padding before, padding after.</summary>
    private static void Write(Conv2d layer, long* numbers)
    {
        numbers[0] = layer.Stride.Height;
        numbers[1] = layer.Stride.Width;
        numbers[2] = layer.Dilation.Height - 1;
        numbers[3] = layer.Dilation.Width - 1;
        numbers[4] = layer.Padding.Top;
        numbers[5] = layer.Padding.Left;
        numbers[6] = layer.Padding.Bottom;
        numbers[7] = layer.Padding.Right;
    }
}
