using ResNetMl.Interchange.Onnx;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Onnx.BackendTests;

/// <summary>One of ONNX's backend tests: a model of one or a few operators, inputs and outputs. Debian package libonnx-testdata.</summary>
internal sealed class BackendTestCase
{
    internal const string Root = "/usr/share/libonnx-testdata/data";

    internal static readonly string[] Groups = ["node", "pytorch-converted", "pytorch-operator", "simple"];

    // Weights that a test feeds instead of storing them; a layer has them, so they become initializers. Also single numbers that describe a layer.
    private static readonly Dictionary<string, int[]> Weights = new(StringComparer.Ordinal)
    {
        ["Conv"] = [1, 2],
        ["BatchNormalization"] = [1, 2, 3, 4],
        ["InstanceNormalization"] = [1, 2],
        ["Pad"] = [2],
        ["Dropout"] = [1],
    };

    private BackendTestCase(string name)
    {
        Name = name;
        Folder = Path.Combine(Root, name);
        Model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Folder, "model.onnx")));
        var initializers = Model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        Inputs = [.. Model.Graph.Input.Where(input => !initializers.Contains(input.Name))];
        var weights = new HashSet<string>(StringComparer.Ordinal);
        foreach (NodeProto node in Model.Graph.Node)
        {
            foreach (int place in Weights.GetValueOrDefault(node.OpType, []))
            {
                if (place < node.Input.Count)
                {
                    weights.Add(node.Input[place]);
                }
            }
        }

        Fixed = [.. Inputs.Where(input => KindOf(input) == ElementKind.Int64 || weights.Contains(input.Name)).Select(input => input.Name)];
    }

    /// <summary>Group and folder: <c>node/test_relu</c>.</summary>
    internal string Name { get; }

    internal string Folder { get; }

    internal ModelProto Model { get; }

    /// <summary>What the test feeds.</summary>
    internal ValueInfoProto[] Inputs { get; }

    /// <summary>Inputs that become initializers: whole numbers, and weights.</summary>
    internal HashSet<string> Fixed { get; }

    internal static bool IsInstalled => Directory.Exists(Root);

    /// <summary>All tests in the order of their names.</summary>
    internal static IEnumerable<BackendTestCase> All() =>
        from folder in Groups
        from path in Directory.GetDirectories(Path.Combine(Root, folder)).Order(StringComparer.Ordinal)
        where File.Exists(Path.Combine(path, "model.onnx"))
        select new BackendTestCase($"{folder}/{Path.GetFileName(path)}");

    internal static BackendTestCase Named(string name) => new(name);

    /// <summary>0 where the value is no tensor.</summary>
    internal static int KindOf(ValueInfoProto value) => value.Type?.TensorType?.ElemType ?? 0;

    /// <summary>Inputs and expected outputs of each data set.</summary>
    internal IEnumerable<(Tensor[] Inputs, Tensor[] Outputs)> DataSets()
    {
        foreach (string folder in Directory.GetDirectories(Folder, "test_data_set_*").Order(StringComparer.Ordinal))
        {
            yield return (Read(folder, "input", Inputs.Length), Read(folder, "output", Model.Graph.Output.Count));
        }
    }

    private static Tensor[] Read(string folder, string kind, int count) => [.. Enumerable.Range(0, count).Select(i => ReadTensor(Path.Combine(folder, $"{kind}_{i}.pb")))];

    private static Tensor ReadTensor(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var budget = new ModelBudget(path, bytes.Length);
        ConstantValue value = new TensorReader(budget, new ExternalData(null, budget)).Read(path, TensorProto.Parser.ParseFrom(bytes));
        if (!value.IsInteger)
        {
            return value.Floats;
        }

        var tensor = new Tensor(value.Shape);
        for (int i = 0; i < tensor.Span.Length; i++)
        {
            tensor.Span[i] = value.Integers[i].Value;
        }

        return tensor;
    }
}
