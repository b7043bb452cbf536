using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ResNetMl.Data;

namespace ResNetMl.Foundation.Tests.Data.Archive;

/// <summary>Every refusal of a file that is not a whole model of ours, with its whole message.</summary>
public sealed class BrokenArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder["model.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_absent_file_is_said_to_be_absent()
    {
        var error = Assert.Throws<FileNotFoundException>(() => ModelArchive.Open(File));

        Assert.Equal($"There is no model '{File}'. Check the path, or train and save one there.", error.Message);
    }

    [Fact]
    public void A_folder_is_not_a_model()
        => AssertRefused(_folder.Path, ModelFormatError.NotAModel, $"'{_folder.Path}' is not a ResNetMl model: it is a folder. Give the model's file.");

    [Fact]
    public void An_empty_file_is_not_a_model()
    {
        System.IO.File.WriteAllBytes(File, []);

        AssertRefused(File, ModelFormatError.NotAModel, $"'{File}' is not a ResNetMl model: it is empty, or a pipe or device. Give a file that this product saved.");
    }

    [Fact]
    public void A_file_that_is_no_zip_is_not_a_model()
    {
        System.IO.File.WriteAllText(File, "a picture of a cat");

        AssertRefused(File, ModelFormatError.NotAModel, $"'{File}' is not a ResNetMl model: it is not a zip file. Give a file that this product saved.");
    }

    [Fact]
    public void A_zip_without_manifest_is_not_a_model()
    {
        WriteZip(("TransformerChain/Model.key", "x"), ("name with spaces", "y"));

        AssertRefused(
            File, ModelFormatError.NotAModel,
            $"'{File}' is not a ResNetMl model: it is a zip without manifest.json. Give a file that this product saved.");
    }

    [Theory]
    [InlineData("{\"format\":\"zarr\",\"formatVersion\":1}")]
    [InlineData("{\"formatVersion\":1}")]
    [InlineData("[1]")]
    [InlineData("{\"format\":7}")]
    public void A_zip_with_another_programs_manifest_is_not_a_model(string manifest)
    {
        WriteZip(("manifest.json", manifest));

        AssertRefused(
            File, ModelFormatError.NotAModel,
            $"'{File}' is not a ResNetMl model: its manifest.json does not say \"format\": \"ResNetMl.ModelArchive\". It belongs to another program.");
    }

    // A browser extension is such a zip: a manifest.json of its own, folders, compressed entries.
    [Fact]
    public void Another_programs_zip_is_not_a_model_whatever_its_entries_are()
    {
        using (ZipArchive zip = ZipFile.Open(File, ZipArchiveMode.Create))
        {
            zip.CreateEntry("icons/");
            using Stream stream = zip.CreateEntry("manifest.json", CompressionLevel.SmallestSize).Open();
            stream.Write(Encoding.UTF8.GetBytes("{\"manifest_version\": 3, \"name\": \"" + new string('x', 500) + "\"}"));
        }

        AssertRefused(
            File, ModelFormatError.NotAModel,
            $"'{File}' is not a ResNetMl model: its manifest.json does not say \"format\": \"ResNetMl.ModelArchive\". It belongs to another program.");
    }

    [Fact]
    public void A_newer_format_is_refused_with_both_versions()
    {
        WriteZip(("manifest.json", """{"format":"ResNetMl.ModelArchive","formatVersion":2,"productVersion":"3.1.4","pieces":{}}"""));

        AssertRefused(
            File, ModelFormatError.TooNew,
            $"'{File}' is too new: its format is version 2, this product reads up to 1. It was written by ResNetMl 3.1.4; use that version or a later one.");
    }

    [Theory]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":1,"loader":"Test","loaderVersion":1}""")]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":1,"loader":"Test","loaderVersion":1,"parts":[{"name":null}]}""")]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":1,"loader":"Test","loaderVersion":1,"parts":7}""")]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":1.5,"loader":"Test","loaderVersion":1,"parts":[]}""")]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":0,"loader":"Test","loaderVersion":1,"parts":[]}""")]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":1,"formatVersion":1,"loader":"Test","loaderVersion":1,"parts":[]}""")]
    [InlineData("""{"format":"ResNetMl.ModelArchive","formatVersion":1,""")]
    public void A_manifest_that_cannot_be_read_is_damage(string manifest)
    {
        WriteZip(("manifest.json", manifest));

        var error = Assert.Throws<ModelFormatException>(() => ModelArchive.Open(File));

        Assert.Equal(ModelFormatError.Damaged, error.Error);
        Assert.Equal(
            $"'{File}' is damaged: its manifest.json cannot be read ({error.InnerException!.Message}). Copy the file again or save the model again.",
            error.Message);
    }

    [Fact]
    public void A_model_cut_in_half_names_the_part_that_was_cut()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("labels.json", "[]"), ModelPart.FromBytes("weights.bin", new byte[100_000])]);
        byte[] whole = System.IO.File.ReadAllBytes(File);

        System.IO.File.WriteAllBytes(File, whole[..(whole.Length / 2)]);

        // Local headers take 30 bytes and the name: weights.bin starts at 30+11 + 2 + 30+11.
        AssertRefused(
            File, ModelFormatError.Damaged,
            $"'{File}' is cut short or damaged: part 'weights.bin' ends after {whole.Length / 2 - 84:N0} of 100,000 bytes. " +
            "Copy the file again or save the model again.");
    }

    [Fact]
    public void A_model_cut_before_its_list_of_parts_says_so()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("labels.json", "[]")]);
        byte[] whole = System.IO.File.ReadAllBytes(File);

        System.IO.File.WriteAllBytes(File, whole[..(30 + 11 + 2)]);
        AssertRefused(
            File, ModelFormatError.Damaged,
            $"'{File}' is cut short or damaged: it ends after part 'labels.json', before the list of parts. " +
            "Copy the file again or save the model again.");

        System.IO.File.WriteAllBytes(File, whole[..20]);
        AssertRefused(
            File, ModelFormatError.Damaged,
            $"'{File}' is cut short or damaged: it ends before its first part. Copy the file again or save the model again.");
    }

    [Fact]
    public void Cut_at_any_byte_it_is_refused()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("a", "some text"), ModelPart.FromBytes("b", new byte[50])]);
        byte[] whole = System.IO.File.ReadAllBytes(File);

        for (int length = 0; length < whole.Length; length++)
        {
            using var cut = new MemoryStream(whole, 0, length);
            var error = Assert.Throws<ModelFormatException>(() => ModelArchive.Open(cut).Dispose());
            Assert.Equal(length < 4 ? ModelFormatError.NotAModel : ModelFormatError.Damaged, error.Error);
        }
    }

    [Fact]
    public void With_any_one_bit_changed_it_is_refused_or_reads_the_same()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("a", "some text"), ModelPart.FromBytes("b", new byte[50])]);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int refused = 0;

        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] changed = (byte[])whole.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                using ModelArchive archive = ModelArchive.Open(new MemoryStream(changed));
                Assert.Equal("some text", archive.ReadText("a"));
                Assert.Equal(new byte[50], archive.ReadBytes("b"));
                Assert.Equal("Test", archive.Manifest.Loader);
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        // Every bit of the parts and of the manifest counts; what may change unnoticed are times and flags of the zip's own headers.
        int contentBytes = 9 + 50 + ManifestLength();
        Assert.True(refused >= contentBytes * 8, $"refused {refused} of {whole.Length * 8}");
    }

    [Fact]
    public void A_changed_byte_names_the_damaged_part_before_its_last_byte_is_given_out()
    {
        ModelArchive.Write(File, "Test", 1, [ModelPart.FromText("labels.json", "[]"), ModelPart.FromBytes("weights.bin", new byte[100])]);
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        bytes[84 + 50] = 1;
        System.IO.File.WriteAllBytes(File, bytes);
        byte[] changed = new byte[100];
        changed[50] = 1;
        string actual = Convert.ToHexStringLower(SHA256.HashData(changed));
        string expected = Convert.ToHexStringLower(SHA256.HashData(new byte[100]));
        string message = $"'{File}' is damaged: part 'weights.bin' has SHA-256 {actual}, its manifest says {expected}. " +
            "Copy the file again or save the model again.";

        using ModelArchive archive = ModelArchive.Open(File);
        Assert.Equal("[]", archive.ReadText("labels.json"));
        using Stream stream = archive.OpenPart("weights.bin");
        stream.ReadExactly(new byte[99]);
        Assert.Equal(message, Assert.Throws<ModelFormatException>(() => stream.ReadByte()).Message);
        Assert.Equal(message, Assert.Throws<ModelFormatException>(() => archive.ReadBytes("weights.bin")).Message);
        var error = Assert.Throws<ModelFormatException>(archive.Verify);
        Assert.Equal(ModelFormatError.Damaged, error.Error);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/cron.d/x")]
    [InlineData("a\\..\\b")]
    public void An_entry_that_climbs_out_is_refused(string name)
    {
        WriteZip((name, "x"), ("manifest.json", Manifest()));

        AssertRefused(File, ModelFormatError.Unsafe, $"'{File}' is refused: its entry '{name}' is not a plain relative path.");
    }

    [Fact]
    public void A_manifest_that_lists_a_path_that_climbs_out_is_refused_without_steering_the_terminal()
    {
        WriteZip(("manifest.json", Manifest(("../out\\u001b[31m", 1, ""))));

        AssertRefused(
            File, ModelFormatError.Unsafe, $"'{File}' is refused: its manifest lists '../out?[31m', which is not a plain relative path.");
    }

    [Fact]
    public void An_entry_that_the_manifest_does_not_list_is_refused()
    {
        WriteZip(("extra.dll", "MZ"), ("manifest.json", Manifest()));

        AssertRefused(File, ModelFormatError.Unsafe, $"'{File}' is refused: it holds 'extra.dll', which its manifest does not list.");
    }

    [Fact]
    public void A_part_that_is_listed_but_absent_is_damage()
    {
        WriteZip(("manifest.json", Manifest(("weights.bin", 4, ""))));

        AssertRefused(
            File, ModelFormatError.Damaged,
            $"'{File}' is damaged: part 'weights.bin', which its manifest lists, is missing. Copy the file again or save the model again.");
    }

    [Fact]
    public void A_part_of_another_size_than_declared_is_damage()
    {
        WriteZip(("weights.bin", "12345"), ("manifest.json", Manifest(("weights.bin", 4, ""))));

        AssertRefused(
            File, ModelFormatError.Damaged,
            $"'{File}' is damaged: part 'weights.bin' has 5 bytes, its manifest says 4. Copy the file again or save the model again.");
    }

    [Fact]
    public void A_part_listed_twice_or_held_twice_is_refused()
    {
        WriteZip(("a", "1"), ("manifest.json", Manifest(("a", 1, ""), ("a", 1, ""))));
        AssertRefused(File, ModelFormatError.Unsafe, $"'{File}' is refused: its manifest lists part 'a' twice.");

        WriteZip(("a", "1"), ("A", "1"), ("manifest.json", Manifest(("a", 1, ""))));
        AssertRefused(File, ModelFormatError.Unsafe, $"'{File}' is refused: it holds the entry 'A' twice.");
    }

    // A zip bomb of 10 MB in some 10 KB: refused from its headers, before anything is unpacked.
    [Fact]
    public void A_compressed_entry_is_refused()
    {
        using (ZipArchive zip = ZipFile.Open(File, ZipArchiveMode.Create))
        {
            using (Stream bomb = zip.CreateEntry("weights.bin", CompressionLevel.SmallestSize).Open())
            {
                bomb.Write(new byte[10_000_000]);
            }

            using Stream manifest = zip.CreateEntry("manifest.json", CompressionLevel.NoCompression).Open();
            manifest.Write(Encoding.UTF8.GetBytes(Manifest(("weights.bin", 10_000_000, ""))));
        }

        AssertRefused(
            File, ModelFormatError.Unsafe,
            $"'{File}' is refused: part 'weights.bin' is compressed or encrypted, and parts are stored as they are " +
            "(another program repacked the zip?). Use the original file.");
    }

    // Two entries of the central directory point at the same stored bytes: the file would give out twice what it holds.
    [Fact]
    public void Entries_that_overlap_are_refused()
    {
        const int size = 4000;
        WriteZip(("a", new string('x', size)), ("b", ""), ("manifest.json", Manifest(("a", size, ""), ("b", size, ""))));
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int directory = BitConverter.ToInt32(bytes, bytes.Length - 22 + 16);
        int second = directory + 46 + 1;
        Array.Copy(bytes, directory + 20, bytes, second + 20, 8);
        Array.Copy(bytes, directory + 42, bytes, second + 42, 4);
        System.IO.File.WriteAllBytes(File, bytes);

        AssertRefused(File, ModelFormatError.Unsafe, $"'{File}' is refused: its entries claim more bytes than the file's {bytes.Length:N0}.");
    }

    [Fact]
    public void An_oversized_manifest_is_refused_before_it_is_read()
    {
        WriteZip(("manifest.json", new string(' ', (16 << 20) + 1)));

        AssertRefused(
            File, ModelFormatError.Unsafe, $"'{File}' is refused: its manifest.json has 16,777,217 bytes, expected at most 16,777,216.");
    }

    private static string Manifest(params (string Name, long Size, string Hash)[] parts)
        => "{\"format\":\"ResNetMl.ModelArchive\",\"formatVersion\":1,\"productVersion\":\"0.1.0\",\"loader\":\"Test\",\"loaderVersion\":1,\"parts\":["
            + string.Join(",", parts.Select(part => $"{{\"name\":\"{part.Name}\",\"sizeInBytes\":{part.Size},\"sha256\":\"{part.Hash}\"}}")) + "]}";

    private void AssertRefused(string path, ModelFormatError expected, string message)
    {
        var error = Assert.Throws<ModelFormatException>(() => ModelArchive.Open(path).Dispose());
        Assert.Equal(message, error.Message);
        Assert.Equal(expected, error.Error);
    }

    private void WriteZip(params (string Name, string Text)[] entries)
    {
        System.IO.File.Delete(File);
        using ZipArchive zip = ZipFile.Open(File, ZipArchiveMode.Create);
        foreach ((string name, string text) in entries)
        {
            using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    private int ManifestLength()
    {
        using ZipArchive zip = ZipFile.OpenRead(File);
        return (int)zip.GetEntry("manifest.json")!.Length;
    }
}
