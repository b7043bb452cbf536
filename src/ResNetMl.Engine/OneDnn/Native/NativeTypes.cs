using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>dnnl_status_t.</summary>
internal enum Status
{
    Success = 0,
    OutOfMemory = 1,
    InvalidArguments = 2,
    Unimplemented = 3,
    IteratorEnds = 4,
    RuntimeError = 5,
    NotRequired = 6,
}

/// <summary>dnnl_data_type_t, as far as the engine uses it.</summary>
internal enum DataType
{
    BFloat16 = 2,
    Float32 = 3,
}

/// <summary>dnnl_format_tag_t, as far as the engine names layouts; the primitives may choose others.</summary>
internal enum FormatTag
{
    /// <summary>The primitive chooses.</summary>
    Any = 1,

    /// <summary>One axis.</summary>
    Vector = 2,

    /// <summary>Row-major matrix: [N, C], or weights [out, in].</summary>
    Matrix = 3,

    /// <summary>Row-major images [N, C, H, W], or weights [out, in, kH, kW].</summary>
    Nchw = 5,

    /// <summary>Row-major grouped weights [groups, out/groups, in/groups, kH, kW].</summary>
    Goihw = 7,

    /// <summary>Channels innermost: [N, H, W, C].</summary>
    Nhwc = 20,

    /// <summary>[N, C/16, H, W, 16]: 16 channels of one pixel are contiguous; absent channels are zero.</summary>
    Nchw16c = 69,

    /// <summary>[N, C/8, H, W, 8]: the same with 8.</summary>
    Nchw8c = 93,
}

/// <summary>dnnl_prop_kind_t, as far as a forward descriptor names it.</summary>
internal enum Propagation
{
    ForwardTraining = 64,
    ForwardInference = 96,
}

/// <summary>dnnl_query_t for memory descriptors: which of a primitive's arrays is asked about.</summary>
internal enum MemoryRole
{
    Source = 129,
    SourceGradient = 130,
    Weights = 131,
    WeightsGradient = 132,
    Destination = 133,
    DestinationGradient = 134,
    Workspace = 135,
    Scratchpad = 136,
}

/// <summary>DNNL_ARG_*: what an array is to the primitive executed.</summary>
internal enum ArgumentKind
{
    Source = 1,
    Destination = 17,
    Weights = 33,
    Bias = 41,
    Workspace = 64,
    Scratchpad = 80,
    SourceGradient = 129,
    DestinationGradient = 145,
    WeightsGradient = 161,
    BiasGradient = 169,
}

/// <summary>dnnl_alg_kind_t for convolution.</summary>
internal enum ConvolutionAlgorithm
{
    /// <summary>Sums of products in fp32: the reference's accuracy.</summary>
    Direct = 1,

    /// <summary>Winograd where the library expects it to be faster; its transforms cost a few bits.</summary>
    Automatic = 3,
}

/// <summary>dnnl_exec_arg_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExecutionArgument
{
    internal ArgumentKind Kind;
    internal nint Memory;
}

/// <summary>dnnl_version_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VersionInformation
{
    /// <summary>DNNL_RUNTIME_OMP: the CPU primitives run on OpenMP threads.</summary>
    internal const uint OpenMpRuntime = 2;

    internal int Major;
    internal int Minor;
    internal int Patch;
    internal nint Hash;
    internal uint CpuRuntime;
    internal uint GpuRuntime;
}
