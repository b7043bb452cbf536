using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>One operation on arrays of fixed shapes, with the implementation the library chose and the layouts it wants.</summary>
internal sealed unsafe class Primitive : IDisposable
{
    private const int QueryImplementationName = 8;

    private readonly PrimitiveDescriptorHandle _descriptor;
    private readonly PrimitiveHandle _primitive;

    /// <summary>Generates the code.</summary>
    /// <param name="descriptor">The implementation chosen; owned from here on.</param>
    /// <param name="what">The work, for messages.</param>
    internal Primitive(PrimitiveDescriptorHandle descriptor, string what)
    {
        _descriptor = descriptor;
        What = what;
        byte* name = null;
        Status status = NativeMethods.PrimitiveDescriptorQuery(descriptor, QueryImplementationName, 0, &name);
        OneDnnException.ThrowIfFailed(status, $"name the implementation of {what}");
        Implementation = Marshal.PtrToStringUTF8((nint)name) ?? "";
        status = NativeMethods.PrimitiveCreate(out _primitive, descriptor);
        OneDnnException.ThrowIfFailed(status, what);
    }

    /// <summary>The work with its shapes, for messages.</summary>
    internal string What { get; }

    /// <summary>For example <c>jit:avx512_core</c>; <c>ref:any</c> is a loop twenty times slower.</summary>
    internal string Implementation { get; }

    /// <summary>Descriptor that backward primitives are made for.</summary>
    internal nint ForwardHint => _descriptor.DangerousGetHandle();

    /// <summary>Native handle; valid until disposed.</summary>
    internal nint Handle => _primitive.DangerousGetHandle();

    /// <summary>Temporary memory that an execution needs.</summary>
    internal MemoryDescriptor Scratchpad => Layout(MemoryRole.Scratchpad);

    /// <summary>Layout of one of its arrays.</summary>
    /// <param name="role">Which array.</param>
    internal MemoryDescriptor Layout(MemoryRole role) =>
        MemoryDescriptor.CopyOf(NativeMethods.PrimitiveDescriptorQueryMemory(_descriptor, role, 0));

    /// <inheritdoc/>
    public void Dispose()
    {
        _primitive.Dispose();
        _descriptor.Dispose();
    }
}
