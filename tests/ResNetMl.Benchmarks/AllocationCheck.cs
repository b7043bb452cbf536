using ResNetMl.Engine;

namespace ResNetMl.Benchmarks;

/// <summary>Counts the managed bytes that 100 training steps allocate, loader off, in the whole process.</summary>
internal static class AllocationCheck
{
    internal static int Run(int threads)
    {
        bool isClean = true;
        foreach (IBackend backend in Backends.Available)
        {
            using var training = new OwnTraining(backend, "resnet20", [3, 32, 32], batchSize: 32, threads);
            training.Run(50); // past the runtime's own warm-up: tiered compilation, thread statics
            long before = GC.GetTotalAllocatedBytes(precise: true);
            training.Run(100);
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Console.WriteLine($"{backend.Name}: {allocated} bytes allocated in 100 steps of ResNet-20");
            isClean &= allocated == 0;
        }

        return isClean ? 0 : 1;
    }
}
