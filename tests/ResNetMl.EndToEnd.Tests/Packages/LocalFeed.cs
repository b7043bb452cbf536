using System.Diagnostics;
using ResNetMl.EndToEnd.Tests.Support;

namespace ResNetMl.EndToEnd.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes of this checkout, in a folder that serves as a package source; made once for all tests of a class.</summary>
public sealed class LocalFeed : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Packs what the build has made; nothing is compiled.</summary>
    public LocalFeed()
    {
        (int exitCode, string output) = DotNet(
            TestSupport.TestData.RepositoryRoot,
            ["pack", "ResNetMl.sln", "--configuration", Configuration, "--no-build", "--output", Packages, "--nologo"]);
        Assert.True(exitCode == 0, $"dotnet pack ended with {exitCode}:\n{output}");
    }

    /// <summary>The folder of packages.</summary>
    internal string Packages => _folder["packages"];

    /// <summary>A path in a folder outside the checkout, where its build files do not reach.</summary>
    internal string this[string relativePath] => _folder[relativePath];

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>Writes a file below the folder.</summary>
    internal string Write(string relativePath, string content) => _folder.Write(relativePath, content);

    /// <summary>
    /// Writes a nuget.config by which our packages come from the feed alone and all others from the folder that the build has put them
    /// into, which has a source's layout: no package server is asked, and no older package of ours is found.
    /// </summary>
    internal void WriteSources(string folder) => Write(
        Path.Combine(folder, "nuget.config"),
        $"""
        <configuration>
          <packageSources><clear /><add key="packed" value="{Packages}" /><add key="restored" value="{RestoredPackages()}" /></packageSources>
          <packageSourceMapping>
            <clear />
            <packageSource key="packed"><package pattern="ResNetMl" /><package pattern="ResNetMl.*" /></packageSource>
            <packageSource key="restored"><package pattern="*" /></packageSource>
          </packageSourceMapping>
        </configuration>
        """);

    /// <summary>Runs the dotnet command with a package folder of its own.</summary>
    internal (int ExitCode, string Output) DotNet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        bool isPack = arguments[0] == "pack";
        if (!isPack)
        {
            start.Environment["NUGET_PACKAGES"] = _folder["installed"];
        }

        // The tests' own MSBuild hands these down; a build of another project must not take them for its own.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }

    private static string RestoredPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
