using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Kernels;

/// <summary>A choice made when code is generated, so that a loop holds no test.</summary>
internal interface IFlag
{
    /// <summary>The choice.</summary>
    static abstract bool IsSet { get; }
}

/// <summary>The choice is made.</summary>
internal readonly struct Yes : IFlag
{
    public static bool IsSet => true;
}

/// <summary>The choice is not made.</summary>
internal readonly struct No : IFlag
{
    public static bool IsSet => false;
}

/// <summary>Work on a column: one vector of lanes of every pixel of a segment.</summary>
/// <typeparam name="TArguments">Addresses of the segment and numbers per lane.</typeparam>
internal unsafe interface IColumnKernel<TArguments>
    where TArguments : unmanaged
{
    /// <summary>Works on the lanes from a given one on.</summary>
    /// <param name="arguments">The segment.</param>
    /// <param name="lane">First lane of the column.</param>
    static abstract void Run<TOperations, TVector>(TArguments* arguments, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct;
}

/// <summary>Runs column kernels on all lanes of a segment with the widest vectors that fit.</summary>
internal static unsafe class Columns
{
    /// <summary>Runs a kernel.</summary>
    /// <param name="arguments">The segment.</param>
    /// <param name="lanes">Its lanes; those left over by a width are done by the next smaller.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TKernel, TArguments>(TArguments* arguments, int lanes)
        where TKernel : IColumnKernel<TArguments>
        where TArguments : unmanaged
    {
        int lane = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; lane + 16 <= lanes; lane += 16)
            {
                TKernel.Run<Lanes16, Vector512<float>>(arguments, lane);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; lane + 8 <= lanes; lane += 8)
            {
                TKernel.Run<Lanes8, Vector256<float>>(arguments, lane);
            }
        }

        for (; lane + 4 <= lanes; lane += 4)
        {
            TKernel.Run<Lanes4, Vector128<float>>(arguments, lane);
        }

        for (; lane < lanes; lane++)
        {
            TKernel.Run<Lanes1, float>(arguments, lane);
        }
    }
}
