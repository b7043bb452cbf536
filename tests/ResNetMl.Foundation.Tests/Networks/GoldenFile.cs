using System.Text.Json;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Expected values that the scripts of tests/References wrote.</summary>
internal static class GoldenFile
{
    internal static T Read<T>(string fileName) =>
        JsonSerializer.Deserialize<T>(
            File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "tests", "References", fileName)), JsonSerializerOptions.Web)!;
}
