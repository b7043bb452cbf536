using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>An address with its layout, as primitives take them.</summary>
internal sealed unsafe class Memory : IDisposable
{
    private readonly MemoryHandle _handle;

    /// <summary>Describes memory that the caller keeps.</summary>
    /// <param name="engine">The CPU engine.</param>
    /// <param name="layout">Layout of the array.</param>
    /// <param name="address">Its first byte.</param>
    internal Memory(EngineHandle engine, MemoryDescriptor layout, void* address)
    {
        Layout = layout;
        fixed (byte* descriptor = layout)
        {
            OneDnnException.ThrowIfFailed(NativeMethods.MemoryCreate(out _handle, descriptor, engine, address), "describe memory");
        }
    }

    /// <summary>Layout of the array.</summary>
    internal MemoryDescriptor Layout { get; }

    /// <summary>Native handle; valid until disposed.</summary>
    internal nint Handle => _handle.DangerousGetHandle();

    /// <summary>Points every primitive that was bound to this memory to another array of the same layout.</summary>
    /// <param name="address">Its first byte.</param>
    internal void PointTo(void* address)
    {
        Status status = NativeMethods.MemorySetData(_handle.DangerousGetHandle(), address);
        if (status != Status.Success)
        {
            OneDnnException.ThrowIfFailed(status, "point to another array");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}

/// <summary>A primitive with the arrays it works on: executing it allocates nothing.</summary>
internal sealed unsafe class BoundPrimitive : IDisposable
{
    private readonly Primitive _primitive;
    private readonly Memory[] _memories;
    private readonly nint _handle;
    private readonly int _count;
    private ExecutionArgument* _arguments;

    /// <summary>Binds arrays to a primitive, which stays the caller's.</summary>
    /// <param name="primitive">The primitive.</param>
    /// <param name="arguments">Every array it reads or writes; they stay the caller's.</param>
    internal BoundPrimitive(Primitive primitive, params ReadOnlySpan<(ArgumentKind Kind, Memory Memory)> arguments)
    {
        _primitive = primitive;
        _handle = primitive.Handle;
        _count = arguments.Length;
        _memories = new Memory[_count];
        _arguments = (ExecutionArgument*)NativeMemory.Alloc((nuint)_count, (nuint)sizeof(ExecutionArgument));
        for (int i = 0; i < _count; i++)
        {
            _memories[i] = arguments[i].Memory;
            _arguments[i] = new ExecutionArgument { Kind = arguments[i].Kind, Memory = arguments[i].Memory.Handle };
        }
    }

    /// <summary>Frees the argument list.</summary>
    ~BoundPrimitive() => Free();

    /// <summary>The primitive bound.</summary>
    internal Primitive Primitive => _primitive;

    /// <summary>Does the work on the calling thread and the OpenMP threads it owns.</summary>
    /// <param name="stream">A stream of the CPU engine.</param>
    internal void Execute(StreamHandle stream)
    {
        Status status = NativeMethods.PrimitiveExecute(_handle, stream.DangerousGetHandle(), _count, _arguments);
        if (status != Status.Success)
        {
            OneDnnException.ThrowIfFailed(status, _primitive.What);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_arguments);
        _arguments = null;
    }
}
