using System.Text.Json;
using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Images;

public class PngSuiteTests
{
    private static string Folder => TestData.RequirePath("broken/pngsuite");

    [Fact]
    public void All_161_whole_files_decode()
    {
        string[] files = [.. Directory.GetFiles(Folder, "*.png").Where(file => !Path.GetFileName(file).StartsWith('x'))];

        foreach (string file in files)
        {
            RgbImage image = ImageDecoder.DecodeFile(file);
            Assert.InRange(image.Width, 1, 40);
        }

        Assert.Equal(161, files.Length);
    }

    // Witness: tests/References/image_pngsuite.py (PIL and numpy) wrote image-pngsuite.json.
    [Fact]
    public void Every_whole_file_whose_pixels_the_witness_gives_has_them()
    {
        string folder = Folder;
        JsonProperty[] files = [.. ImageReference.Load("image-pngsuite.json").GetProperty("files").EnumerateObject()];

        string[] different =
        [
            .. files.Where(file => ImageReference.Sha256(ImageDecoder.DecodeFile(Path.Combine(folder, file.Name)).Data) != file.Value.GetString())
                .Select(file => file.Name),
        ];

        Assert.Empty(different);
        Assert.InRange(files.Length, 100, 161);
    }

    [Fact]
    public void All_14_corrupt_files_are_refused_by_name()
    {
        string[] files = [.. Directory.GetFiles(Folder, "x*.png")];

        foreach (string file in files)
        {
            ImageFormatException exception = Assert.Throws<ImageFormatException>(() => ImageDecoder.DecodeFile(file));
            Assert.StartsWith($"{file}: expected a ", exception.Message);
        }

        Assert.Equal(14, files.Length);
    }
}
