using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>Where to look for oneDNN; what the environment and the application's folder say, handed in so that it can be tested.</summary>
/// <param name="Disabled">RESNETML_DISABLE_ONEDNN is 1.</param>
/// <param name="ExplicitPath">RESNETML_ONEDNN: a libdnnl.so.2 that replaces every other; null or empty when not set.</param>
/// <param name="ApplicationFolder">The folder of the program.</param>
internal sealed record OneDnnSearch(bool Disabled, string? ExplicitPath, string ApplicationFolder)
{
    /// <summary>
    /// The folder of the native files that came with the application: <c>runtimes/linux-x64/native</c>, or the application's own where it was
    /// published for one platform, which lifts them there.
    /// </summary>
    internal string NativeFolder
    {
        get
        {
            string ofPlatform = Path.Combine(ApplicationFolder, "runtimes", "linux-x64", "native");
            bool isLifted = !File.Exists(Path.Combine(ofPlatform, OneDnnLibrary.FileName)) && File.Exists(Path.Combine(ApplicationFolder, OneDnnLibrary.FileName));
            return isLifted ? ApplicationFolder : ofPlatform;
        }
    }

    /// <summary>What this process was started with.</summary>
    internal static OneDnnSearch FromEnvironment() => new(
        Environment.GetEnvironmentVariable("RESNETML_DISABLE_ONEDNN") == "1",
        Environment.GetEnvironmentVariable("RESNETML_ONEDNN"),
        AppContext.BaseDirectory);
}

/// <summary>oneDNN, loaded into the process once, with its engine and the OpenMP library that it runs on.</summary>
internal sealed unsafe partial class OneDnnLibrary
{
    internal const string FileName = "libdnnl.so.2";

    private const int CpuEngine = 1;

    // About 20 to 70 microseconds: longer than the gaps between the parts of a step, shorter than a scheduler's time slice.
    private const string SpinCount = "2000";

    // dnnl_cpu_isa_t is a set of bits, each level including those before it.
    private const int Avx2Isa = 0x7;
    private const int Avx512CoreIsa = 0x27;
    private const int BFloat16Isa = 0xe7;
    private const int AmxIsa = 0x3e7;

    private static readonly Lazy<(OneDnnLibrary? Library, string? WhyNot)> Loaded = new(LoadForProcess);

    private readonly nint _oneDnn;
    private readonly nint _openMp;

    private OneDnnLibrary(nint oneDnn, nint openMp, string path)
    {
        _oneDnn = oneDnn;
        _openMp = openMp;
        Path = path;
    }

    /// <summary>File the library was loaded from, or its bare name when the system's loader found it.</summary>
    internal string Path { get; }

    /// <summary>For example 2.6.3.</summary>
    internal Version Version { get; private set; } = new();

    /// <summary>The CPU engine; lives as long as the process, because primitives outlive plans in the library's cache.</summary>
    internal EngineHandle Engine { get; private set; } = null!;

    /// <summary>Widest instruction set the library uses here, as a word for reports.</summary>
    internal string InstructionSet { get; private set; } = "";

    /// <summary>Channels contiguous in its blocked layout: 16 with AVX-512, else 8.</summary>
    internal int ChannelBlock { get; private set; }

    /// <summary>Whether the processor multiplies bfloat16 numbers.</summary>
    internal bool HasBFloat16 { get; private set; }

    /// <summary>The library, loaded on first use; false with the reason where it cannot be.</summary>
    /// <param name="library">The library.</param>
    /// <param name="whyNot">One sentence for the user, such as "oneDNN: libdnnl.so.2 not found …".</param>
    internal static bool TryGet([NotNullWhen(true)] out OneDnnLibrary? library, [NotNullWhen(false)] out string? whyNot)
    {
        (library, whyNot) = Loaded.Value;
        return library is not null;
    }

