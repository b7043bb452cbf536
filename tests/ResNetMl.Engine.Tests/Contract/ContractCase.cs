using System.Runtime.InteropServices;
using System.Text.Json;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>One case of contract.json: a graph, a batch, and what PyTorch computes for it in float64.</summary>
/// <remarks>Witness: tests/References/contract.py.</remarks>
public sealed class ContractCase
{
    private const int InputSeed = 100;
    private const int OutputGradientSeed = 200;

    private static readonly Lazy<IReadOnlyDictionary<string, ContractCase>> Cases = new(LoadAll);

    private ContractCase(JsonElement json)
    {
        Name = json.GetProperty("name").GetString()!;
        BatchSize = json.GetProperty("batch").GetInt32();
        NetworkInput[] inputs = [.. json.GetProperty("inputs").EnumerateArray()
            .Select(i => new NetworkInput(i.GetProperty("name").GetString()!, ReadShape(i.GetProperty("shape")).Prepend(1)))];
        Node[] nodes = [.. json.GetProperty("nodes").EnumerateArray().Select(ReadNode)];
        Definition = new NetworkDefinition(Name, inputs, nodes, [nodes[^1].Name]);

        Weights = new StateDictionary();
        foreach (JsonElement entry in json.GetProperty("state").EnumerateArray())
        {
            Weights.Add(entry.GetProperty("name").GetString()!, ContractNumbers.Make(
                entry.GetProperty("seed").GetInt32(),
                ReadShape(entry.GetProperty("shape")),
                entry.GetProperty("scale").GetSingle(),
                entry.GetProperty("offset").GetSingle()));
        }

        Inputs = [.. inputs.Select((input, i) => ContractNumbers.Make(InputSeed + i, input.Shape.With(0, BatchSize)))];
        Output = ReadTensor(json.GetProperty("output"));
        InferenceOutput = ReadTensor(json.GetProperty("inference"));
        OutputGradient = ContractNumbers.Make(OutputGradientSeed, Output.Shape);
        InputGradients = [.. json.GetProperty("inputGradients").EnumerateArray().Select(ReadTensor)];
        Gradients = ReadTensors(json.GetProperty("gradients"));
        Buffers = ReadTensors(json.GetProperty("buffers"));
    }

    /// <summary>Names of all cases, for theories.</summary>
    public static IEnumerable<string> Names => Cases.Value.Keys;

    /// <summary>Names of the cases that are whole networks.</summary>
    public static IEnumerable<string> NetworkNames => Names.Where(name => name.StartsWith("network-", StringComparison.Ordinal));

    internal string Name { get; }

    internal int BatchSize { get; }

    internal NetworkDefinition Definition { get; }

    internal StateDictionary Weights { get; }

    internal Tensor[] Inputs { get; }

    internal Tensor Output { get; }

    internal Tensor InferenceOutput { get; }

    internal Tensor OutputGradient { get; }

    internal Tensor[] InputGradients { get; }

    internal IReadOnlyDictionary<string, Tensor> Gradients { get; }

    internal IReadOnlyDictionary<string, Tensor> Buffers { get; }

    internal static ContractCase Load(string name) => Cases.Value[name];

    private static IReadOnlyDictionary<string, ContractCase> LoadAll()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Contract", "contract.json"));
        using JsonDocument document = JsonDocument.Parse(file);
        return document.RootElement.GetProperty("cases").EnumerateArray()
            .Select(json => new ContractCase(json))
            .ToDictionary(c => c.Name);
    }

    private static Shape ReadShape(JsonElement json) => new([.. json.EnumerateArray().Select(length => length.GetInt32())]);

    private static Tensor ReadTensor(JsonElement json) => new(
        ReadShape(json.GetProperty("shape")),
        MemoryMarshal.Cast<byte, float>(json.GetProperty("data").GetBytesFromBase64()));

    private static Dictionary<string, Tensor> ReadTensors(JsonElement json) =>
        json.EnumerateObject().ToDictionary(property => property.Name, property => ReadTensor(property.Value));

    private static Node ReadNode(JsonElement json)
    {
        JsonElement a = json.GetProperty("attributes");
        string type = json.GetProperty("type").GetString()!;
        PrimitiveLayer layer = type switch
        {
            "conv" => new Conv2d(
                Int("in"), Int("out"), Size("kernel"), Size("stride"), Padding("padding"), Int("groups"), Size("dilation"), Bool("bias")),
            "bn" => new BatchNorm(Int("channels"), a.GetProperty("epsilon").GetSingle(), a.GetProperty("momentum").GetSingle()),
            "relu" => new Activation(ActivationKind.Relu),
            "add" => new Add(),
            "maxpool" => new Pool2d(PoolingKind.Max, Int("kernel"), Int("stride"), Int("padding"), Bool("ceil")),
            "avgpool" => new Pool2d(
                PoolingKind.Average, Int("kernel"), Int("stride"), Int("padding"), Bool("ceil"), Bool("countsPadding")),
            "globalavgpool" => new GlobalAveragePool(),
            "flatten" => new Flatten(),
            "linear" => new Linear(Int("in"), Int("out"), Bool("bias")),
            "shortcut" => new ZeroPadShortcut(Int("stride"), Int("before"), Int("after")),
            _ => GeneralLayerJson.Read(type, a) ?? throw new InvalidDataException($"contract.json: no layer of type '{type}'."),
        };
        return new Node(
            json.GetProperty("name").GetString()!, layer, [.. json.GetProperty("inputs").EnumerateArray().Select(i => i.GetString()!)]);

        int Int(string name) => a.GetProperty(name).GetInt32();
        bool Bool(string name) => a.GetProperty(name).GetBoolean();
        Size2d Size(string name) => new(a.GetProperty(name)[0].GetInt32(), a.GetProperty(name)[1].GetInt32());
        Padding2d Padding(string name)
        {
            JsonElement p = a.GetProperty(name);
            return new Padding2d(p[0].GetInt32(), p[1].GetInt32(), p[2].GetInt32(), p[3].GetInt32());
        }
    }
}
