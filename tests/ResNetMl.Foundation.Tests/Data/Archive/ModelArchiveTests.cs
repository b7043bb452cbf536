using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Archive;

public sealed class ModelArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_come_back_as_they_were_written()
    {
        byte[] weights = SomeBytes(300_000);
        ModelArchive.Write(File, "Test", 3, [
            ModelPart.FromText("labels.json", "[\"Zürich\",\"猫\"]"),
            new ModelPart("0/weights.bin", stream => stream.Write(weights)),
            ModelPart.FromBytes("empty", ReadOnlyMemory<byte>.Empty)]);

        using ModelArchive archive = ModelArchive.Open(File);

        Assert.Equal("Test", archive.Manifest.Loader);
        Assert.Equal(3, archive.Manifest.LoaderVersion);
        Assert.Equal(1, archive.Manifest.FormatVersion);
        Assert.Equal("0.1.0", archive.Manifest.ProductVersion);
        Assert.Equal(["labels.json", "0/weights.bin", "empty"], archive.Manifest.Parts.Select(part => part.Name));
        Assert.Equal([17L, 300_000L, 0L], archive.Manifest.Parts.Select(part => part.SizeInBytes));
        Assert.Equal("[\"Zürich\",\"猫\"]", archive.ReadText("labels.json"));
        Assert.Equal(weights, archive.ReadBytes("0/weights.bin"));
        Assert.Empty(archive.ReadBytes("empty"));
        Assert.True(archive.Contains("empty"));
        Assert.False(archive.Contains("other"));
        archive.Verify();
    }

    // Witness: SHA-256 of "abc", FIPS 180-4 example B.1.
    [Fact]
    public void The_manifest_gives_each_parts_size_and_hash_and_is_the_last_entry_of_a_plain_zip()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("a.txt", "abc")]);

        using ZipArchive zip = ZipFile.OpenRead(File);
        Assert.Equal(["a.txt", "manifest.json"], zip.Entries.Select(entry => entry.FullName));
        using JsonDocument json = JsonDocument.Parse(zip.GetEntry("manifest.json")!.Open());
        Assert.Equal("ResNetMl.ModelArchive", json.RootElement.GetProperty("format").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("formatVersion").GetInt32());
        Assert.Equal("0.1.0", json.RootElement.GetProperty("productVersion").GetString());
        JsonElement part = json.RootElement.GetProperty("parts")[0];
        Assert.Equal("a.txt", part.GetProperty("name").GetString());
        Assert.Equal(3, part.GetProperty("sizeInBytes").GetInt64());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", part.GetProperty("sha256").GetString());
    }

    [Fact]
    public void Parts_are_stored_uncompressed()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromBytes("zeros", new byte[100_000])]);

        using ZipArchive zip = ZipFile.OpenRead(File);
        Assert.Equal(100_000, zip.GetEntry("zeros")!.CompressedLength);
        Assert.True(new FileInfo(File).Length > 100_000);
    }

    [Fact]
    public void The_same_parts_give_the_same_bytes()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("a", "1"), ModelPart.FromText("b", "2")]);
        ModelArchive.Write(_folder["again.zip"], "Test", 1, [ModelPart.FromText("a", "1"), ModelPart.FromText("b", "2")]);

        Assert.Equal(System.IO.File.ReadAllBytes(File), System.IO.File.ReadAllBytes(_folder["again.zip"]));
    }

    [Fact]
    public void A_stream_that_cannot_seek_can_be_written_and_read()
    {
        using var memory = new MemoryStream();
        using (var forwardOnly = new GZipStream(memory, CompressionMode.Compress, leaveOpen: true))
        {
            ModelArchive.Write(forwardOnly, "Test", 1, [ModelPart.FromText("a", "text")]);
        }

        memory.Position = 0;
        using var unpacked = new GZipStream(memory, CompressionMode.Decompress);
        using ModelArchive archive = ModelArchive.Open(unpacked);
        Assert.Equal("text", archive.ReadText("a"));
        Assert.Equal("stream", archive.Name);
    }

    [Fact]
    public void A_part_read_in_small_pieces_is_the_same_and_ends()
    {
        byte[] bytes = SomeBytes(1000);
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromBytes("a", bytes), ModelPart.FromText("b", "second")]);

        using ModelArchive archive = ModelArchive.Open(File);
        using Stream stream = archive.OpenPart("a");
        using Stream other = archive.OpenPart("b");
        var read = new List<byte>();
        byte[] piece = new byte[7];
        Assert.Equal('s', other.ReadByte());
        for (int count; (count = stream.Read(piece, 0, piece.Length)) > 0;)
        {
            read.AddRange(piece.AsSpan(0, count));
        }

        Assert.Equal(bytes, read);
        Assert.Equal(1000, stream.Length);
        Assert.Equal(1000, stream.Position);
        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal('e', other.ReadByte());
    }

    [Fact]
    public void A_missing_part_is_named_with_those_there_are()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("a", "1"), ModelPart.FromText("b", "2")]);
        using ModelArchive archive = ModelArchive.Open(File);

        var error = Assert.Throws<ModelFormatException>(() => archive.OpenPart("weights.bin"));

        Assert.Equal(ModelFormatError.Damaged, error.Error);
        Assert.Equal($"'{File}' has no part 'weights.bin'; it holds a, b. It was not written whole, or by something else.", error.Message);
    }

    [Fact]
    public void A_part_larger_than_its_reader_expects_is_refused()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromBytes("labels.json", new byte[2000])]);
        using ModelArchive archive = ModelArchive.Open(File);

        var error = Assert.Throws<ModelFormatException>(() => archive.ReadBytes("labels.json", largestSize: 1000));

        Assert.Equal(ModelFormatError.Unsafe, error.Error);
        Assert.Equal($"'{File}' is refused: part 'labels.json' has 2,000 bytes, expected at most 1,000.", error.Message);
    }

    [Fact]
    public void A_part_that_is_not_text_is_said_to_be_damaged()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromBytes("labels.json", new byte[] { 0xC3, 0x28 })]);
        using ModelArchive archive = ModelArchive.Open(File);

        var error = Assert.Throws<ModelFormatException>(() => archive.ReadText("labels.json"));

        Assert.Equal($"'{File}' is damaged: part 'labels.json' is not text in UTF-8. Save the model again.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("C:x")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("manifest.json")]
    public void A_name_that_is_no_plain_relative_path_cannot_be_written(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => ModelPart.FromText(name, ""));

        Assert.Equal(
            $"'{name}' cannot name a part of a model. Use segments of letters, digits, '.', '_' and '-', joined by '/', " +
            "at most 200 characters, other than 'manifest.json'. (Parameter 'name')",
            error.Message);
    }

    [Fact]
    public void Two_parts_of_one_name_and_a_loader_that_is_no_name_are_wrong_usage()
    {
        var twice = Assert.Throws<ArgumentException>(
            () => ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("a", ""), ModelPart.FromText("A", "")]));
        Assert.Equal("Two parts are named 'A' (letter case apart). Each part of a model has its own name. (Parameter 'parts')", twice.Message);

        var loader = Assert.Throws<ArgumentException>(() => ModelArchive.Write(File, "System.IO.File, mscorlib", 1, []));
        Assert.Equal(
            "'System.IO.File, mscorlib' cannot name a loader. Use 1 to 100 letters, digits, '.', '_' and '-'. (Parameter 'loader')", loader.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => ModelArchive.Write(File, "Test", 0, []));
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void A_manifest_hash_in_the_file_is_that_of_an_independent_computation()
    {
        byte[] bytes = SomeBytes(70_000);
        ModelArchive.Write(File, "Test", 1, [new ModelPart("a", stream =>
        {
            stream.WriteByte(bytes[0]);
            stream.Write(bytes, 1, 9);
            stream.Write(bytes.AsSpan(10));
            stream.Flush();
        })]);

        using ModelArchive archive = ModelArchive.Open(File);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), archive.Manifest.Parts[0].Sha256);
    }

    [Fact]
    public void A_parts_writer_may_close_its_stream_or_leave_bytes_unflushed()
    {
        ModelArchive.Write(File, "Test", 1,
        [
            new ModelPart("closed", stream =>
            {
                using var writer = new StreamWriter(stream);
                writer.Write("text");
            }),
            new ModelPart("unflushed", stream => stream.WriteByte(7)),
        ]);

        using ModelArchive archive = ModelArchive.Open(File);
        Assert.Equal("text", archive.ReadText("closed"));
        Assert.Equal([7], archive.ReadBytes("unflushed"));
    }

    private static byte[] SomeBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}
