using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>A value of a plan, or its gradient, in memory.</summary>
/// <remarks>
/// Feature maps [N, C, H, W] are blocked (nChw16c, or nChw8c without AVX-512), the layout in which fp32 convolutions run fastest on every
/// processor measured; their absent channels hold 0. Values of all other ranks are row-major, rows [N, features] to the library.
/// </remarks>
internal sealed unsafe class PlanArray
{
    internal PlanArray(Shape shape, ImageLayout layout, Memory memory, NativeBuffer buffer)
    {
        Shape = shape;
        Layout = layout;
        Memory = memory;
        Buffer = buffer;
    }

    /// <summary>Logical shape, batch first.</summary>
    internal Shape Shape { get; }

    /// <summary>The same memory as the engine's own passes see it; a matrix has one pixel and all its features as lanes.</summary>
    internal ImageLayout Layout { get; }

    /// <summary>The same memory as oneDNN sees it.</summary>
    internal Memory Memory { get; }

    /// <summary>The bytes.</summary>
    internal NativeBuffer Buffer { get; }

    /// <summary>First element.</summary>
    internal float* Address => (float*)Buffer.Address;

    /// <summary>Elements, padding included.</summary>
    internal long ElementCount => Layout.ElementCount;
}
