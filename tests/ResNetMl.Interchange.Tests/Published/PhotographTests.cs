using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Interchange.Tests.Published;

/// <summary>Two complete ImageNet classifiers on 19 photographs, from the file's bytes to the labels.</summary>
/// <remarks>Witness: PyTorch with PIL's antialiased bilinear resize; the data's README says how.</remarks>
public sealed class PhotographTests
{
    private const int Ranks = 5;

    /// <summary>Ranks that are closer than rounding may change places; two of the 95 may.</summary>
    private const int FewestEqualRanks = 93;

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (string executor in new[] { "onednn", "managed", "onnxruntime" })
            {
                cases.Add("mobilenet_v2", "mobilenet_v2_1.0_224.onnx", executor);
                cases.Add("squeezenet1.1", "squeezenet1.1.onnx", executor);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_first_label_of_every_photograph_and_93_of_95_ranks_are_the_oracles(string name, string file, string executorName)
    {
        string photographs = TestData.RequirePath("imagenet/mlnet_samples");
        string[] synset = File.ReadAllLines(TestData.RequirePath("imagenet/synset.txt"));
        Model model = ModelReader.Read(
            TestData.RequirePath($"models/imagenet/{file}"),
            new ModelReaderOptions { Labels = synset, Preprocessing = name == "mobilenet_v2" ? PlusMinusOne() : Preprocessing.ImageNet });
        using Predictor predictor = model.CreatePredictor(Executor(executorName), new PredictorOptions { Precision = Precision.Float32 });

        int photographCount = 0;
        int equalRanks = 0;
        foreach (string[] row in File.ReadLines(TestData.RequirePath("imagenet/mlnet_samples_oracle.csv")).Skip(1).Select(line => line.Split(',')))
        {
            if (row[2] == name)
            {
                IReadOnlyList<ClassScore> top = predictor.PredictFile(Path.Combine(photographs, row[0])).Top(Ranks);
                int[] expected = [.. row[3..(3 + Ranks)].Select(index => int.Parse(index, CultureInfo.InvariantCulture))];
                Assert.True(expected[0] == top[0].Index, $"{row[0]}: expected {synset[expected[0]]}, got {top[0].Label}");
                photographCount++;
                equalRanks += top.Zip(expected).Count(pair => pair.First.Index == pair.Second);
            }
        }

        Assert.Equal(19, photographCount);
        Assert.InRange(equalRanks, FewestEqualRanks, Ranks * photographCount);
    }

    private static Preprocessing PlusMinusOne() =>
        new(new ResizeShorterSide(256), new ImageSize(224, 224), ChannelOrder.Rgb, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    private static IExecutor Executor(string name)
    {
        Assert.SkipWhen(name == "onednn" && Backends.OneDnn is null, $"Needs oneDNN (Debian package libdnnl2): {Backends.OneDnnUnavailableReason}");
        Assert.SkipWhen(name == "onnxruntime" && OnnxRuntimeExecutor.Instance is null, $"Needs ONNX Runtime, which the build restores with npm: {OnnxRuntimeExecutor.UnavailableReason}");
        return name == "onnxruntime" ? OnnxRuntimeExecutor.Instance! : new BackendExecutor(Backends.Get(name));
    }
}
