using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Tests.OneDnn;

/// <summary>The binding itself: descriptors, primitives, memory and failures, on numbers worked out by hand.</summary>
public sealed unsafe class PrimitiveTests
{
    [Fact]
    public void A_convolution_of_ones_counts_the_pixels_each_window_covers()
    {
        OneDnnLibrary library = Require.OneDnn();
        var factory = new PrimitiveFactory(library.Engine);
        MemoryDescriptor image = MemoryDescriptor.Of([1, 1, 4, 4], FormatTag.Nchw);
        MemoryDescriptor weights = MemoryDescriptor.Of([1, 1, 3, 3], FormatTag.Nchw);
        var layer = new Conv2d(1, 1, 3, padding: 1);
        using Primitive convolution = factory.Convolution(
            Propagation.ForwardInference, ConvolutionAlgorithm.Direct, image, weights, bias: null, image, layer, default, "test");
        using var x = new Filled(library, image, 1);
        using var w = new Filled(library, weights, 1);
        using var y = new Filled(library, image, float.NaN);
        using var scratchpad = new Filled(library, convolution.Scratchpad, 0);

        Execute(library, convolution,
            (ArgumentKind.Source, x.Memory), (ArgumentKind.Weights, w.Memory), (ArgumentKind.Destination, y.Memory),
            (ArgumentKind.Scratchpad, scratchpad.Memory));

        Assert.Equal([4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4], y.Elements);
    }

    [Fact]
    public void Fused_operations_run_in_the_order_sum_then_relu()
    {
        OneDnnLibrary library = Require.OneDnn();
        var factory = new PrimitiveFactory(library.Engine);
        MemoryDescriptor image = MemoryDescriptor.Of([1, 1, 1, 2], FormatTag.Nchw);
        MemoryDescriptor weights = MemoryDescriptor.Of([1, 1, 1, 1], FormatTag.Nchw);
        MemoryDescriptor bias = MemoryDescriptor.Of([1], FormatTag.Vector);
        var layer = new Conv2d(1, 1, 1);
        using Primitive convolution = factory.Convolution(
            Propagation.ForwardInference, ConvolutionAlgorithm.Direct, image, weights, bias, image, layer,
            new FusedOperations(AddsDestination: true, new Activation(ActivationKind.Relu)), "test");
        using var x = new Filled(library, image, -2);
        using var w = new Filled(library, weights, 3);
        using var b = new Filled(library, bias, 1);
        using var y = new Filled(library, image, 4);
        y.Elements[1] = 7;
        using var scratchpad = new Filled(library, convolution.Scratchpad, 0);

        Execute(library, convolution,
            (ArgumentKind.Source, x.Memory), (ArgumentKind.Weights, w.Memory), (ArgumentKind.Bias, b.Memory),
            (ArgumentKind.Destination, y.Memory), (ArgumentKind.Scratchpad, scratchpad.Memory));

        // -2·3 + 1 + 4 = -1 → 0; with 7 in place of 4, 2.
        Assert.Equal([0, 2], y.Elements);
    }

    [Fact]
    public void A_reorder_to_the_blocked_layout_puts_the_channels_of_a_pixel_side_by_side()
    {
        OneDnnLibrary library = Require.OneDnn();
        var factory = new PrimitiveFactory(library.Engine);
        MemoryDescriptor plain = MemoryDescriptor.Of([1, 3, 1, 2], FormatTag.Nchw);
        MemoryDescriptor blocked = MemoryDescriptor.Of([1, 3, 1, 2], FormatTag.Nchw8c);
        using Primitive reorder = factory.Reorder(plain, blocked, "test");
        using var x = new Filled(library, plain, 0);
        ((float[])[1, 2, 3, 4, 5, 6]).CopyTo(x.Elements);
        using var y = new Filled(library, blocked, float.NaN);
        using var scratchpad = new Filled(library, reorder.Scratchpad, 0);

        Execute(library, reorder,
            (ArgumentKind.Source, x.Memory), (ArgumentKind.Destination, y.Memory), (ArgumentKind.Scratchpad, scratchpad.Memory));

        Assert.Equal([1, 3, 5, 0, 0, 0, 0, 0, 2, 4, 6, 0, 0, 0, 0, 0], y.Elements);
    }

    [Fact]
    public void A_refusal_says_what_was_asked()
    {
        OneDnnLibrary library = Require.OneDnn();
        var factory = new PrimitiveFactory(library.Engine);
        MemoryDescriptor image = MemoryDescriptor.Of([1, 1, 4, 4], FormatTag.Nchw);
        MemoryDescriptor weights = MemoryDescriptor.Of([1, 2, 3, 3], FormatTag.Nchw);
        var layer = new Conv2d(1, 1, 3, padding: 1);

        OneDnnException refusal = Assert.Throws<OneDnnException>(() => factory.Convolution(
            Propagation.ForwardInference, ConvolutionAlgorithm.Direct, image, weights, null, image, layer, default, "stem.conv [1, 1, 4, 4]"));

        Assert.Equal("oneDNN: stem.conv [1, 1, 4, 4]: the arguments do not fit each other (status 2).", refusal.Message);
    }

    private static void Execute(OneDnnLibrary library, Primitive primitive, params ReadOnlySpan<(ArgumentKind, Memory)> arguments)
    {
        OneDnnException.ThrowIfFailed(NativeMethods.StreamCreate(out StreamHandle stream, library.Engine, 1), "create a stream");
        using (stream)
        {
            using var bound = new BoundPrimitive(primitive, arguments);
            bound.Execute(stream);
        }
    }

    private sealed class Filled : IDisposable
    {
        private readonly NativeBuffer _buffer;

        internal Filled(OneDnnLibrary library, MemoryDescriptor layout, float value)
        {
            _buffer = new NativeBuffer(layout.SizeInBytes);
            Memory = new Memory(library.Engine, layout, _buffer.Address);
            Elements.Fill(value);
        }

        internal Memory Memory { get; }

        internal Span<float> Elements => new(_buffer.Address, (int)(_buffer.ByteCount / sizeof(float)));

        public void Dispose()
        {
            Memory.Dispose();
            _buffer.Dispose();
        }
    }
}
