using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>The C functions of oneDNN 2 and libgomp that the backend calls, one line each.</summary>
/// <remarks>
/// Signatures: oneapi/dnnl/dnnl.h of 2.6; GOMP_parallel: libgomp/libgomp_g.h of GCC. Operation descriptors are fixed-size structures whose
/// content only the library reads, so they are passed as opaque zeroed buffers (<see cref="OperationDescriptorBytes"/>).
/// </remarks>
internal static unsafe partial class NativeMethods
{
    /// <summary>Name under which <see cref="OneDnnLibrary"/> resolves oneDNN.</summary>
    internal const string OneDnn = "dnnl";

    /// <summary>Name under which <see cref="OneDnnLibrary"/> resolves the OpenMP library that oneDNN itself uses.</summary>
    internal const string OpenMp = "gomp";

    /// <summary>sizeof(dnnl_memory_desc_t) in every 2.x.</summary>
    internal const int MemoryDescriptorBytes = 696;

    /// <summary>Room for the largest operation descriptor of 2.x, dnnl_convolution_desc_t with 5,976 bytes.</summary>
    internal const int OperationDescriptorBytes = 8192;

    [LibraryImport(OneDnn, EntryPoint = "dnnl_version")]
    internal static partial VersionInformation* Version();

    [LibraryImport(OneDnn, EntryPoint = "dnnl_get_effective_cpu_isa")]
    internal static partial int GetEffectiveCpuIsa();

    [LibraryImport(OneDnn, EntryPoint = "dnnl_engine_create")]
    internal static partial Status EngineCreate(out EngineHandle engine, int kind, nuint index);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_engine_destroy")]
    internal static partial Status EngineDestroy(nint engine);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_stream_create")]
    internal static partial Status StreamCreate(out StreamHandle stream, EngineHandle engine, uint flags);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_stream_destroy")]
    internal static partial Status StreamDestroy(nint stream);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_memory_desc_init_by_tag")]
    internal static partial Status MemoryDescriptorByTag(byte* descriptor, int rank, long* lengths, DataType type, int tag);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_memory_desc_equal")]
    internal static partial int MemoryDescriptorEqual(byte* left, byte* right);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_memory_desc_get_size")]
    internal static partial nuint MemoryDescriptorSize(byte* descriptor);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_memory_create")]
    internal static partial Status MemoryCreate(out MemoryHandle memory, byte* descriptor, EngineHandle engine, void* data);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_memory_destroy")]
    internal static partial Status MemoryDestroy(nint memory);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_memory_set_data_handle")]
    internal static partial Status MemorySetData(nint memory, void* data);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_attr_create")]
    internal static partial Status AttributesCreate(out AttributesHandle attributes);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_attr_destroy")]
    internal static partial Status AttributesDestroy(nint attributes);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_attr_set_scratchpad_mode")]
    internal static partial Status AttributesSetScratchpadMode(AttributesHandle attributes, int mode);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_attr_set_post_ops")]
    internal static partial Status AttributesSetPostOperations(AttributesHandle attributes, PostOperationsHandle operations);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_post_ops_create")]
    internal static partial Status PostOperationsCreate(out PostOperationsHandle operations);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_post_ops_destroy")]
    internal static partial Status PostOperationsDestroy(nint operations);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_post_ops_append_sum")]
    internal static partial Status PostOperationsAppendSum(PostOperationsHandle operations, float scale);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_post_ops_append_eltwise")]
    internal static partial Status PostOperationsAppendElementwise(
        PostOperationsHandle operations, float scale, int algorithm, float alpha, float beta);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_dilated_convolution_forward_desc_init")]
    internal static partial Status ConvolutionForward(
        byte* operation, Propagation propagation, int algorithm, byte* source, byte* weights, byte* bias, byte* destination,
        long* strides, long* dilations, long* paddingBefore, long* paddingAfter);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_dilated_convolution_backward_data_desc_init")]
    internal static partial Status ConvolutionBackwardData(
        byte* operation, int algorithm, byte* sourceGradient, byte* weights, byte* destinationGradient,
        long* strides, long* dilations, long* paddingBefore, long* paddingAfter);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_dilated_convolution_backward_weights_desc_init")]
    internal static partial Status ConvolutionBackwardWeights(
        byte* operation, int algorithm, byte* source, byte* weightsGradient, byte* biasGradient, byte* destinationGradient,
        long* strides, long* dilations, long* paddingBefore, long* paddingAfter);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_inner_product_forward_desc_init")]
    internal static partial Status InnerProductForward(
        byte* operation, Propagation propagation, byte* source, byte* weights, byte* bias, byte* destination);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_inner_product_backward_data_desc_init")]
    internal static partial Status InnerProductBackwardData(byte* operation, byte* sourceGradient, byte* weights, byte* destinationGradient);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_inner_product_backward_weights_desc_init")]
    internal static partial Status InnerProductBackwardWeights(
        byte* operation, byte* source, byte* weightsGradient, byte* biasGradient, byte* destinationGradient);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_desc_create")]
    internal static partial Status PrimitiveDescriptorCreate(
        out PrimitiveDescriptorHandle descriptor, byte* operation, AttributesHandle attributes, EngineHandle engine, nint forwardHint);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_reorder_primitive_desc_create")]
    internal static partial Status ReorderDescriptorCreate(
        out PrimitiveDescriptorHandle descriptor, byte* source, EngineHandle sourceEngine, byte* destination, EngineHandle destinationEngine,
        AttributesHandle attributes);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_desc_destroy")]
    internal static partial Status PrimitiveDescriptorDestroy(nint descriptor);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_desc_query")]
    internal static partial Status PrimitiveDescriptorQuery(PrimitiveDescriptorHandle descriptor, int what, int index, void* result);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_desc_query_md")]
    internal static partial byte* PrimitiveDescriptorQueryMemory(PrimitiveDescriptorHandle descriptor, MemoryRole role, int index);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_create")]
    internal static partial Status PrimitiveCreate(out PrimitiveHandle primitive, PrimitiveDescriptorHandle descriptor);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_destroy")]
    internal static partial Status PrimitiveDestroy(nint primitive);

    [LibraryImport(OneDnn, EntryPoint = "dnnl_primitive_execute")]
    internal static partial Status PrimitiveExecute(nint primitive, nint stream, int argumentCount, ExecutionArgument* arguments);

    [LibraryImport(OpenMp, EntryPoint = "GOMP_parallel")]
    internal static partial void Parallel(delegate* unmanaged[Cdecl]<nint, void> body, nint data, uint threadCount, uint flags);

    [LibraryImport(OpenMp, EntryPoint = "omp_set_num_threads")]
    internal static partial void SetThreadCount(int threadCount);

    [LibraryImport(OpenMp, EntryPoint = "omp_get_max_threads")]
    internal static partial int GetMaximumThreadCount();

    // Both read a field of the running team: cheaper than telling the garbage collector about the call.
    [LibraryImport(OpenMp, EntryPoint = "omp_get_thread_num"), SuppressGCTransition]
    internal static partial int GetThreadNumber();

    [LibraryImport(OpenMp, EntryPoint = "omp_get_num_threads"), SuppressGCTransition]
    internal static partial int GetTeamSize();
}
