using System.IO.Compression;
using System.Security.Cryptography;
using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Images;

public sealed class DatasetCatalogueTests : IDisposable
{
    private const string Installed = "/usr/share/datasets/fashion-mnist";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_committed_sample_has_300_training_and_100_test_images_of_each_of_ten_classes()
    {
        using IExampleSource train = OpenSample("train.zip");
        using IExampleSource test = OpenSample("test.zip");

        Assert.Equal(["ankle-boot", "bag", "coat", "dress", "pullover", "sandal", "shirt", "sneaker", "t-shirt-top", "trouser"], train.Labels);
        Assert.Equal(train.Labels, test.Labels);
        Assert.All(train.CountPerLabel(), count => Assert.Equal(300, count));
        Assert.All(test.CountPerLabel(), count => Assert.Equal(100, count));
        Assert.Empty(train.LeftOut);
    }

    [Theory]
    [InlineData("train.zip", "train-images-idx3-ubyte.gz")]
    [InlineData("test.zip", "t10k-images-idx3-ubyte.gz")]
    public void Every_image_of_the_sample_is_the_one_of_the_full_set_that_its_name_says(string zip, string idx)
    {
        SkipUnlessInstalled();
        ProvidedDataset full = DatasetCatalogue.Provide(
            DatasetCatalogue.Find("fashion-mnist"), _folder.Path, cancellationToken: TestContext.Current.CancellationToken);
        using IExampleSource sample = OpenSample(zip);
        using IExampleSource all = ExampleSource.Open(Path.Combine(full.Folder, idx));

        for (int i = 0; i < sample.Count; i++)
        {
            Example example = sample.Get(i);
            Example original = all.Get(int.Parse(Path.GetFileNameWithoutExtension(example.Path)));
            Assert.Equal(all.Labels[original.LabelIndex], sample.Labels[example.LabelIndex]);
            Assert.True(original.Pixels!.Data.AsSpan().SequenceEqual(example.Decode().Data), $"{example.Path} differs from {original.Path}");
        }
    }

    [Fact]
    public void Fashion_mnist_is_taken_from_the_installed_package_and_found_again()
    {
        SkipUnlessInstalled();
        CatalogueEntry entry = DatasetCatalogue.Find("fashion-mnist");
        Assert.Null(DatasetCatalogue.FindProvided(entry, _folder.Path));

        ProvidedDataset provided = DatasetCatalogue.Provide(entry, _folder.Path, cancellationToken: TestContext.Current.CancellationToken);

        using IExampleSource train = ExampleSource.Open(provided.TrainingPath);
        using IExampleSource test = ExampleSource.Open(provided.TestPath);
        Assert.Equal("the installed Debian package dataset-fashion-mnist", provided.Source);
        Assert.Equal(provided, DatasetCatalogue.FindProvided(entry, _folder.Path));
        Assert.Equal((60_000, 10_000), (train.Count, test.Count));
        Assert.Equal(entry.Labels, train.Labels);
        Assert.All(train.CountPerLabel(), count => Assert.Equal(6_000, count));
    }

    [Fact]
    public void A_folder_given_may_hold_the_files_plain_or_gzipped()
    {
        (CatalogueEntry entry, string from) = SmallDataset();

        ProvidedDataset provided = DatasetCatalogue.Provide(entry, _folder.Path, from, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(Path.Combine(_folder.Path, "small", "train"), provided.TrainingPath);
        Assert.Equal(Path.Combine(_folder.Path, "small", "test.gz"), provided.TestPath);
        Assert.Equal($"the folder {from}", provided.Source);
        Assert.Equal("a\nb\n", File.ReadAllText(Path.Combine(_folder.Path, "small", "labels.txt")));
    }

    [Fact]
    public void Content_that_is_not_the_published_one_is_refused_and_not_kept()
    {
        (CatalogueEntry entry, string from) = SmallDataset();
        string train = _folder.Write("from/train", "other content");

        DatasetException exception = Assert.Throws<DatasetException>(() => DatasetCatalogue.Provide(entry, _folder.Path, from, null, TestContext.Current.CancellationToken));

        string expected = entry.Recipe.Files[0].Sha256;
        string found = Convert.ToHexStringLower(SHA256.HashData("other content"u8));
        Assert.Equal(
            $"{train}: expected the published train of small (SHA-256 of its content {expected}), got {found}. Fetch it from its origin again: nowhere.", exception.Message);
        Assert.Null(DatasetCatalogue.FindProvided(entry, _folder.Path));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "small", "train")));
    }

    [Fact]
    public void A_folder_without_the_files_is_refused()
    {
        (CatalogueEntry entry, string from) = SmallDataset();
        File.Delete(Path.Combine(from, "test.gz"));

        DatasetException exception = Assert.Throws<DatasetException>(() => DatasetCatalogue.Provide(entry, _folder.Path, from, null, TestContext.Current.CancellationToken));

        Assert.Equal($"{from}: expected the file test or test.gz of small, got none. Name the folder that holds its 2 files.", exception.Message);
    }

    [Fact]
    public void A_name_that_is_no_dataset_is_refused_listing_those_that_are()
    {
        DatasetException exception = Assert.Throws<DatasetException>(() => DatasetCatalogue.Find("fashion"));

        Assert.Equal("'fashion': expected one of the datasets fashion-mnist. 'data list' shows them.", exception.Message);
    }

    private static IExampleSource OpenSample(string zip) =>
        ExampleSource.Open(Path.Combine(TestData.RepositoryRoot, "data", "fashion-mnist-sample", zip));

    private static void SkipUnlessInstalled() =>
        Assert.SkipUnless(Directory.Exists(Installed), "Needs the Debian package dataset-fashion-mnist.");

    private (CatalogueEntry Entry, string From) SmallDataset()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write("test content"u8);
        }

        _folder.Write("from/train", "training content");
        _folder.Write("from/test.gz", compressed.ToArray());
        var recipe = new DatasetRecipe(
            [
                new("train", Convert.ToHexStringLower(SHA256.HashData("training content"u8))),
                new("test", Convert.ToHexStringLower(SHA256.HashData("test content"u8))),
            ],
            "train",
            "test",
            "no-such-package",
            Path.Combine(_folder.Path, "not-installed"));
        var entry = new CatalogueEntry(recipe)
        {
            Name = "small", Description = "two files", TrainingImages = 1, TestImages = 1, Labels = ["a", "b"], SizeBytes = 2, License = "MIT", Origin = "nowhere",
        };
        return (entry, Path.Combine(_folder.Path, "from"));
    }
}
