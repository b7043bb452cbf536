using System.Runtime.InteropServices;

namespace ResNetMl.Images.Native;

/// <summary>Finds the libvips file, loads it by its path and sets it up once for the process.</summary>
internal static class LibVipsLibrary
{
    /// <summary>Environment variable that names a libvips file to load instead of the one beside the program.</summary>
    internal const string PathVariable = "RESNETML_LIBVIPS";

    private static readonly Lazy<LoadedLibrary> Instance = new(Load);

    /// <summary>The file that was loaded.</summary>
    internal static string FilePath => Instance.Value.Path;

    /// <summary>Its version, for example 8.18.7.</summary>
    internal static string Version => Instance.Value.Version;

    /// <summary>Loads the library if no one has; cheap afterwards.</summary>
    /// <exception cref="DllNotFoundException">No libvips here; the message says where it was looked for and what to do.</exception>
    internal static void EnsureLoaded() => _ = Instance.Value;

    private static LoadedLibrary Load()
    {
        string path = Find();
        nint handle;
        try
        {
            handle = NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                $"libvips (the image decoder): expected a library for {RuntimeInformation.RuntimeIdentifier} at {path}, got: {exception.Message} " +
                $"Build again to restore it, or set {PathVariable} to the path of a libvips 8.13 or later library.",
                exception);
        }

        NativeLibrary.SetDllImportResolver(
            typeof(LibVips).Assembly,
            (name, _, _) => name == LibVips.Name ? handle : 0);
        return Start(path);
    }

    private static LoadedLibrary Start(string path)
    {
        // libvips prints thousands of warnings about odd but readable files. It reads this natively, so .NET's own setter would not reach it.
        LibVips.SetEnvironment("VIPS_WARNING", "0", overwrite: 1);
        if (LibVips.Init("resnetml") != 0)
        {
            using GlibMemoryHandle errors = LibVips.TakeErrors();
            throw new DllNotFoundException(
                $"libvips at {path} did not start: {errors.AsText().Trim()}. Set {PathVariable} to the path of another libvips 8.13 or later library.");
        }

        // Callers decode on many threads of their own; a cache keyed by memory addresses would only hold stale pixels.
        LibVips.SetConcurrency(1);
        LibVips.SetCacheMax(0);
        LibVips.SetBlockUntrusted(1);
        return new LoadedLibrary(path, $"{LibVips.Version(0)}.{LibVips.Version(1)}.{LibVips.Version(2)}");
    }

    private static string Find()
    {
        string? replacement = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(replacement))
        {
            return Path.GetFullPath(replacement);
        }

        List<string> folders = [];
        foreach (string rid in RuntimeIdentifiers())
        {
            folders.Add(Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native"));
        }

        // A publish for one platform puts native files beside the program; the host names the folders of packages.
        folders.Add(AppContext.BaseDirectory);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string searched)
        {
            folders.AddRange(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        string pattern = OperatingSystem.IsMacOS() ? "libvips-cpp.*.dylib" : OperatingSystem.IsWindows() ? "libvips-42.dll" : "libvips-cpp.so.*";
        foreach (string folder in folders)
        {
            if (Directory.Exists(folder) && Directory.GetFiles(folder, pattern) is [string found, ..])
            {
                return found;
            }
        }

        throw new DllNotFoundException(
            $"libvips (the image decoder): expected {pattern} in {folders[0]}, found none. Build again to restore it with npm, " +
            $"or set {PathVariable} to the path of a libvips 8.13 or later library.");
    }

    /// <summary>The names this platform's folder may have: the one .NET was built for, then the portable one.</summary>
    private static IEnumerable<string> RuntimeIdentifiers()
    {
        yield return RuntimeInformation.RuntimeIdentifier;
        string system = OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsWindows() ? "win" : "linux";
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        yield return $"{system}-{architecture}";
    }

    private sealed record LoadedLibrary(string Path, string Version);
}
