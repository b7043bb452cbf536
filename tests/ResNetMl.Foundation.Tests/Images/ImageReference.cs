using System.Security.Cryptography;
using System.Text.Json;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Images;

/// <summary>Golden values written by the scripts in tests/References.</summary>
internal static class ImageReference
{
    internal static JsonElement Load(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "tests", "References", name))).RootElement;

    internal static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
