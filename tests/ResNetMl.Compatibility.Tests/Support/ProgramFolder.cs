using ResNetMl.TestSupport;

namespace Compatibility.Support;

/// <summary>What sample programs find on a user's disk: a few photographs by class, and weights in the folder RESNETML_WEIGHTS names.</summary>
public sealed class ProgramFolder : IDisposable
{
    private const string WeightsVariable = "RESNETML_WEIGHTS";

    private readonly string _root = Directory.CreateTempSubdirectory("resnetml-programs-").FullName;
    private readonly string? _weightsBefore = Environment.GetEnvironmentVariable(WeightsVariable);

    public ProgramFolder()
    {
        // The user's own files under the names of the architectures: an ImageNet ResNet-50 v2 cut after stage 3 stands for both.
        Directory.CreateDirectory(this["weights"]);
        foreach (string name in (string[])["ResnetV250.onnx", "ResnetV2101.onnx"])
        {
            File.Copy(SampleData.Backbone, Path.Combine(this["weights"], name));
        }

        Environment.SetEnvironmentVariable(WeightsVariable, this["weights"]);
    }

    public string this[string name] => Path.Combine(_root, name);

    /// <summary>A folder with a folder for each flower and so many photographs in each.</summary>
    public string Photographs(string name, int perClass, params string[] flowers)
    {
        foreach (string flower in flowers)
        {
            string folder = Directory.CreateDirectory(Path.Combine(this[name], flower)).FullName;
            foreach (string path in Directory.GetFiles(Path.Combine(SampleData.Flowers, flower), "*.jpg").Order(StringComparer.Ordinal).Take(perClass))
            {
                File.Copy(path, Path.Combine(folder, Path.GetFileName(path)), overwrite: true);
            }
        }

        return this[name];
    }

    /// <summary>A folder of photographs named after their flowers, others than <see cref="Photographs"/> gives.</summary>
    public string PhotographsToPredict(string name, params string[] flowers)
    {
        Directory.CreateDirectory(this[name]);
        foreach (string flower in flowers)
        {
            string path = Directory.GetFiles(Path.Combine(SampleData.Flowers, flower), "*.jpg").Order(StringComparer.Ordinal).Last();
            File.Copy(path, Path.Combine(this[name], $"{flower}1.jpg"), overwrite: true);
        }

        return this[name];
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(WeightsVariable, _weightsBefore);
        Directory.Delete(_root, recursive: true);
    }
}
