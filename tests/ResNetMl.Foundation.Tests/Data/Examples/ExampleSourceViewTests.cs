using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Data.Examples;

public sealed class ExampleSourceViewTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Examples_are_rows_of_label_encoded_bytes_and_path()
    {
        using var source = new FakeSource();
        IDataView view = source.ToDataView();

        Assert.Equal(["Label: String", "ImageSource: Vector<Byte>", "ImagePath: String"], view.Schema.Select(column => column.ToString()));
        Assert.Equal(3, view.GetRowCount());
        Assert.Equal(["dog", "cat", ""], view.GetColumn<string>("Label"));
        Assert.Equal(["0.png", "1.png", "2.png"], view.GetColumn<string>("ImagePath"));
        Assert.Equal([[0, 100], [1, 100]], view.GetColumn<byte[]>("ImageSource").Take(2));
    }

    [Fact]
    public void Labels_and_paths_are_read_without_reading_images_and_images_as_their_rows_are()
    {
        using var source = new FakeSource();
        IDataView view = source.ToDataView();
        _ = view.GetColumn<string>("Label").Count();
        _ = view.GetColumn<string>("ImagePath").Count();
        Assert.Empty(source.Reads);

        _ = view.GetColumn<byte[]>("ImageSource").First();
        Assert.Equal([0], source.Reads);
    }

    [Fact]
    public void Pixels_become_a_bitmap_that_decodes_to_the_same_pixels()
    {
        using var source = new FakeSource();

        byte[] encoded = source.ToDataView().GetColumn<byte[]>("ImageSource").Last();

        // Windows bitmap: 14 + 40 bytes of headers, then 2 rows of 3 pixels padded from 9 to 12 bytes.
        Assert.Equal(54 + 24, encoded.Length);
        Assert.Equal("BM"u8.ToArray(), encoded[..2]);
        RgbImage decoded = ImageDecoder.Decode(encoded, "test");
        Assert.Equal((3, 2), (decoded.Width, decoded.Height));
        Assert.Equal(FakeSource.Pixels.Data, decoded.Data);
    }

    [Fact]
    public void An_example_source_can_be_shuffled_whole()
    {
        using var source = new FakeSource();
        IDataView view = source.ToDataView();
        string[] paths = ["0.png", "1.png", "2.png"];

        string[][] orders = [.. Enumerable.Range(0, 20).Select(seed => _context.Data.ShuffleRows(view, seed).GetColumn<string>("ImagePath").ToArray())];

        Assert.All(orders, order => Assert.Equal(paths, order.Order()));
        Assert.True(orders.Select(order => string.Join(" ", order)).Distinct().Count() > 1);
        Assert.True(view.CanShuffle);
    }

    [Fact]
    public void An_unreadable_image_ends_the_pass_with_its_error()
    {
        using var source = new FakeSource { Unreadable = 1 };

        var error = Assert.Throws<ImageFormatException>(() => source.ToDataView().GetColumn<byte[]>("ImageSource").Count());

        Assert.Equal("1.png", error.ImageName);
    }

    private sealed class FakeSource : IExampleSource
    {
        public static readonly RgbImage Pixels = new(3, 2, [.. Enumerable.Range(0, 18).Select(value => (byte)(value * 14))]);

        public int Unreadable { get; init; } = -1;

        public List<int> Reads { get; } = [];

        public string Name => "fake";

        public int Count => 3;

        public IReadOnlyList<string> Labels => ["cat", "dog"];

        public IReadOnlyList<BadImage> LeftOut => [];

        public int GetLabelIndex(int index) => ((int[])[1, 0, -1])[index];

        public string GetPath(int index) => $"{index}.png";

        public Example Get(int index)
        {
            Reads.Add(index);
            return index == Unreadable
                ? throw new ImageFormatException(GetPath(index), "cut short")
                : index < 2
                    ? new Example(new byte[] { (byte)index, 100 }, GetLabelIndex(index), GetPath(index))
                    : new Example(Pixels, GetLabelIndex(index), GetPath(index));
        }

        public void Dispose()
        {
        }
    }
}
