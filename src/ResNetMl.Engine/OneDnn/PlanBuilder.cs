using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>What the operations of a plan are built with; afterwards it owns everything native that the plan uses.</summary>
internal abstract unsafe class PlanBuilder : IDisposable
{
    private const uint DefaultStream = 1;

    private readonly List<IDisposable> _owned = [];
    private readonly List<Memory> _scratchpads = [];
    private readonly PlanArray?[] _arrays;
    private readonly Memory?[] _plainInputs;

    private protected PlanBuilder(OneDnnLibrary library, OperationList operations, int batchSize, int threadCount)
    {
        Library = library;
        Operations = operations;
        BatchSize = batchSize;
        Factory = new PrimitiveFactory(library.Engine);
        Runner = Own(new OpenMpRunner(threadCount));
        Runner.Claim();
        OneDnnException.ThrowIfFailed(NativeMethods.StreamCreate(out StreamHandle stream, library.Engine, DefaultStream), "create a stream");
        Stream = Own(stream);
        Pool = Own(new BufferPool());
        _arrays = new PlanArray?[operations.Values.Count];
        _plainInputs = new Memory?[operations.Values.Count];
    }

    /// <summary>The library and its engine.</summary>
    internal OneDnnLibrary Library { get; }

    /// <summary>What the plan runs.</summary>
    internal OperationList Operations { get; }

    /// <summary>Images in a batch.</summary>
    internal int BatchSize { get; }

    /// <summary>Makes primitives.</summary>
    internal PrimitiveFactory Factory { get; }

    /// <summary>The threads of the engine's own passes.</summary>
    internal OpenMpRunner Runner { get; }

    /// <summary>Where primitives execute.</summary>
    internal StreamHandle Stream { get; }

    /// <summary>Memory of values and gradients.</summary>
    internal BufferPool Pool { get; }

    /// <summary>What a run, or the forward half of a step, does.</summary>
    internal WorkList Forward { get; } = new();

    /// <summary>Primitives chosen so far: what they do and the implementation's name.</summary>
    internal List<(string What, string Implementation)> Implementations { get; } = [];

    /// <summary>Whether gradients will be asked for, so that forward keeps what they need.</summary>
    internal abstract bool IsTraining { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        _owned.Clear();
    }

    /// <summary>Shape of a value at this batch size.</summary>
    /// <param name="value">Index of the value.</param>
    internal Shape ShapeOf(int value) => Operations.Values[value].Shape.With(0, BatchSize);

    /// <summary>A weight as oneDNN wants it, prepared before the work added next.</summary>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="plain">Its layout in a state dictionary.</param>
    /// <param name="wanted">The layout needed.</param>
    /// <param name="works">Where work that must be repeated on every run is added.</param>
    internal abstract Memory WeightAs(string name, MemoryDescriptor plain, MemoryDescriptor wanted, WorkList works);

    /// <summary>First element of a parameter or buffer in its plain layout.</summary>
    /// <param name="name">Its name.</param>
    internal abstract float* AddressOf(string name);

    /// <summary>First element of a parameter's gradient in its plain layout.</summary>
    /// <param name="name">Its name.</param>
    internal abstract float* GradientAddressOf(string name);

    /// <summary>Whether a value's array may be overwritten by an operation that reads it.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="value">Index of the value.</param>
    internal abstract bool IsLastReader(Operation operation, int value);

    /// <summary>A value that is read. A network input is brought into the engine's layout first.</summary>
    /// <param name="value">Index of the value.</param>
    internal PlanArray Read(int value)
    {
        if (_arrays[value] is null && _plainInputs[value] is { } plain)
        {
            PlanArray array = NewArray(ShapeOf(value), Pool.Rent(ByteCountOf(ShapeOf(value))));
            AddReorder(Forward, plain, array.Memory, $"{Operations.Values[value].Name}: input");
            _arrays[value] = array;
        }

        return _arrays[value] ?? throw new InvalidOperationException($"{Operations.Values[value].Name} is read before it is made.");
    }

