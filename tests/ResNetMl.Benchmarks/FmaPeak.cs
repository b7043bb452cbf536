using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ResNetMl.Benchmarks;

/// <summary>How many fp32 operations a second the machine gives right now, by a loop of fused multiply-adds that touches no memory.</summary>
/// <remarks>
/// On rented machines two virtual cores may share one physical core for seconds at a time, halving every figure: a reading before and
/// after a measurement tells whether it can be trusted.
/// </remarks>
internal static class FmaPeak
{
    private const int Iterations = 4000; // × 16 accumulators ≈ half a millisecond

    /// <summary>GFLOP/s of <paramref name="threads"/> threads together, over about half a millisecond; the best of a few readings.</summary>
    internal static double Read(int threads, int readings = 5)
    {
        double best = 0;
        for (int reading = 0; reading < readings; reading++)
        {
            best = Math.Max(best, ReadOnce(threads));
        }

        return best;
    }

    private static double ReadOnce(int threads)
    {
        using var start = new Barrier(threads);
        var seconds = new double[threads];
        var team = new Thread[threads];
        for (int t = 0; t < threads; t++)
        {
            int index = t;
            team[t] = new Thread(() =>
            {
                _ = Loop(Iterations / 4); // warms the registers' frequency up
                start.SignalAndWait();
                long began = Stopwatch.GetTimestamp();
                float sink = Loop(Iterations);
                seconds[index] = Stopwatch.GetElapsedTime(began).TotalSeconds + (float.IsNaN(sink) ? 1 : 0);
            });
            team[t].Start();
        }

        foreach (Thread thread in team)
        {
            thread.Join();
        }

        int lanes = Vector512.IsHardwareAccelerated ? 16 : Vector<float>.Count;
        double operations = (double)threads * Iterations * 16 * lanes * 2;
        return operations / seconds.Max() / 1e9;
    }

    private static float Loop(int iterations) =>
        Avx512F.IsSupported ? Loop512(iterations) : Fma.IsSupported ? Loop256(iterations) : LoopAny(iterations);

    private static float Loop512(int iterations)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
        Vector512<float> a0 = y, a1 = y, a2 = y, a3 = y, a4 = y, a5 = y, a6 = y, a7 = y;
        Vector512<float> b0 = y, b1 = y, b2 = y, b3 = y, b4 = y, b5 = y, b6 = y, b7 = y;
        for (int i = 0; i < iterations; i++)
        {
            a0 = Avx512F.FusedMultiplyAdd(a0, x, y);
            a1 = Avx512F.FusedMultiplyAdd(a1, x, y);
            a2 = Avx512F.FusedMultiplyAdd(a2, x, y);
            a3 = Avx512F.FusedMultiplyAdd(a3, x, y);
            a4 = Avx512F.FusedMultiplyAdd(a4, x, y);
            a5 = Avx512F.FusedMultiplyAdd(a5, x, y);
            a6 = Avx512F.FusedMultiplyAdd(a6, x, y);
            a7 = Avx512F.FusedMultiplyAdd(a7, x, y);
            b0 = Avx512F.FusedMultiplyAdd(b0, x, y);
            b1 = Avx512F.FusedMultiplyAdd(b1, x, y);
            b2 = Avx512F.FusedMultiplyAdd(b2, x, y);
            b3 = Avx512F.FusedMultiplyAdd(b3, x, y);
            b4 = Avx512F.FusedMultiplyAdd(b4, x, y);
            b5 = Avx512F.FusedMultiplyAdd(b5, x, y);
            b6 = Avx512F.FusedMultiplyAdd(b6, x, y);
            b7 = Avx512F.FusedMultiplyAdd(b7, x, y);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7);
    }

    private static float Loop256(int iterations)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
        Vector256<float> a0 = y, a1 = y, a2 = y, a3 = y, a4 = y, a5 = y, a6 = y, a7 = y;
        for (int i = 0; i < iterations * 2; i++)
        {
            a0 = Fma.MultiplyAdd(a0, x, y);
            a1 = Fma.MultiplyAdd(a1, x, y);
            a2 = Fma.MultiplyAdd(a2, x, y);
            a3 = Fma.MultiplyAdd(a3, x, y);
            a4 = Fma.MultiplyAdd(a4, x, y);
            a5 = Fma.MultiplyAdd(a5, x, y);
            a6 = Fma.MultiplyAdd(a6, x, y);
            a7 = Fma.MultiplyAdd(a7, x, y);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7);
    }

    private static float LoopAny(int iterations)
    {
        var x = new Vector<float>(0.999f);
        var y = new Vector<float>(0.001f);
        Vector<float> a0 = y, a1 = y, a2 = y, a3 = y, a4 = y, a5 = y, a6 = y, a7 = y;
        for (int i = 0; i < iterations * 2; i++)
        {
            a0 = Vector.FusedMultiplyAdd(a0, x, y);
            a1 = Vector.FusedMultiplyAdd(a1, x, y);
            a2 = Vector.FusedMultiplyAdd(a2, x, y);
            a3 = Vector.FusedMultiplyAdd(a3, x, y);
            a4 = Vector.FusedMultiplyAdd(a4, x, y);
            a5 = Vector.FusedMultiplyAdd(a5, x, y);
            a6 = Vector.FusedMultiplyAdd(a6, x, y);
            a7 = Vector.FusedMultiplyAdd(a7, x, y);
        }

        return Vector.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7);
    }
}
