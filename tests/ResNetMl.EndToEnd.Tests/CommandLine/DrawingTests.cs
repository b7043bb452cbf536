using System.Xml.Linq;
using ResNetMl.EndToEnd.Tests.Support;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary><c>inspect --svg</c>: a drawing of a name, an ONNX file and a definition file.</summary>
public sealed class DrawingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_is_drawn_with_equal_blocks_once_or_one_by_one()
    {
        CommandResult once = Resnetml.Run("inspect", "resnet110-v2", "--svg", _folder["once.svg"]).Expect(0);
        Resnetml.Run("inspect", "resnet110-v2", "--svg", _folder["all.svg"], "--every-block").Expect(0);

        Assert.Equal($"Drawn into {_folder["once.svg"]}.", once.OutputLines[^1]);
        // The first of each stage differs: it has its activation in the stem, or changes the shape.
        Assert.Contains("× 17", Texts("once.svg"));
        Assert.DoesNotContain("× 17", Texts("all.svg"));
        Assert.Contains("layer3.17", Texts("all.svg"));
    }

    [Fact]
    public void A_file_of_another_program_is_drawn_like_the_network_it_came_from()
    {
        Resnetml.Run("export", "--network", "resnet8", "--output", _folder["resnet8.onnx"]).Expect(0);
        Resnetml.Run("inspect", _folder["resnet8.onnx"], "--svg", _folder["drawings/file.svg"]).Expect(0);
        Resnetml.Run("inspect", "resnet8", "--svg", _folder["name.svg"]).Expect(0);

        Assert.Equal(Texts("name.svg"), Texts("drawings/file.svg"));
    }

    [Fact]
    public void Every_block_is_asked_of_a_drawing_alone() => Assert.Contains(
        "--every-block goes with --svg FILE.", Resnetml.Run("inspect", "resnet8", "--every-block").Expect(2).Error, StringComparison.Ordinal);

    private string[] Texts(string file) =>
        [.. XDocument.Load(_folder[file]).Descendants(XName.Get("text", "http://www.w3.org/2000/svg")).Select(text => text.Value)];
}
