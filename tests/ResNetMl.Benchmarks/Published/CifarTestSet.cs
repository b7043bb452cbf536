using System.Globalization;
using System.IO.Compression;
using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Benchmarks.Published;

/// <summary>The official CIFAR-10 test images in the row order of the oracles, prepared as the published networks want them.</summary>
/// <param name="Images">[images, 3, 32, 32].</param>
/// <param name="Labels">The true class of each.</param>
internal sealed record CifarTestSet(Tensor Images, int[] Labels)
{
    private const int ImageLength = 3 * 32 * 32;

    internal int Count => Labels.Length;

    /// <summary>Reads every so many rows; rows are sorted by class.</summary>
    /// <param name="data">The test data's folder.</param>
    /// <param name="step">1 takes all 10,000.</param>
    internal static CifarTestSet Read(string data, int step)
    {
        string folder = Path.Combine(data, "cifar10");
        string[][] index =
        [
            .. File.ReadLines(Path.Combine(folder, "cifar10_test_index.csv")).Skip(1).Where((_, row) => row % step == 0).Select(line => line.Split(',')),
        ];
        var images = new Tensor([index.Length, 3, 32, 32]);
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(folder, "cifar10_test_png.zip"));
        for (int i = 0; i < index.Length; i++)
        {
            using Stream entry = zip.GetEntry(index[i][1])!.Open();
            using var bytes = new MemoryStream();
            entry.CopyTo(bytes);
            Preprocessing.Cifar.Apply(ImageDecoder.Decode(bytes.ToArray(), index[i][1])).Span.CopyTo(images.Span[(i * ImageLength)..]);
        }

        return new CifarTestSet(images, [.. index.Select(row => int.Parse(row[2], CultureInfo.InvariantCulture))]);
    }

    /// <summary>How many rows have their largest logit at the true class.</summary>
    internal int Correct(ReadOnlySpan<float> logits, int classes)
    {
        int correct = 0;
        for (int row = 0; row < Count; row++)
        {
            ReadOnlySpan<float> scores = logits.Slice(row * classes, classes);
            int best = 0;
            for (int i = 1; i < classes; i++)
            {
                best = scores[i] > scores[best] ? i : best;
            }

            correct += best == Labels[row] ? 1 : 0;
        }

        return correct;
    }
}
