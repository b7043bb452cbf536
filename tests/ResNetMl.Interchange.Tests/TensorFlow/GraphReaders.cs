using System.Runtime.InteropServices;
using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.TensorFlow;

/// <summary>Every case written as GraphDef and run by the two readers of tests/References/graphdef_readers.py, in one process.</summary>
public sealed class GraphReaders : IDisposable
{
    private string? _folder;

    /// <summary>What a reader answered, in the graph's order of axes.</summary>
    internal float[] Answer(string name, string reader) => Answer(Folder(), name, reader);

    /// <inheritdoc cref="Answer(string, string)"/>
    internal static float[] Answer(string folder, string name, string reader)
    {
        string error = Path.Combine(folder, $"{name}.{reader}.error");
        Assert.False(File.Exists(error), File.Exists(error) ? File.ReadAllText(error) : "");
        return [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, $"{name}.{reader}")))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Writes graphs and their inputs, and lets the readers run them.</summary>
    internal static void Run(string folder, IEnumerable<(string Name, ImportedNetwork Network, Tensor Input, string[] Readers)> cases)
    {
        var list = new List<object>();
        foreach ((string name, ImportedNetwork network, Tensor input, string[] readers) in cases)
        {
            TensorFlowFile.Write(Path.Combine(folder, name + ".pb"), network);
            File.WriteAllBytes(
                Path.Combine(folder, name + ".in"),
                MemoryMarshal.AsBytes<float>(ChannelsLast.Permute(input.Span, input.Shape, ChannelsLast.FromOwn(input.Shape.Rank))));
            list.Add(new { name, shape = ChannelsLast.Stored(input.Shape), readers });
        }

        File.WriteAllText(Path.Combine(folder, "cases.json"), JsonSerializer.Serialize(list));
        Python.Script("graphdef_readers.py", folder);
    }

    // Written when the first test asks, so that a missing package skips tests instead of failing the class.
    private string Folder()
    {
        if (_folder is null)
        {
            Python.Require("numpy", "python3-numpy");
            _folder = Directory.CreateTempSubdirectory("resnetml-graphdef-").FullName;
            Run(_folder, GraphCases.All.Select(one => (one.Name, new ImportedNetwork(one.Definition, one.Weights()), one.Input(), one.IsReadByOpenCv ? (string[])["numpy", "opencv"] : ["numpy"])));
        }

        return _folder;
    }
}
