using System.Globalization;
using System.IO.Compression;
using ResNetMl.Images;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.Support;

/// <summary>The official CIFAR-10 test images in the row order of the oracles, prepared as the published networks want them.</summary>
internal sealed record CifarTestImages(Tensor Images, int[] Rows, int[] Labels)
{
    /// <summary>Every so many rows, which spreads few images over all classes; rows are sorted by class.</summary>
    /// <param name="step">1 takes all 10,000, 20 takes 500.</param>
    internal static CifarTestImages Every(int step)
    {
        string folder = TestData.RequirePath("cifar10");
        string[][] index = [.. File.ReadLines(Path.Combine(folder, "cifar10_test_index.csv")).Skip(1).Where((_, row) => row % step == 0).Select(line => line.Split(','))];
        var images = new Tensor([index.Length, 3, 32, 32]);
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(folder, "cifar10_test_png.zip"));
        for (int i = 0; i < index.Length; i++)
        {
            using Stream entry = zip.GetEntry(index[i][1])!.Open();
            var bytes = new MemoryStream();
            entry.CopyTo(bytes);
            Preprocessing.Cifar.Apply(ImageDecoder.Decode(bytes.ToArray(), index[i][1])).Span.CopyTo(images.Span[(i * 3 * 32 * 32)..]);
        }

        return new CifarTestImages(images, Column(index, 0), Column(index, 2));
    }

    private static int[] Column(string[][] index, int column) => [.. index.Select(row => int.Parse(row[column], CultureInfo.InvariantCulture))];
}
