using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Images;

public sealed class ListSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_published_list_of_photographs_is_read_as_it_is()
    {
        using IExampleSource source = ExampleSource.Open(TestData.RequirePath("imagenet/mlnet_samples/tags.tsv"));

        Assert.Equal(19, source.Count);
        Assert.Equal(["broccoli", "canoe", "coffeepot", "pizza", "teddy bear", "toaster"], source.Labels);
        Assert.All(Enumerable.Range(0, source.Count), index => Assert.NotEqual(0, source.Get(index).Encoded!.Value.Length));
    }

    [Fact]
    public void Paths_are_relative_to_the_list_and_quotes_hold_separators()
    {
        _folder.Write("images/a,b.bmp", TemporaryFolder.Bmp(1, 1, 5, 6, 7));
        string list = _folder.Write("list.csv", "\"images/a,b.bmp\",\"the \"\"first\"\"\"\r\n\r\nimages/none.bmp,second\r\n");

        using IExampleSource source = ExampleSource.Open(list);

        Assert.Equal(["second", "the \"first\""], source.Labels);
        Assert.Equal([5, 6, 7], source.Get(0).Decode().Data);
    }

    [Theory]
    [InlineData("path,label\nx.bmp,one\n")]
    [InlineData("Label,ImagePath\none,x.bmp\n")]
    [InlineData("\uFEFFrow,path,label\n0,x.bmp,one")]
    [InlineData("x.bmp,one")]
    public void A_header_is_optional_and_names_the_columns(string content)
    {
        _folder.Write("x.bmp", TemporaryFolder.Bmp(1, 1, 5, 6, 7));

        using IExampleSource source = ExampleSource.Open(_folder.Write("list.csv", content));

        Assert.Equal(["one"], source.Labels);
        Assert.Equal(1, source.Count);
        Assert.Equal([5, 6, 7], source.Get(0).Decode().Data);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_a_bad_image_among_good_ones()
    {
        _folder.Write("x.bmp", TemporaryFolder.Bmp(1, 1, 5, 6, 7));
        string list = _folder.Write("list.tsv", "x.bmp\tone\nmissing.bmp\ttwo\n\tthree\n");
        using IExampleSource source = ExampleSource.Open(list);

        DecodedExamples examples = DecodedExamples.Load(source, Preprocessing.Cifar, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, examples.Count);
        Assert.Equal(
            [new BadImage($"{_folder.Path}/missing.bmp", "expected an image file, got nothing: no such file. Check the path.")], examples.BadImages);
        Assert.Equal([new BadImage($"{list}, line 3", "expected a path and a label, got no path. Fill it in or remove the line.")], source.LeftOut);
    }

    [Theory]
    [InlineData("", ": expected lines of path and label, got an empty file. Add lines or check the path.")]
    [InlineData("path,label\n", ": expected lines of path and label, got none. Add lines or check the path.")]
    [InlineData("a.png,one\nb.png\n", ", line 2: expected 2 columns separated by commas, got 1. Correct the line.")]
    [InlineData("a.png;one\n", ", line 1: expected 2 columns separated by commas, got 1. Correct the line.")]
    [InlineData("a.png,\"one\n", ", line 1: expected a closing double quote, got the end of the file. Correct the line.")]
    public void A_list_that_is_no_table_is_refused(string content, string message)
    {
        string list = _folder.Write("list.csv", content);

        DatasetException exception = Assert.Throws<DatasetException>(() => ExampleSource.Open(list));

        Assert.Equal(list + message, exception.Message);
    }

    [Fact]
    public void A_list_in_a_zip_names_files_of_the_zip()
    {
        string zip = _folder.WriteZip(
            "set.zip", ("set/labels.csv", "images/1.bmp,one\n./images/../images/2.bmp,two\n"u8.ToArray()),
            ("set/images/1.bmp", TemporaryFolder.Bmp(1, 1, 1, 1, 1)), ("set/images/2.bmp", TemporaryFolder.Bmp(1, 1, 2, 2, 2)));

        using IExampleSource source = ExampleSource.Open(zip);

        Assert.Equal($"{zip}/set/labels.csv", source.Name);
        Assert.Equal([2, 2, 2], source.Get(1).Decode().Data);
    }

    [Fact]
    public void A_list_in_a_zip_cannot_name_files_outside()
    {
        string zip = _folder.WriteZip("set.zip", ("labels.csv", "../../etc/passwd,one\n"u8.ToArray()), ("1.png", [1]));

        DatasetException exception = Assert.Throws<DatasetException>(() => ExampleSource.Open(zip));

        Assert.Equal(
            $"{zip}/labels.csv, line 1: expected a path inside the zip, got '../../etc/passwd', which climbs out of it. Correct the line.", exception.Message);
    }
}
