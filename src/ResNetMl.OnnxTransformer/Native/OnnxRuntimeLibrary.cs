using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ResNetMl.Transforms.Onnx.Native;

/// <summary>Where to look for ONNX Runtime's library; what the environment and the host say, handed in so that it can be tested.</summary>
/// <param name="ExplicitPath">RESNETML_ONNXRUNTIME: a library that replaces every other; null or empty when not set.</param>
/// <param name="Folders">The folders that are searched otherwise, in this order.</param>
internal sealed record OnnxRuntimeSearch(string? ExplicitPath, IReadOnlyList<string> Folders)
{
    /// <summary>What this process was started with.</summary>
    internal static OnnxRuntimeSearch FromEnvironment()
    {
        string system = OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsWindows() ? "win" : "linux";
        string platform = $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        List<string> folders = [Path.Combine(AppContext.BaseDirectory, "runtimes", platform, "native")];

        // A publish for one platform puts native files beside the program; the host names the folders of packages.
        folders.Add(AppContext.BaseDirectory);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string searched)
        {
            folders.AddRange(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        return new OnnxRuntimeSearch(Environment.GetEnvironmentVariable(OnnxRuntimeLibrary.PathVariable), folders);
    }
}

/// <summary>Finds the ONNX Runtime library, loads it by its path and starts it once for the process.</summary>
/// <remarks>
/// Nothing of Microsoft.ML.OnnxRuntime is touched where there is no library: its types fail in their static constructors then, with
/// exceptions that say nothing to the user.
/// </remarks>
internal static unsafe class OnnxRuntimeLibrary
{
    /// <summary>Environment variable that names a library to load instead of the one beside the program.</summary>
    internal const string PathVariable = "RESNETML_ONNXRUNTIME";

    /// <summary>The C# interface reads a table of functions as long as this version's; later libraries only append to it.</summary>
    private static readonly Version Oldest = new(1, 29);

    private static readonly Lazy<(string? Version, string? WhyNot)> Started = new(Start);
    private static readonly Lock EnvironmentLock = new();

    // ONNX Runtime starts once in a process, and where its log goes is settled then for all of it; no answer depends on it.
    private static readonly System.Runtime.CompilerServices.StrongBox<bool> OwnLog = new();

    /// <summary>The file's name on this system.</summary>
    internal static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>Version of the library, for example 1.29.0; null where there is none.</summary>
    internal static string? Version => Started.Value.Version;

    /// <summary>Why there is none, in one sentence or two for the user; null where there is.</summary>
    internal static string? WhyNot => Started.Value.WhyNot;

    /// <summary>Whether messages of sessions come to <see cref="SessionLog"/>: not where the application started ONNX Runtime itself, with a log of its own.</summary>
    internal static bool HasOwnLog => OwnLog.Value;

    /// <summary>Loads the library if no one has, and starts it.</summary>
    /// <param name="makeSharedThreads">
    /// Makes the threads that sessions may share; null for none. Only the first call in a process decides: ONNX Runtime starts once.
    /// </param>
    /// <exception cref="DllNotFoundException">There is none; the message says where it was looked for and what to do.</exception>
    internal static void EnsureLoaded(Func<OrtThreadingOptions>? makeSharedThreads = null)
    {
        if (WhyNot is { } reason)
        {
            throw new DllNotFoundException(reason);
        }

        lock (EnvironmentLock)
        {
            if (OrtEnv.IsCreated)
            {
                return;
            }

            // A library does not print: errors arrive as exceptions, and what a session warns of goes to the log of its context.
            using OrtThreadingOptions? sharedThreads = makeSharedThreads?.Invoke();
            var options = new EnvironmentCreationOptions
            {
                logId = "ResNetMl",
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                loggingFunction = SessionLog.Receive,
                threadOptions = sharedThreads,
            };
            OrtEnv.CreateInstanceWithOptions(ref options);
            OwnLog.Value = true;
        }
    }

    /// <summary>Loads the first library that the search finds.</summary>
    /// <param name="search">Where to look.</param>
    /// <param name="whyNot">The reason when the answer is null.</param>
    /// <returns>The library's handle.</returns>
    internal static nint? Load(OnnxRuntimeSearch search, out string? whyNot)
    {
        string? path = string.IsNullOrEmpty(search.ExplicitPath)
            ? search.Folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists)
            : Path.GetFullPath(search.ExplicitPath);
        if (path is null)
        {
            whyNot = $"ONNX Runtime: {FileName} for {RuntimeInformation.RuntimeIdentifier} not found in {search.Folders[0]}. " +
                $"The build restores it for linux-x64, win-x64, win-arm64 and osx-arm64; elsewhere set {PathVariable} to its path.";
            return null;
        }

        if (!File.Exists(path))
        {
            whyNot = $"ONNX Runtime: expected {FileName} at {path}, which {PathVariable} names, found no file. Correct the path, or unset the variable.";
            return null;
        }

        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            // .NET's message ends with the system's own words, after general advice.
            string reason = exception.Message.TrimEnd().Split('\n')[^1].TrimEnd('.');
            whyNot = $"ONNX Runtime: {path} could not be loaded: {reason}. {PathVariable}, if set, must be the path of {FileName}.";
            return null;
        }

        string version = ReadVersion(library);
        whyNot = System.Version.TryParse(version, out Version? number) && number >= Oldest
            ? null
            : $"ONNX Runtime: expected version {Oldest} or later in {path}, found {version}. {PathVariable}, if set, must be the path of such a {FileName}.";
        return whyNot is null ? library : null;
    }

    /// <summary>What the library says of itself, in words where it is none.</summary>
    private static string ReadVersion(nint library)
    {
        // OrtApiBase is { GetApi, GetVersionString } in every version.
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out nint getApiBase))
        {
            return "a library without OrtGetApiBase";
        }

        nint* apiBase = ((delegate* unmanaged[Stdcall]<nint*>)getApiBase)();
        return Marshal.PtrToStringUTF8(((delegate* unmanaged[Stdcall]<nint>)apiBase[1])()) ?? "no version";
    }

    private static (string? Version, string? WhyNot) Start()
    {
        if (Load(OnnxRuntimeSearch.FromEnvironment(), out string? whyNot) is not { } library)
        {
            return (null, whyNot);
        }

        // Must happen before any other type of the assembly is used.
        OrtEnv.DisableDllImportResolver = true;
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, (name, _, _) => name == "onnxruntime" ? library : 0);
            return (ReadVersion(library), null);
        }
        catch (InvalidOperationException)
        {
            // The application has set a resolver of its own: it decides which library is used, and the version shown is read from that one.
            return (OrtEnv.Instance().GetVersionString(), null);
        }
    }
}
