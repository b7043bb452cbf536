using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ResNetMl.Engine.OneDnn.Native;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Runs the engine's own passes on the OpenMP threads that oneDNN's primitives run on.</summary>
/// <remarks>
/// libgomp's workers keep spinning for a while after each parallel region, so a second set of threads would compete with them for the
/// cores. Entering a region of libgomp's own finds them awake instead.
/// </remarks>
internal sealed unsafe class OpenMpRunner(int threadCount) : ParallelRunner
{
    /// <inheritdoc/>
    public override int ThreadCount { get; } = threadCount;

    /// <summary>Sets how many threads oneDNN uses for what the calling thread creates and executes.</summary>
    /// <remarks>OpenMP keeps the number for each calling thread.</remarks>
    internal void Claim() => NativeMethods.SetThreadCount(ThreadCount);

    /// <inheritdoc/>
    internal override void Run(delegate*<void*, int, int, void> body, void* argument)
    {
        if (ThreadCount == 1)
        {
            body(argument, 0, 1);
            return;
        }

        var region = new Region { Body = body, Argument = argument, ThreadCount = ThreadCount };
        NativeMethods.Parallel(&Enter, (nint)(&region), (uint)ThreadCount, 0);
    }

    /// <summary>What each thread of the team runs; the team may be smaller than asked for, the parts stay the same.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(nint data)
    {
        var region = (Region*)data;
        int teamSize = NativeMethods.GetTeamSize();
        for (int part = NativeMethods.GetThreadNumber(); part < region->ThreadCount; part += teamSize)
        {
            region->Body(region->Argument, part, region->ThreadCount);
        }
    }

    private struct Region
    {
        internal delegate*<void*, int, int, void> Body;
        internal void* Argument;
        internal int ThreadCount;
    }
}
