using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.PyTorch;

/// <summary>What torch.save writes is read to the last bit; what is not data is refused by name. Witness: tests/References/torch_files.py.</summary>
public sealed class PyTorchFileTests(TorchFiles files) : IClassFixture<TorchFiles>
{
    [Theory]
    [InlineData("views-zip.pth")]
    [InlineData("views-legacy.pth")]
    [InlineData("nested-zip.pth")]
    [InlineData("nested-legacy.pth")]
    [InlineData("protocol3.pth")]
    [InlineData("protocol4.pth")]
    [InlineData("zip64.pth")]
    public void Every_view_type_and_nesting_is_read_as_PyTorch_reads_it(string name) =>
        files.AssertHolds(PyTorchFile.Read(files[name]), name);

    [Theory]
    [InlineData("command-zip.pth", "posix.system")]
    [InlineData("command-legacy.pth", "posix.system")]
    [InlineData("namespace.pth", "argparse.Namespace")]
    [InlineData("module.pth", "torch.nn.modules.linear.Linear")]
    public void Globals_that_are_not_data_are_refused_by_name_and_not_run(string name, string global)
    {
        string message = Assert.Throws<InterchangeException>(() => PyTorchFile.Read(files[name])).Message;

        Assert.StartsWith($"'{files[name]}', byte ", message, StringComparison.Ordinal);
        Assert.EndsWith(
            $" of its pickle: expected a state dictionary (names, tensors, numbers), got the global '{global}', which is not data. " +
            "Nothing was run. Save weights alone: torch.save(model.state_dict(), path).",
            message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(files["was-run"]));
    }

    [Theory]
    [InlineData("tensor.pth", "expected a state dictionary, tensors by name, in the pickled object, got one tensor [3]. " +
        "Save weights with torch.save(model.state_dict(), path).")]
    [InlineData("no-tensors.pth", "expected names of tensors in the pickled object, or a dictionary under state_dict, model_state_dict, model, net, " +
        "got 'epoch', 'lr'. Save weights with torch.save(model.state_dict(), path).")]
    [InlineData("script.pth", "expected a state dictionary, got a TorchScript program. Load it in PyTorch and save its weights: " +
        "torch.save(module.state_dict(), path).")]
    [InlineData("compressed.pth", "expected a zip whose entries are stored, got 'plain/data.pkl' compressed or encrypted. Save it with torch.save, " +
        "or zip it again without compression (zip -0).")]
    [InlineData("big-endian.pth", "expected numbers with the lowest byte first ('little'), got the byte order 'big'. Save it on another machine.")]
    [InlineData("no-storage.pth", "expected the numbers of 'weight' in storage '0', got no such storage. The file is damaged: fetch it again.")]
    [InlineData("short-storage.pth", "expected 2 numbers for 'weight', got a storage of 6 bytes. The file is damaged: fetch it again.")]
    public void What_is_no_readable_state_dictionary_is_refused_with_what_it_is(string name, string expected) =>
        Assert.Equal($"'{files[name]}': {expected}", Assert.Throws<InterchangeException>(() => PyTorchFile.Read(files[name])).Message);

    [Theory]
    [InlineData("views-zip.pth")]
    [InlineData("views-legacy.pth")]
    public void A_file_cut_short_anywhere_is_refused(string name)
    {
        byte[] bytes = File.ReadAllBytes(files[name]);

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InterchangeException>(() => PyTorchFile.Read(bytes.AsMemory(0, length), "cut.pth"));
        }
    }

    [Theory]
    [InlineData("views-zip.pth")]
    [InlineData("nested-legacy.pth")]
    [InlineData("protocol4.pth")]
    public void A_file_with_any_byte_changed_is_read_or_refused_and_nothing_else(string name)
    {
        byte[] bytes = File.ReadAllBytes(files[name]);
        int refused = 0;
        for (int position = 0; position < bytes.Length; position++)
        {
            foreach (byte flip in (ReadOnlySpan<byte>)[0x01, 0x80, 0xFF])
            {
                bytes[position] ^= flip;
                refused += IsRefused(bytes) ? 1 : 0;
                bytes[position] ^= flip;
            }
        }

        // Most bytes are names, numbers and padding, where a change is not noticed.
        Assert.InRange(refused, bytes.Length / 10, 3 * bytes.Length);
    }

    [Fact]
    public void A_folder_an_empty_file_and_a_missing_one_are_told_apart()
    {
        string folder = Directory.CreateTempSubdirectory("resnetml-torch-").FullName;
        try
        {
            string empty = Path.Combine(folder, "empty.pth");
            File.WriteAllBytes(empty, []);
            string missing = Path.Combine(folder, "missing.pth");

            Assert.Equal(
                $"'{folder}': expected a PyTorch file, got a folder. Give the file itself.",
                Assert.Throws<InterchangeException>(() => PyTorchFile.Read(folder)).Message);
            Assert.Equal(
                $"'{empty}': expected a PyTorch file, got an empty file, a pipe or a device. Give a regular file.",
                Assert.Throws<InterchangeException>(() => PyTorchFile.Read(empty)).Message);
            Assert.Equal(
                $"There is no file '{missing}'. Check the path.",
                Assert.Throws<FileNotFoundException>(() => PyTorchFile.Read(missing)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsRefused(byte[] bytes)
    {
        try
        {
            StateDictionary state = PyTorchFile.Read(bytes, "changed.pth");
            Assert.NotEmpty(state);
            return false;
        }
        catch (InterchangeException)
        {
            return true;
        }
    }
}
