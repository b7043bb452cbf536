using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using ResNetMl.Images;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests;

/// <summary>The first of CIFAR-10's 10,000 test images and what the published networks answer to them, by PyTorch (the test data's README).</summary>
internal static class CifarOracle
{
    internal const int Count = 500;
    internal const int Classes = 10;

    /// <summary>How far any logit may be off: the published bound for every executor in single precision.</summary>
    internal const double Tolerance = 2e-4;

    private static Tensor? _images;

    internal static string Model(string name) => TestData.RequirePath($"models/cifar-resnet/{name}");

    /// <summary>[500, 3, 32, 32], normalised as published, in the order of the logits.</summary>
    internal static Tensor Images()
    {
        if (_images is null)
        {
            using ZipArchive zip = ZipFile.OpenRead(TestData.RequirePath("cifar10/cifar10_test_png.zip"));
            string[] rows = [.. File.ReadLines(TestData.RequirePath("cifar10/cifar10_test_index.csv")).Skip(1).Take(Count)];
            var images = new Tensor([Count, 3, 32, 32]);
            for (int row = 0; row < Count; row++)
            {
                string[] fields = rows[row].Split(',');
                Assert.Equal(row, int.Parse(fields[0], CultureInfo.InvariantCulture));
                using Stream entry = zip.GetEntry(fields[1])!.Open();
                using var encoded = new MemoryStream();
                entry.CopyTo(encoded);
                Tensor image = Preprocessing.Cifar.Apply(ImageDecoder.Decode(encoded.ToArray(), fields[1]));
                image.Span.CopyTo(images.Span[(row * 3 * 32 * 32)..]);
            }

            _images = images;
        }

        return _images;
    }

    /// <summary>[500, 10] of a network: resnet20 or resnet56.</summary>
    internal static float[] Logits(string network)
    {
        byte[] npy = File.ReadAllBytes(TestData.RequirePath($"models/cifar-resnet/{network}_cifar10_test_logits.npy"));

        // Version 1.0 of numpy's format: 10 bytes, then a header of the length that bytes 8 and 9 give.
        int start = 10 + BitConverter.ToUInt16(npy, 8);
        return MemoryMarshal.Cast<byte, float>(npy.AsSpan(start))[..(Count * Classes)].ToArray();
    }

    /// <summary>Compares the first rows, as many as there are.</summary>
    internal static void AssertLogits(string network, ReadOnlySpan<float> actual)
    {
        float[] expected = Logits(network);
        Assert.True(actual.Length > 0 && actual.Length <= expected.Length && actual.Length % Classes == 0, $"{actual.Length} logits");
        double difference = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
        }

        Assert.True(difference <= Tolerance, $"logits are off by {difference:E2}, allowed {Tolerance:E2}");
    }
}
