using ResNetMl.Engine;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.Onnx.BackendTests;

/// <summary>ONNX's own backend tests through the import and both backends. Witness: the outputs that come with them.</summary>
public sealed class BackendTests
{
    // The bounds of ONNX's own runner (onnx.backend.test.runner).
    private const double RelativeTolerance = 1e-3;
    private const double AbsoluteTolerance = 1e-7;

    public static TheoryData<string> InScope => BackendTestCase.IsInstalled
        ? new(BackendTestCase.All().Where(test => BackendTestScope.Exclusion(test) is null).Select(test => test.Name))
        : new("");

    [Theory]
    [MemberData(nameof(InScope))]
    public void A_test_in_scope_gives_its_outputs_on_both_backends(string name)
    {
        RequireData();
        BackendTestCase test = BackendTestCase.Named(name);
        byte[] model = File.ReadAllBytes(Path.Combine(test.Folder, "model.onnx"));
        foreach ((Tensor[] inputs, Tensor[] expected) in test.DataSets())
        {
            var named = test.Inputs.Select((input, i) => (input.Name, Value: inputs[i])).ToArray();
            ImportedNetwork network = OnnxFile.Read(
                model,
                new OnnxImportOptions { FixedInputs = named.Where(input => test.Fixed.Contains(input.Name)).ToDictionary(input => input.Name, input => input.Value) });
            Tensor[] data = [.. named.Where(input => !test.Fixed.Contains(input.Name)).Select(input => Fed(network, input.Value))];
            foreach (IBackend backend in Backends.Available)
            {
                IReadOnlyList<Tensor> actual = ExportTests.RunAll(backend, network, data);
                Assert.Equal(expected.Length, actual.Count);
                for (int i = 0; i < expected.Length; i++)
                {
                    AssertClose($"{backend.Name}, output {i}", Fed(network, expected[i]), actual[i]);
                }
            }
        }
    }

    [Fact]
    public void The_scope_is_as_large_as_promised()
    {
        RequireData();
        string[] names = [.. BackendTestCase.All().Where(test => BackendTestScope.Exclusion(test) is null).Select(test => test.Name)];

        Assert.True(names.Count(name => name.StartsWith("node/", StringComparison.Ordinal)) > 100);
        Assert.True(names.Count(name => name.StartsWith("pytorch-", StringComparison.Ordinal)) >= 78);
    }

    [Fact]
    public void The_page_of_results_lists_every_test()
    {
        RequireData();
        string path = Path.Combine(TestData.RepositoryRoot, "docs", "results", "onnx-backend-tests.md");
        string page = BackendTestTable.Write();
        if (Environment.GetEnvironmentVariable("RESNETML_UPDATE_RESULTS") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(page == File.ReadAllText(path), $"{path} is not what the tests say: run this test with RESNETML_UPDATE_RESULTS=1 and look at the difference.");
    }

    internal static void RequireData()
    {
        if (!BackendTestCase.IsInstalled)
        {
            Assert.Skip("needs Debian's libonnx-testdata: apt-get install libonnx-testdata");
        }
    }

    // A graph without a batch is fed with an axis of 1 in front.
    private static Tensor Fed(ImportedNetwork network, Tensor tensor) => network.HasBatchAxis ? tensor : tensor.Reshape(tensor.Shape.Prepend(1));

    private static void AssertClose(string what, Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        for (int i = 0; i < expected.Span.Length; i++)
        {
            (float e, float a) = (expected.Span[i], actual.Span[i]);
            bool isClose = e.Equals(a) || Math.Abs((double)a - e) <= AbsoluteTolerance + (RelativeTolerance * Math.Abs((double)e));
            Assert.True(isClose, $"{what}: element {i} is {a}, expected {e}");
        }
    }
}
