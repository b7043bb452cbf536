using System.Security.Cryptography;
using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.PyTorch;

/// <summary>A folder of files that PyTorch wrote, and what it says they hold: tests/References/torch_files.py.</summary>
public class TorchFiles : IDisposable
{
    private readonly string[] _arguments;
    private string? _folder;
    private JsonDocument? _expected;

    /// <summary>Files of small tensors.</summary>
    public TorchFiles()
        : this([])
    {
    }

    private protected TorchFiles(string[] arguments) => _arguments = arguments;

    internal string this[string name] => Path.Combine(Folder(), name);

    internal JsonElement Expected(string name)
    {
        Folder();
        return _expected!.RootElement.GetProperty(name);
    }

    /// <summary>Names, shapes and every bit as PyTorch reads them.</summary>
    internal void AssertHolds(StateDictionary state, string name)
    {
        JsonElement expected = Expected(name);
        Assert.Equal(
            expected.GetProperty("tensors").EnumerateArray().Select(line => line.GetString()),
            state.Select(entry => $"{entry.Key} {string.Join(',', entry.Value.Shape)}"));
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in state.Values)
        {
            digest.AppendData(tensor.Bytes);
        }

        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _expected?.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    // Written when the first test asks, so that a missing package skips tests instead of failing the class.
    private string Folder()
    {
        if (_folder is null)
        {
            Python.Require("torch", "python3-torch");
            Python.Require("torchvision", "python3-torchvision");
            string folder = Directory.CreateTempSubdirectory("resnetml-torch-").FullName;
            Python.Script("torch_files.py", [folder, .. _arguments]);
            _expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
            _folder = folder;
        }

        return _folder;
    }
}

/// <summary>The same with whole networks: 320 MB, taken away after the tests.</summary>
public sealed class TorchNetworks() : TorchFiles(["networks"]);
