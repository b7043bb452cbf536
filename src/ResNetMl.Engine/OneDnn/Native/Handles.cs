using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>An object the library owns, released when disposed or collected.</summary>
internal abstract class OneDnnHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;
}

/// <summary>dnnl_engine_t: the CPU.</summary>
internal sealed class EngineHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.EngineDestroy(handle) == Status.Success;
}

/// <summary>dnnl_stream_t: where primitives execute in order.</summary>
internal sealed class StreamHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.StreamDestroy(handle) == Status.Success;
}

/// <summary>dnnl_memory_t: an address with its descriptor; the bytes belong to someone else.</summary>
internal sealed class MemoryHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.MemoryDestroy(handle) == Status.Success;
}

/// <summary>dnnl_primitive_attr_t: fused operations and scratchpad mode.</summary>
internal sealed class AttributesHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.AttributesDestroy(handle) == Status.Success;
}

/// <summary>dnnl_post_ops_t: what is fused behind a primitive.</summary>
internal sealed class PostOperationsHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.PostOperationsDestroy(handle) == Status.Success;
}

/// <summary>dnnl_primitive_desc_t: an implementation chosen for given shapes and layouts.</summary>
internal sealed class PrimitiveDescriptorHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.PrimitiveDescriptorDestroy(handle) == Status.Success;
}

/// <summary>dnnl_primitive_t: generated code.</summary>
internal sealed class PrimitiveHandle : OneDnnHandle
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.PrimitiveDestroy(handle) == Status.Success;
}
