using System.IO.Compression;
using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Images;

public sealed class ExampleSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_label_folders_gives_labels_and_files_in_ordinal_order()
    {
        byte[] image = TemporaryFolder.Bmp(2, 2, 1, 2, 3);
        foreach (string file in new[] { "dogs/b.bmp", "dogs/a.bmp", "Cats/x.png", "birds/10.jpg", "birds/9.jpg", ".git/x.png", "dogs/.hidden.png" })
        {
            _folder.Write(file, image);
        }

        using IExampleSource source = ExampleSource.Open(_folder.Path);

        Assert.Equal(["Cats", "birds", "dogs"], source.Labels);
        Assert.Equal(["Cats/x.png", "birds/10.jpg", "birds/9.jpg", "dogs/a.bmp", "dogs/b.bmp"], Paths(source));
        Assert.Equal([0, 1, 1, 2, 2], Enumerable.Range(0, source.Count).Select(source.GetLabelIndex));
        Assert.Equal([1, 2, 2], source.CountPerLabel());
        Assert.Equal(["Cats"], source.LabelsWithOneExample());
        Assert.Empty(source.LeftOut);
        Assert.Equal(image, source.Get(4).Encoded!.Value.ToArray());
    }

    [Fact]
    public void One_folder_that_everything_lies_in_is_looked_through()
    {
        _folder.Write("README.txt", "not an image");
        _folder.Write("set/test/a/1.png", [1]);
        _folder.Write("set/test/b/1.png", [2]);

        using IExampleSource source = ExampleSource.Open(_folder.Path);

        Assert.Equal($"{_folder.Path}/set/test", source.Name);
        Assert.Equal(["a", "b"], source.Labels);
    }

    [Fact]
    public void What_is_no_example_is_reported_with_its_reason()
    {
        _folder.Write("loose.png", [1]);
        _folder.Write("a/1.png", [1]);
        _folder.Write("a/notes.txt", "text");
        _folder.Write("a/deeper/2.png", [1]);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "a/x.png"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        _folder.Write("b/1.png", [1]);

        using IExampleSource source = ExampleSource.Open(_folder.Path);

        Assert.Equal(["a/1.png", "b/1.png"], Paths(source));
        Assert.Equal(
        [
            "loose.png: expected images inside label folders, got one outside any. Move it into the folder of its label.",
            "a/notes.txt: expected an image file (.bmp, .dib, .gif, .jfif, .jpe, .jpeg, .jpg, .png, .tif, .tiff, .webp), got another ending. Rename it if it is an image.",
            "a/deeper: expected images directly in the label folder, got a folder; what it holds is not used. Move its images up, or open a folder further down.",
            "a/x.png: expected an image file, got a folder. Rename or move the folder.",
            "empty: expected images in the label folder, got none. Add images or remove the folder.",
        ],
        source.LeftOut.Select(bad => bad.ToString()[(_folder.Path.Length + 1)..]));
    }

    [Fact]
    public void An_empty_folder_is_refused() =>
        AssertRefused(_folder.Path, $"{_folder.Path}: expected sub-folders named after labels with images in them, got no folders and no images. Check the path.");

    [Fact]
    public void A_folder_of_splits_is_refused_naming_the_splits()
    {
        _folder.Write("train/a/1.png", [1]);
        _folder.Write("test/a/1.png", [1]);

        AssertRefused(
            _folder.Path,
            $"{_folder.Path}: expected sub-folders named after labels with images in them, got folders of folders. Open one of them: {_folder.Path}/test, {_folder.Path}/train.");
    }

    [Fact]
    public void Images_without_label_folders_are_refused()
    {
        _folder.Write("1.png", [1]);

        AssertRefused(
            _folder.Path,
            $"{_folder.Path}: expected sub-folders named after labels with images in them, got 1 images outside any label folder. Move each into the folder of its label.");
    }

    [Fact]
    public void A_path_that_is_nothing_is_refused()
    {
        string path = Path.Combine(_folder.Path, "absent");

        AssertRefused(path, $"{path}: expected a dataset (a folder of label folders, CSV, TSV, zip, IDX or CIFAR .bin), got nothing: no such file or folder. Check the path.");
    }

    [Fact]
    public void One_label_opens_but_cannot_be_trained_on()
    {
        _folder.Write("cats/1.png", [1]);

        using IExampleSource source = ExampleSource.Open(_folder.Path);
        DatasetException exception = Assert.Throws<DatasetException>(source.RequireTwoLabels);

        Assert.Equal(["cats"], source.Labels);
        Assert.Equal(
            $"{_folder.Path}: expected examples of at least two labels to train a classifier, got only 'cats'. Add a folder (or rows) of another label.", exception.Message);
    }

    [Fact]
    public void A_zip_is_a_folder_and_a_folder_inside_can_be_named()
    {
        byte[] image = TemporaryFolder.Bmp(2, 2, 9, 8, 7);
        string zip = _folder.WriteZip("set.zip", ("train/b/1.bmp", image), ("train/a/1.bmp", image), ("test/a/2.bmp", image), ("__MACOSX/train/a/1.bmp", image));

        AssertRefused(zip, $"{zip}: expected sub-folders named after labels with images in them, got folders of folders. Open one of them: {zip}/test, {zip}/train.");
        using IExampleSource train = ExampleSource.Open($"{zip}/train/");
        using IExampleSource test = ExampleSource.Open($"{zip}/test");

        Assert.Equal([$"{zip}/train/a/1.bmp", $"{zip}/train/b/1.bmp"], Enumerable.Range(0, train.Count).Select(train.GetPath));
        Assert.Equal(["a"], test.Labels);
        Assert.Equal((9, 8, 7), (train.Get(0).Decode().Data[0], train.Get(0).Decode().Data[1], train.Get(0).Decode().Data[2]));
    }

    [Theory]
    [InlineData("../x.png")]
    [InlineData("a/../../x.png")]
    [InlineData("/etc/x.png")]
    [InlineData("a\\..\\..\\x.png")]
    public void A_zip_whose_entry_climbs_out_is_refused(string name)
    {
        string zip = _folder.WriteZip("evil.zip", ("a/1.png", [1]), (name, [1]));

        AssertRefused(zip, $"{zip}: expected entries inside the zip's own folder, got '{name}', which climbs out of it. Do not use this zip; fetch it from its origin again.");
    }

    [Fact]
    public void A_zip_that_is_cut_short_is_refused()
    {
        string zip = _folder.WriteZip("cut.zip", ("a/1.png", new byte[5000]), ("b/1.png", new byte[5000]));
        File.WriteAllBytes(zip, File.ReadAllBytes(zip)[..^30]);

        DatasetException exception = Assert.Throws<DatasetException>(() => ExampleSource.Open(zip));

        Assert.StartsWith($"{zip}: expected a whole zip file, got one that cannot be read (", exception.Message);
        Assert.EndsWith(" Make or fetch it again.", exception.Message);
    }

    [Fact]
    public void A_zip_entry_that_is_damaged_is_a_bad_image_among_good_ones()
    {
        byte[] image = TemporaryFolder.Bmp(20, 20, 9, 8, 7);
        string zip = Path.Combine(_folder.Path, "damaged.zip");
        using (ZipArchive archive = new(File.Create(zip), ZipArchiveMode.Create))
        {
            foreach (string name in new[] { "a/1.bmp", "b/1.bmp" })
            {
                using Stream stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(image);
            }
        }

        byte[] bytes = File.ReadAllBytes(zip);
        bytes[600] ^= 0xFF;
        File.WriteAllBytes(zip, bytes);
        using IExampleSource source = ExampleSource.Open(zip);
        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => source.Get(0));

        Assert.Equal(
            $"{zip}/a/1.bmp: expected a readable zip entry, got: its checksum (CRC-32) is wrong. Make or fetch the zip again.", exception.Message);
        Assert.Equal(image, source.Get(1).Encoded!.Value.ToArray());
    }

    [Fact]
    public async Task A_zip_serves_many_threads()
    {
        string zip = _folder.WriteZip("many.zip", [.. Enumerable.Range(0, 200).Select(i => ($"label{i % 4}/{i:000}.bmp", TemporaryFolder.Bmp(3, 3, (byte)i, 0, 0)))]);
        using IExampleSource source = ExampleSource.Open(zip);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            for (int index = 0; index < source.Count; index++)
            {
                Example example = source.Get(index);
                Assert.Equal(int.Parse(Path.GetFileNameWithoutExtension(example.Path)), example.Decode().Data[0]);
            }
        })));
    }

    [Fact]
    public void The_cifar_zip_has_10000_examples_of_10_labels()
    {
        using IExampleSource source = ExampleSource.Open(TestData.RequirePath("cifar10/cifar10_test_png.zip"));

        Assert.Equal(10_000, source.Count);
        Assert.Equal(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"], source.Labels);
        Assert.All(source.CountPerLabel(), count => Assert.Equal(1000, count));
        Assert.Equal("32×32", source.Get(9_999).Decode().ToString());
    }

    [Fact]
    public void A_part_a_split_and_other_labels_are_views()
    {
        foreach (string label in new[] { "a", "b", "c" })
        {
            for (int i = 0; i < 10; i++)
            {
                _folder.Write($"{label}/{i}.bmp", [1, 2, 3]);
            }
        }

        using IExampleSource source = ExampleSource.Open(_folder.Path);
        (IExampleSource kept, IExampleSource heldOut) = source.Split(0.2, seed: 7);
        (_, IExampleSource again) = source.Split(0.2, seed: 7);
        (_, IExampleSource other) = source.Split(0.2, seed: 8);
        IExampleSource relabelled = heldOut.WithLabels(["x", "c", "b", "a"]);

        Assert.Equal([8, 8, 8], kept.CountPerLabel());
        Assert.Equal([2, 2, 2], heldOut.CountPerLabel());
        Assert.Equal(Paths(source).Order(), Paths(kept).Concat(Paths(heldOut)).Order());
        Assert.Equal(Paths(heldOut), Paths(again));
        Assert.NotEqual(Paths(heldOut), Paths(other));
        Assert.Equal([0, 2, 2, 2], relabelled.CountPerLabel());
        Assert.Equal(3, relabelled.Get(0).LabelIndex);
        DatasetException exception = Assert.Throws<DatasetException>(() => source.WithLabels(["a", "b"]));
        Assert.Equal(
            $"{_folder.Path}: expected labels among 'a', 'b', got also 'c'. Rename the folders (or rows) to the model's labels, or leave them out.", exception.Message);
    }

    private static void AssertRefused(string path, string message) =>
        Assert.Equal(message, Assert.Throws<DatasetException>(() => ExampleSource.Open(path)).Message);

    private IEnumerable<string> Paths(IExampleSource source) =>
        Enumerable.Range(0, source.Count).Select(index => source.GetPath(index)[(_folder.Path.Length + 1)..]);
}
