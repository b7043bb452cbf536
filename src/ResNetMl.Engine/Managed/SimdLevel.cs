using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Managed;

/// <summary>Which vectors the managed kernels use.</summary>
internal enum SimdLevel
{
    /// <summary>4 floats: NEON, SSE; slow but right where there is no vector hardware.</summary>
    Vector128 = 128,

    /// <summary>8 floats: AVX2.</summary>
    Vector256 = 256,

    /// <summary>16 floats: AVX-512.</summary>
    Vector512 = 512,
}

/// <summary>The choice of vectors, made once.</summary>
internal static class SimdLevels
{
    /// <summary>The widest that this CPU runs at full speed.</summary>
    internal static SimdLevel Best =>
        Vector512.IsHardwareAccelerated ? SimdLevel.Vector512
        : Vector256.IsHardwareAccelerated ? SimdLevel.Vector256
        : SimdLevel.Vector128;

    /// <summary>The instruction set, as people know it.</summary>
    internal static string Describe(SimdLevel level) => level switch
    {
        SimdLevel.Vector512 => "AVX-512",
        SimdLevel.Vector256 => "AVX2",
        _ => System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? "NEON" : "128-bit vectors",
    };
}