    /// <summary>A network input as the caller gave it, [N, C, H, W]; null for all other values.</summary>
    /// <param name="value">Index of the value.</param>
    internal Memory? PlainInput(int value) => _plainInputs[value];

    /// <summary>Memory for a value that an operation makes.</summary>
    /// <param name="value">Index of the value.</param>
    internal PlanArray Write(int value)
    {
        PlanArray array = NewArray(ShapeOf(value), Pool.Rent(ByteCountOf(ShapeOf(value))));
        _arrays[value] = array;
        return array;
    }

    /// <summary>Lets a value take over the array of one that is not read any more.</summary>
    /// <param name="from">Index of the value that is over.</param>
    /// <param name="to">Index of the value that is made in its place; of the same shape.</param>
    internal PlanArray TakeOver(int from, int to)
    {
        PlanArray array = Read(from);
        _arrays[to] = array;
        _arrays[from] = null;
        return array;
    }

    /// <summary>Lets later values use a value's memory.</summary>
    /// <param name="value">Index of the value; one without an array is left alone.</param>
    internal void Forget(int value)
    {
        if (_arrays[value] is { } array)
        {
            Pool.Return(array.Buffer);
            _arrays[value] = null;
        }
    }

    /// <summary>Bytes an array of this shape takes in the engine's layout.</summary>
    /// <param name="shape">Batch first.</param>
    internal long ByteCountOf(Shape shape) => LayoutOf(shape).ElementCount * sizeof(float);

    /// <summary>Describes memory as an array in the engine's layout. Whatever writes it writes 0 for absent channels.</summary>
    /// <param name="shape">Batch first.</param>
    /// <param name="buffer">Memory of at least <see cref="ByteCountOf"/> bytes.</param>
    internal PlanArray NewArray(Shape shape, NativeBuffer buffer)
    {
        ImageLayout layout = LayoutOf(shape);
        return new PlanArray(shape, layout, NewMemory(DescriptorOf(shape), buffer.Address), buffer);
    }

    /// <summary>The engine's layout of a shape, for oneDNN.</summary>
    /// <param name="shape">Batch first.</param>
    internal MemoryDescriptor DescriptorOf(Shape shape) => shape.Rank == 4
        ? MemoryDescriptor.Of(shape.AsSpan(), Library.ChannelBlock == 16 ? FormatTag.Nchw16c : FormatTag.Nchw8c)
        : PlainDescriptorOf(shape);

    /// <summary>The row-major layout of a shape, for oneDNN.</summary>
    /// <param name="shape">Batch first.</param>
    internal static MemoryDescriptor PlainDescriptorOf(Shape shape) => shape.Rank switch
    {
        1 => MemoryDescriptor.Of(shape.AsSpan(), FormatTag.Vector),
        2 => MemoryDescriptor.Of(shape.AsSpan(), FormatTag.Matrix),
        4 => MemoryDescriptor.Of(shape.AsSpan(), FormatTag.Nchw),
        _ => MemoryDescriptor.Of([shape[0], checked((int)(shape.ElementCount / shape[0]))], FormatTag.Matrix),
    };

    /// <summary>Describes memory to oneDNN for as long as the plan lives.</summary>
    internal Memory NewMemory(MemoryDescriptor layout, void* address) => Own(new Memory(Library.Engine, layout, address));

    /// <summary>New memory that no other array shares.</summary>
    internal Memory Allocate(MemoryDescriptor layout) => NewMemory(layout, Own(new NativeBuffer(layout.SizeInBytes)).Address);

    /// <summary>Binds arrays and the shared temporary memory to a primitive.</summary>
    internal BoundPrimitive Bind(Primitive primitive, params ReadOnlySpan<(ArgumentKind Kind, Memory Memory)> arguments)
    {
        Implementations.Add((primitive.What, primitive.Implementation));
        MemoryDescriptor scratchpad = primitive.Scratchpad;
        if (scratchpad.SizeInBytes == 0)
        {
            return Own(new BoundPrimitive(primitive, arguments));
        }

        // Steps run one after another, so all share the largest; it gets its address when all are known.
        Memory memory = NewMemory(scratchpad, null);
        _scratchpads.Add(memory);
        return Own(new BoundPrimitive(primitive, [.. arguments, (ArgumentKind.Scratchpad, memory)]));
    }

