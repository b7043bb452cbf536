using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>Collects what a plan does, work by work, and gives each value memory for as long as some work needs it.</summary>
internal sealed unsafe class WorkBuilder : IDisposable
{
    private readonly List<(string Name, Action Run)> _works = [];
    private readonly List<Slot> _slots = [];
    private readonly List<IDisposable> _owned = [];
    private AlignedBuffer? _memory;

    internal WorkBuilder(OperationList operations, int batchSize, SimdLevel level, int threads)
    {
        Operations = operations;
        BatchSize = batchSize;
        Level = level;
        Layouts = [.. operations.Values.Select(value => ManagedLayout.Of(value.Shape, batchSize))];
        Values = [.. Layouts.Select(layout => NewSlot(layout.ElementCount))];
        Team = new ThreadTeam(threads);
    }

    /// <summary>The operations of the plan.</summary>
    internal OperationList Operations { get; }

    /// <summary>Images in a batch.</summary>
    internal int BatchSize { get; }

    /// <summary>Vectors to use.</summary>
    internal SimdLevel Level { get; }

    /// <summary>For each value of the list, how it lies.</summary>
    internal ImageLayout[] Layouts { get; }

    /// <summary>For each value of the list, where it lies.</summary>
    internal Slot[] Values { get; }

    /// <summary>The plan's threads.</summary>
    internal ThreadTeam Team { get; }

    /// <summary>Scratch for passes.</summary>
    internal Workspace Workspace { get; } = new();

    /// <summary>What seeds the step that runs.</summary>
    internal StepContext Context { get; set; }

    /// <summary>Works so far.</summary>
    internal int Count => _works.Count;

    /// <summary>Milliseconds that each kind of work took since this was set to an empty dictionary; null measures nothing.</summary>
    internal Dictionary<string, double>? Milliseconds { get; set; }

    /// <summary>Memory for a number of floats.</summary>
    internal Slot NewSlot(long length)
    {
        var slot = new Slot(length);
        _slots.Add(slot);
        return slot;
    }

    /// <summary>Adds work behind what there is.</summary>
    /// <param name="name">Its kind, for reports of where time goes.</param>
    /// <param name="uses">All memory that it reads or writes.</param>
    /// <param name="run">The work; it must allocate nothing and ask slots for their addresses when it runs.</param>
    internal void Add(string name, ReadOnlySpan<Slot> uses, Action run)
    {
        foreach (Slot slot in uses)
        {
            slot.UsedBy(_works.Count);
        }

        _works.Add((name, run));
    }

    /// <summary>Disposes something together with the plan.</summary>
    internal T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>Takes the memory; nothing can be added after this.</summary>
    internal void Finish()
    {
        List<Slot> used = [.. _slots.Where(slot => slot.LastWork >= 0)];
        (long[] offsets, long length) = SlotPlanner.Place(used);
        _memory = AlignedBuffer.OfFloats(length);
        for (int i = 0; i < used.Count; i++)
        {
            used[i].Address = _memory.Floats + offsets[i];
        }

        Workspace.Allocate();
    }

    /// <summary>Does the works [first, end).</summary>
    internal void Run(int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            if (Milliseconds is null)
            {
                _works[i].Run();
            }
            else
            {
                RunMeasured(i, Milliseconds);
            }
        }
    }

    public void Dispose()
    {
        Team.Dispose();
        _owned.ForEach(disposable => disposable.Dispose());
        Workspace.Dispose();
        _memory?.Dispose();
    }

    private void RunMeasured(int index, Dictionary<string, double> milliseconds)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        _works[index].Run();
        double elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        milliseconds[_works[index].Name] = milliseconds.GetValueOrDefault(_works[index].Name) + elapsed;
    }
}