    /// <summary>Loads the first library the search allows and checks that it is one this binding knows.</summary>
    /// <param name="search">Where to look.</param>
    /// <param name="whyNot">The reason when the answer is null.</param>
    internal static OneDnnLibrary? Load(OneDnnSearch search, out string? whyNot)
    {
        whyNot = null;
        if (search.Disabled)
        {
            whyNot = "oneDNN: disabled by RESNETML_DISABLE_ONEDNN=1.";
            return null;
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            whyNot = $"oneDNN: used on Linux x64 only, this is {RuntimeInformation.RuntimeIdentifier}.";
            return null;
        }

        string nativeFolder = search.NativeFolder;
        string path = FileName;
        if (!string.IsNullOrEmpty(search.ExplicitPath))
        {
            path = search.ExplicitPath;
        }
        else if (File.Exists(System.IO.Path.Combine(nativeFolder, FileName)))
        {
            // The loader takes what is already in the process under the same name, so oneDNN's own needs are met from this folder first.
            NativeLibrary.TryLoad(System.IO.Path.Combine(nativeFolder, "libgomp.so.1"), out _);
            NativeLibrary.TryLoad(System.IO.Path.Combine(nativeFolder, "libOpenCL.so.1"), out _);
            path = System.IO.Path.Combine(nativeFolder, FileName);
        }

        if (!NativeLibrary.TryLoad(path, out nint oneDnn))
        {
            whyNot = path == FileName
                ? $"oneDNN: {FileName} not found, neither in {nativeFolder} nor on the system. Install Debian's libdnnl2 or set RESNETML_ONEDNN to its path."
                : $"oneDNN: {path} could not be loaded. RESNETML_ONEDNN, if set, must be the path of a {FileName}.";
            return null;
        }

        if (!TryReadVersion(oneDnn, out VersionInformation version) || version.Major != 2 || version.Minor < 6)
        {
            whyNot = $"oneDNN: {path} is not oneDNN 2.6 or a later 2.x (it says {version.Major}.{version.Minor}). Install Debian's libdnnl2.";
            return null;
        }

        if (version.CpuRuntime != VersionInformation.OpenMpRuntime || !NativeLibrary.TryLoad("libgomp.so.1", out nint openMp))
        {
            whyNot = $"oneDNN: {path} does not run on GNU OpenMP (libgomp.so.1), which the engine shares its threads with. Install Debian's libdnnl2.";
            return null;
        }

        return new OneDnnLibrary(oneDnn, openMp, path) { Version = new Version(version.Major, version.Minor, version.Patch) };
    }

    private static (OneDnnLibrary? Library, string? WhyNot) LoadForProcess()
    {
        LimitSpinning();
        OneDnnLibrary? library = Load(OneDnnSearch.FromEnvironment(), out string? whyNot);
        if (library is null)
        {
            return (null, whyNot);
        }

        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, library.Resolve);
        int isa = NativeMethods.GetEffectiveCpuIsa();
        if ((isa & Avx2Isa) != Avx2Isa)
        {
            return (null, "oneDNN: this processor has no AVX2, without which the managed kernels are as fast.");
        }

        library.ChannelBlock = (isa & Avx512CoreIsa) == Avx512CoreIsa ? 16 : 8;
        library.HasBFloat16 = (isa & BFloat16Isa) == BFloat16Isa;
        library.InstructionSet = (isa & AmxIsa) == AmxIsa ? "AMX"
            : library.HasBFloat16 ? "AVX512_BF16"
            : library.ChannelBlock == 16 ? "AVX-512"
            : "AVX2";
        Status status = NativeMethods.EngineCreate(out EngineHandle engine, CpuEngine, index: 0);
        OneDnnException.ThrowIfFailed(status, "create the CPU engine");
        library.Engine = engine;
        return (library, null);
    }

    /// <summary>Has idle OpenMP threads sleep soon, unless the user's environment says how they wait.</summary>
    /// <remarks>
    /// libgomp's threads spin for milliseconds by default. Where another process wants a core too, they spin away the time slices that the
    /// thread waited for needs: a step of ResNet-20 beside busy processes took 4.0 s, and 0.9 s so. The library reads its environment when it
    /// is loaded, and the native one, which Environment.SetEnvironmentVariable does not change.
    /// </remarks>
    private static void LimitSpinning()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = SetNativeEnvironment("GOMP_SPINCOUNT", SpinCount, overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeEnvironment(string name, string value, int overwrite);

    private static bool TryReadVersion(nint oneDnn, out VersionInformation version)
    {
        version = default;
        if (!NativeLibrary.TryGetExport(oneDnn, "dnnl_version", out nint address))
        {
            return false;
        }

        version = *((delegate* unmanaged[Cdecl]<VersionInformation*>)address)();
        return true;
    }

    private nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        NativeMethods.OneDnn => _oneDnn,
        NativeMethods.OpenMp => _openMp,
        _ => 0,
    };
}