    /// <summary>Adds the execution of a primitive.</summary>
    internal void AddPrimitive(WorkList works, string kind, BoundPrimitive bound)
    {
        StreamHandle stream = Stream;
        works.Add(kind, () => bound.Execute(stream));
    }

    /// <summary>Adds a copy from one layout to another.</summary>
    internal void AddReorder(WorkList works, Memory from, Memory to, string what)
    {
        Primitive reorder = Own(Factory.Reorder(from.Layout, to.Layout, $"{what}: reorder"));
        AddPrimitive(works, "reorder", Bind(reorder, (ArgumentKind.Source, from), (ArgumentKind.Destination, to)));
    }

    /// <summary>An array in the layout that a primitive reads: itself, or a copy that is refreshed first.</summary>
    internal Memory Reading(WorkList works, Memory have, MemoryDescriptor wanted, string what)
    {
        if (have.Layout.IsSameAs(wanted))
        {
            return have;
        }

        Memory copy = Allocate(wanted);
        AddReorder(works, have, copy, what);
        return copy;
    }

    /// <summary>An array in the layout that a primitive writes: itself, or another that <see cref="AddPrimitiveWriting"/> copies back.</summary>
    internal Memory Writing(Memory have, MemoryDescriptor wanted) => have.Layout.IsSameAs(wanted) ? have : Allocate(wanted);

    /// <summary>Adds the execution of a primitive and brings what it wrote into the layout of the array it is meant for.</summary>
    internal void AddPrimitiveWriting(WorkList works, string kind, BoundPrimitive bound, Memory written, Memory meant, string what)
    {
        AddPrimitive(works, kind, bound);
        if (!ReferenceEquals(written, meant))
        {
            AddReorder(works, written, meant, what);
        }
    }

    /// <summary>The first primitive that the library implements with generated code; else the first it implements at all.</summary>
    /// <param name="candidates">Ways to describe the same work, the preferred first.</param>
    internal Primitive Choose(params ReadOnlySpan<Func<Primitive>> candidates)
    {
        Primitive? slow = null;
        OneDnnException? refusal = null;
        foreach (Func<Primitive> create in candidates)
        {
            try
            {
                Primitive primitive = create();
                if (!primitive.Implementation.StartsWith("ref", StringComparison.Ordinal))
                {
                    slow?.Dispose();
                    return Own(primitive);
                }

                if (slow is null)
                {
                    slow = primitive;
                }
                else
                {
                    primitive.Dispose();
                }
            }
            catch (OneDnnException exception) when (exception.Status is Status.Unimplemented or Status.InvalidArguments)
            {
                refusal = exception;
            }
        }

        return slow is not null ? Own(slow) : throw refusal!;
    }

    /// <summary>Keeps an object until the plan is disposed.</summary>
    internal T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>Registers a network input.</summary>
    private protected void SetPlainInput(int value, Memory memory) => _plainInputs[value] = memory;

    /// <summary>Gives all primitives their temporary memory; call when all are bound.</summary>
    private protected void FinishScratchpads()
    {
        if (_scratchpads.Count > 0)
        {
            NativeBuffer shared = Own(new NativeBuffer(_scratchpads.Max(memory => memory.Layout.SizeInBytes)));
            _scratchpads.ForEach(memory => memory.PointTo(shared.Address));
        }
    }

    private ImageLayout LayoutOf(Shape shape) => shape.Rank == 4
        ? new ImageLayout(shape[0], shape[1], shape[2], shape[3], Library.ChannelBlock)
        : new ImageLayout(shape[0], (int)(shape.ElementCount / shape[0]), 1, 1, (int)(shape.ElementCount / shape[0]));
}
