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
