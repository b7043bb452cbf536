using System.Runtime.InteropServices;

namespace ResNetMl.Images.Native;

/// <summary>The functions of libvips and of the GObject library inside it that decoding and encoding need; none takes variable arguments.</summary>
/// <remarks>
/// Signatures: vips/{vips,operation,object,image,region,error}.h of libvips 8.18 and gobject/{gvalue,gobject}.h. Calls go through
/// <see cref="LibVipsLibrary"/>, which finds the file and starts the library before the first of them.
/// </remarks>
internal static unsafe partial class LibVips
{
    /// <summary>Resolved by <see cref="LibVipsLibrary"/>; no file has this name.</summary>
    internal const string Name = "resnetml-libvips";

    internal const int FormatUChar = 0;
    internal const int FormatUShort = 2;

    internal const int InterpretationCmyk = 15;

    internal const int FileTestIsRegular = 1;

    [LibraryImport(Name, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Init(string programName);

    [LibraryImport(Name, EntryPoint = "vips_version")]
    internal static partial int Version(int part);

    [LibraryImport(Name, EntryPoint = "vips_concurrency_set")]
    internal static partial void SetConcurrency(int threads);

    [LibraryImport(Name, EntryPoint = "vips_cache_set_max")]
    internal static partial void SetCacheMax(int operations);

    [LibraryImport(Name, EntryPoint = "vips_block_untrusted_set")]
    internal static partial void SetBlockUntrusted(int block);

    [LibraryImport(Name, EntryPoint = "vips_error_buffer_copy")]
    internal static partial GlibMemoryHandle TakeErrors();

    [LibraryImport(Name, EntryPoint = "vips_error_clear")]
    internal static partial void ClearErrors();

    [LibraryImport(Name, EntryPoint = "vips_operation_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial VipsObjectHandle NewOperation(string nickname);

    [LibraryImport(Name, EntryPoint = "vips_object_set_argument_from_string", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetArgument(VipsObjectHandle operation, string name, string value);

    [LibraryImport(Name, EntryPoint = "vips_object_build")]
    internal static partial int Build(VipsObjectHandle operation);

    [LibraryImport(Name, EntryPoint = "vips_object_unref_outputs")]
    internal static partial void UnrefOutputs(VipsObjectHandle operation);

    [LibraryImport(Name, EntryPoint = "vips_blob_new")]
    internal static partial VipsBlobHandle NewBlob(nint freeFunction, byte* data, nuint length);

    [LibraryImport(Name, EntryPoint = "vips_blob_get_type")]
    internal static partial nuint BlobType();

    [LibraryImport(Name, EntryPoint = "vips_image_get_type")]
    internal static partial nuint ImageType();

    [LibraryImport(Name, EntryPoint = "vips_blob_get")]
    internal static partial byte* GetBlob(nint blob, out nuint length);

    [LibraryImport(Name, EntryPoint = "vips_image_new_from_memory_copy")]
    internal static partial VipsObjectHandle NewImage(byte* data, nuint length, int width, int height, int bands, int format);

    [LibraryImport(Name, EntryPoint = "vips_area_unref")]
    internal static partial void UnrefArea(nint area);

    [LibraryImport(Name, EntryPoint = "vips_image_get_width")]
    internal static partial int GetWidth(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_image_get_height")]
    internal static partial int GetHeight(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_image_get_bands")]
    internal static partial int GetBands(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_image_get_format")]
    internal static partial int GetFormat(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_image_get_interpretation")]
    internal static partial int GetInterpretation(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_image_get_orientation")]
    internal static partial int GetOrientation(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_region_new")]
    internal static partial VipsObjectHandle NewRegion(VipsObjectHandle image);

    [LibraryImport(Name, EntryPoint = "vips_region_fetch")]
    internal static partial GlibMemoryHandle FetchRegion(VipsObjectHandle region, int left, int top, int width, int height, out nuint length);

    [LibraryImport(Name, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetProperty(VipsObjectHandle target, string name, GValue* value);

    [LibraryImport(Name, EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void GetProperty(VipsObjectHandle target, string name, GValue* value);

    [LibraryImport(Name, EntryPoint = "g_object_unref")]
    internal static partial void UnrefObject(nint target);

    [LibraryImport(Name, EntryPoint = "g_value_init")]
    internal static partial void InitValue(GValue* value, nuint type);

    [LibraryImport(Name, EntryPoint = "g_value_unset")]
    internal static partial void UnsetValue(GValue* value);

    [LibraryImport(Name, EntryPoint = "g_value_set_boxed")]
    internal static partial void SetBoxed(GValue* value, VipsBlobHandle boxed);

    [LibraryImport(Name, EntryPoint = "g_value_get_boxed")]
    internal static partial nint GetBoxed(GValue* value);

    [LibraryImport(Name, EntryPoint = "g_value_set_object")]
    internal static partial void SetObject(GValue* value, VipsObjectHandle target);

    [LibraryImport(Name, EntryPoint = "g_value_dup_object")]
    internal static partial VipsObjectHandle DuplicateObject(GValue* value);

    [LibraryImport(Name, EntryPoint = "g_free")]
    internal static partial void Free(nint memory);

    [LibraryImport(Name, EntryPoint = "g_setenv", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string variable, string value, int overwrite);

    [LibraryImport(Name, EntryPoint = "g_file_test", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int TestFile(string path, int test);

    /// <summary>GObject's box for a value of any type: its type, then two words of content.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct GValue
    {
        private readonly nuint _type;
        private readonly ulong _first;
        private readonly ulong _second;
    }
}
