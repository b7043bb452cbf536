using System.Runtime.CompilerServices;

namespace ResNetMl.Engine.Tests.Managed;

/// <summary>The managed backend's threads.</summary>
public sealed unsafe class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_thread_runs_each_function_once(int threads)
    {
        using var team = new ThreadTeam(threads);
        long* calls = stackalloc long[threads];
        new Span<long>(calls, threads).Clear();

        // Pauses now and then, so that threads are met spinning as well as asleep.
        for (int round = 1; round <= 2000; round++)
        {
            team.Run(&CountCall, calls);
            for (int thread = 0; thread < threads; thread++)
            {
                Assert.Equal(round, calls[thread]);
            }

            if (round % 500 == 0)
            {
                TestContext.Current.CancellationToken.WaitHandle.WaitOne(2);
            }
        }
    }

    [Fact]
    public void Running_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        long* calls = stackalloc long[2];
        team.Run(&CountCall, calls);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int round = 0; round < 100; round++)
        {
            team.Run(&CountCall, calls);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_team_that_was_disposed_refuses_work()
    {
        var team = new ThreadTeam(2);
        team.Dispose();

        Assert.Throws<ObjectDisposedException>(() => team.Run(&CountCall, null));
    }

    private static void CountCall(void* argument, int thread, int threadCount) => Unsafe.Add(ref Unsafe.AsRef<long>(argument), thread)++;
}
