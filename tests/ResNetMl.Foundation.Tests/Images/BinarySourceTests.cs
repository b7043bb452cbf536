using System.Buffers.Binary;
using System.IO.Compression;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

public sealed class BinarySourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Idx_files_pair_by_name_and_may_be_gzipped()
    {
        string images = _folder.Write("set-images-idx3-ubyte.gz", Gzip(Idx(0x0803, [2, 2, 3], [.. Enumerable.Range(10, 12).Select(i => (byte)i)])));
        _folder.Write("set-labels-idx1-ubyte", Idx(0x0801, [2], [1, 0]));

        using IExampleSource source = ExampleSource.Open(images);

        Assert.Equal(["0", "1"], source.Labels);
        Assert.Equal([1, 0], Enumerable.Range(0, source.Count).Select(source.GetLabelIndex));
        Assert.Equal("3×2", source.Get(1).Pixels!.ToString());
        Assert.Equal([16, 16, 16, 17, 17, 17, 18, 18, 18, 19, 19, 19, 20, 20, 20, 21, 21, 21], source.Get(1).Pixels!.Data);
        Assert.Equal($"{images}#1", source.GetPath(1));
    }

    [Fact]
    public void Names_beside_idx_files_name_the_labels()
    {
        string images = _folder.Write("t-images-idx3-ubyte", Idx(0x0803, [1, 1, 1], [7]));
        _folder.Write("t-labels-idx1-ubyte", Idx(0x0801, [1], [1]));
        _folder.Write("labels.txt", "boot\nbag\n");

        using IExampleSource source = ExampleSource.Open(images);

        Assert.Equal(["boot", "bag"], source.Labels);
        Assert.Equal(1, source.GetLabelIndex(0));
    }

    [Fact]
    public void Idx_files_that_are_cut_short_or_do_not_pair_are_refused()
    {
        string images = _folder.Write("a-images-idx3-ubyte", Idx(0x0803, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7]));
        string alone = Refusal(images);
        string labels = _folder.Write("a-labels-idx1-ubyte", Idx(0x0801, [3], [1, 0, 1]));
        string cut = Refusal(images);
        _folder.Write("a-images-idx3-ubyte", Idx(0x0803, [2, 2, 2], new byte[8]));
        string unpaired = Refusal(images);
        _folder.Write("a-images-idx3-ubyte", Idx(0x0803, [2_000_000, 28, 28], new byte[8]));
        string lying = Refusal(images);
        _folder.Write("a-images-idx3-ubyte", Idx(0x0D03, [2, 2, 2], new byte[8]));
        string other = Refusal(images);

        Assert.Equal($"{images}: expected its labels at {labels}, got nothing there. Put both files into one folder.", alone);
        Assert.Equal($"{images}: expected 8 bytes after the header, got 7. Fetch it again.", cut);
        Assert.Equal($"{labels}: expected 2 labels, one an image of {images}, got 3. The files do not belong together.", unpaired);
        Assert.Equal($"{images}: expected 1,568,000,000 bytes after the header, got 8. Fetch it again.", lying);
        Assert.Equal($"{images}: expected an IDX file that starts 00000803, got 00000D03. Is it another file?", other);
    }

    [Fact]
    public void Cifar_batches_are_planes_of_red_green_and_blue()
    {
        var record = new byte[3073];
        record[0] = 3;
        for (int i = 0; i < 1024; i++)
        {
            record[1 + i] = (byte)i;
            record[1 + 1024 + i] = (byte)(i + 1);
            record[1 + 2048 + i] = (byte)(i + 2);
        }

        for (int batch = 1; batch <= 5; batch++)
        {
            record[0] = (byte)batch;
            _folder.Write($"data_batch_{batch}.bin", [.. record, .. record]);
        }

        _folder.Write("batches.meta.txt", "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");

        using IExampleSource source = ExampleSource.Open(_folder.Path);

        Assert.Equal(10, source.Count);
        Assert.Equal("truck", source.Labels[9]);
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], Enumerable.Range(0, 10).Select(source.GetLabelIndex));
        Assert.Equal([33, 34, 35], source.Get(7).Pixels!.Data[(33 * 3)..(34 * 3)]);
        Assert.Equal($"{_folder.Path}/data_batch_4.bin#1", source.GetPath(7));
    }

    [Fact]
    public void Cifar_batches_of_another_size_or_label_are_refused()
    {
        string cut = _folder.Write("cut.bin", new byte[3072]);
        var wrong = new byte[3073];
        wrong[0] = 10;
        string wrongLabel = _folder.Write("wrong.bin", wrong);

        Assert.Equal($"{cut}: expected CIFAR-10 records of 3073 bytes, got 3,072 bytes, which is no multiple. Is it another file, or cut short?", Refusal(cut));
        Assert.Equal($"{wrongLabel}: expected labels 0 to 9, got 10 in record 0. Is it another file?", Refusal(wrongLabel));
    }

    private static string Refusal(string path) => Assert.Throws<DatasetException>(() => ExampleSource.Open(path)).Message;

    private static byte[] Idx(int magic, int[] sizes, byte[] content)
    {
        var bytes = new byte[4 * (1 + sizes.Length)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, magic);
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * (axis + 1)), sizes[axis]);
        }

        return [.. bytes, .. content];
    }

    private static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
