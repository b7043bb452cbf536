using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

/// <summary>Each bad file lies among good ones: it is listed with its reason, the others are used.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BadInputTests()
    {
        _folder.Write("a/good.bmp", TemporaryFolder.Bmp(8, 8, 1, 2, 3));
        _folder.Write("b/good.bmp", TemporaryFolder.Bmp(8, 8, 4, 5, 6));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_text_file_named_jpg_is_left_out()
    {
        _folder.Write("a/bad.jpg", "hello, I am a text");

        AssertLeftOut("expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got text that starts \"hello, I am a te\". Replace the file or leave it out.");
    }

    [Fact]
    public void A_file_of_zero_bytes_is_left_out()
    {
        _folder.Write("a/bad.jpg", []);

        AssertLeftOut("expected an image, got an empty file (0 bytes). Replace the file or leave it out.");
    }

    [Theory]
    [InlineData("jpeg-444", 0.5)]
    [InlineData("jpeg-progressive", 0.7)]
    [InlineData("jpeg-444", 0.98)]
    [InlineData("png-rgb", 0.5)]
    [InlineData("png-rgb", 0.9)]
    [InlineData("webp-lossless", 0.8)]
    [InlineData("webp-lossy", 0.6)]
    [InlineData("gif", 0.5)]
    [InlineData("tiff-rgb-raw", 0.5)]
    [InlineData("tiff-rgb-tiff_lzw", 0.7)]
    [InlineData("bmp-rgb", 0.9)]
    [InlineData("bmp-palette", 0.1)]
    public void An_image_that_is_cut_short_is_left_out(string name, double share)
    {
        byte[] whole = ImageReference.Load("image-decode.json").GetProperty("cases").EnumerateArray()
            .First(entry => entry.GetProperty("name").GetString() == name).GetProperty("encoded").GetBytesFromBase64();
        string path = _folder.Write("a/bad.png", whole[..(int)(whole.Length * share)]);

        BadImage bad = Assert.Single(Load().BadImages);

        Assert.Equal(path, bad.Path);
        Assert.Matches(@"^expected a whole \w+ image, got a damaged one \(.+\)\. Replace the file or leave it out\.$", bad.Reason);
    }

    [Fact]
    public void A_png_of_30000_by_30000_is_refused_before_its_pixels_take_memory()
    {
        _folder.Write("a/bad.png", HugePng(30_000));
        using Process process = Process.GetCurrentProcess();
        long before = process.PeakWorkingSet64;

        AssertLeftOut(
            "expected at most 100,000,000 pixels, got 30000×30000 = 900,000,000. Raise the pixel limit (MaxPixels) if the image is wanted, or leave it out.");

        process.Refresh();
        Assert.InRange(process.PeakWorkingSet64 - before, 0, 200L << 20);
    }

    [Fact]
    public void The_pixel_limit_can_be_set()
    {
        byte[] image = TemporaryFolder.Bmp(10, 10, 1, 1, 1);

        Assert.Equal("10×10", ImageDecoder.Decode(image, "x", new DecodingOptions { MaxPixels = 100 }).ToString());
        Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(image, "x", new DecodingOptions { MaxPixels = 99 }));
    }

    [Fact]
    public void A_dangling_link_is_left_out()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "a/bad.png"), "/nowhere/at-all.png");

        AssertLeftOut("expected an image file, got a link to '/nowhere/at-all.png', which is no file. Mend or remove the link.");
    }

    [Fact(Timeout = 20_000)]
    public async Task A_pipe_is_left_out_and_never_opened()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo") || File.Exists("/bin/mkfifo"), "Needs the command mkfifo (Debian: coreutils).");
        using (Process make = Process.Start("mkfifo", Path.Combine(_folder.Path, "a/bad.png")))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await Task.Run(() => AssertLeftOut("expected an image file, got a pipe, socket or device. Remove it from the data."), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_left_out()
    {
        Assert.SkipWhen(Environment.UserName == "root", "Needs an ordinary user: root reads everything.");
        string path = _folder.Write("a/bad.png", [1]);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs Unix permissions.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
        }


        BadImage bad = Assert.Single(Load().BadImages);

        Assert.StartsWith("expected a readable file, got: ", bad.Reason);
    }

    [Fact]
    public void Strict_stops_at_the_first_bad_image_of_the_source_whatever_the_threads()
    {
        _folder.Write("a/bad1.png", "one");
        _folder.Write("a/bad2.png", "two");
        _folder.Write("b/bad3.png", "three");
        for (int threads = 1; threads <= 4; threads++)
        {
            using IExampleSource source = ExampleSource.Open(_folder.Path);

            ImageFormatException exception = Assert.Throws<ImageFormatException>(
                () => DecodedExamples.Load(source, Preprocessing.Cifar, new LoadingOptions { Strict = true, Threads = threads }, null, TestContext.Current.CancellationToken));

            Assert.EndsWith("a/bad1.png", exception.ImageName);
        }
    }

    [Fact]
    public void Nothing_but_bad_images_is_an_error_that_shows_the_first()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "a/good.bmp"), "text");
        File.WriteAllText(Path.Combine(_folder.Path, "b/good.bmp"), "text");

        DatasetException exception = Assert.Throws<DatasetException>(Load);

        Assert.Equal(
            $"{_folder.Path}: expected at least one image that can be read, got none of 2. The first: {_folder.Path}/a/good.bmp: " +
            "expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got text that starts \"text\". Replace the file or leave it out.",
            exception.Message);
    }

    private void AssertLeftOut(string reason)
    {
        DecodedExamples examples = Load();

        BadImage bad = Assert.Single(examples.BadImages);
        Assert.Equal(reason, bad.Reason);
        Assert.StartsWith(Path.Combine(_folder.Path, "a/bad"), bad.Path);
        Assert.Equal(["a/good.bmp", "b/good.bmp"], Enumerable.Range(0, examples.Count).Select(index => examples.GetPath(index)[(_folder.Path.Length + 1)..]));
    }

    private DecodedExamples Load()
    {
        using IExampleSource source = ExampleSource.Open(_folder.Path);
        return DecodedExamples.Load(source, Preprocessing.Cifar, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>A whole, valid PNG of one grey level, a few kilobytes long: signature, IHDR, IDAT, IEND with right checksums.</summary>
    private static byte[] HugePng(int side)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var row = new byte[1 + (side / 8)];
            for (int i = 0; i < side; i++)
            {
                zlib.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        header[8] = 1;
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", compressed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string kind, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(kind), .. body];
        var length = new byte[4];
        var checksum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.Of(named));
        return [.. length, .. named, .. checksum];
    }
}
