using System.Text;

namespace ResNetMl.Interchange.Tests.PyTorch;

/// <summary>Pickles written by hand, opcode by opcode as Python's pickletools documents them, that PyTorch does not write.</summary>
public sealed class PickleTests
{
    private const string Prologue = "\u0080\u0002";

    [Fact]
    public void Old_views_of_storages_start_where_they_say()
    {
        // ('storage', FloatStorage, '7', 'cpu', 6, ('8', 2, 3)): three numbers from the third on.
        string root = Prologue + "}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor\n(" +
            "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\07X\u0003\0\0\0cpuK\u0006(X\u0001\0\0\08K\u0002K\u0003ttQ" +
            "K\u0001K\u0002\u0085K\u0001\u0085tRs.";
        byte[] file = [.. Legacy(root), .. Pickle(Prologue + "]X\u0001\0\0\07a."), .. Storage(10, 11, 12, 13, 14, 15)];

        Assert.Equal([13f, 14f], PyTorchFile.Read(file, "old.pth")["w"].Span.ToArray());
    }

    [Theory]
    [InlineData("cos\nsystem\nX\u0001\0\0\0x\u0085R.", "byte 2 of its pickle: expected a state dictionary (names, tensors, numbers), got the global 'os.system', " +
        "which is not data. Nothing was run. Save weights alone: torch.save(model.state_dict(), path).")]
    [InlineData("\u008C\u0008builtins\u008C\u0004eval\u0093.", "byte 18 of its pickle: expected a state dictionary (names, tensors, numbers), " +
        "got the global 'builtins.eval', which is not data. Nothing was run. Save weights alone: torch.save(model.state_dict(), path).")]
    [InlineData("(ios\nsystem\n.", "byte 3 of its pickle: expected an opcode of pickled data, got 0x69. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("ctorch\nFloatStorage\n)R.", "byte 23 of its pickle: expected a known global and its arguments. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("]K\u0001K\u0001s.", "byte 7 of its pickle: expected a PickleDictionary on the stack, got PickleList. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("h\u0003.", "byte 2 of its pickle: expected a value remembered as 3, got none. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("K\u0001(a.", "byte 5 of its pickle: expected 1 values on the stack. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("t.", "byte 2 of its pickle: expected a mark below, got none. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("X\u00FF\u00FF\u00FF\u00FFx.", "byte 2 of its pickle: expected 4,294,967,295 more bytes, got 2. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    [InlineData("X\u0001\0\0\0\u00FF.", "byte 2 of its pickle: expected text in UTF-8. " +
        "The file is damaged or was not written by torch.save: fetch it again.")]
    public void Damaged_and_dangerous_pickles_are_refused_where_they_are(string pickle, string expected)
    {
        int position = 0;

        Assert.Equal(
            $"'x', {expected}",
            Assert.Throws<InterchangeException>(
                () => PickleReader.Read(Pickle(Prologue + pickle), ref position, "x", new MemoryBudget("x", 1 << 20))).Message);
    }

    [Theory]
    [InlineData("K\u0000K\u0007\u0085K\u0001\u0085", "expected a tensor inside its storage of 6 elements, got elements 0 to 6")]
    [InlineData("K\u0006K\u0001\u0085K\u0001\u0085", "expected a tensor inside its storage of 6 elements, got elements 6 to 6")]
    [InlineData("K\u0000K\u0002K\u0002\u0086K\u0005K\u0001\u0086", "expected a tensor inside its storage of 6 elements, got elements 0 to 6")]
    [InlineData("K\u0000K\u0002\u0085)", "expected a size and a stride for each of at most 16 axes, got 1 sizes and 0 strides")]
    [InlineData("K\u0000J\u00FF\u00FF\u00FF\u00FF\u0085K\u0001\u0085", "expected the sizes of a tensor to be numbers from 0 to 2,147,483,647")]
    [InlineData("K\u0000K\u0002\u0085J\u00FF\u00FF\u00FF\u00FF\u0085", "expected the strides of a tensor to be numbers of 0 or more")]
    [InlineData("K\u0000J\u00FF\u00FF\u00FF\u007FJ\u00FF\u00FF\u00FF\u007F\u0086K\u0000K\u0000\u0086",
        "expected a tensor of at most 2,147,483,647 elements, got 4,611,686,014,132,420,609")]
    public void Tensors_outside_their_storage_are_refused(string view, string expected)
    {
        string root = "ctorch._utils\n_rebuild_tensor\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\07X\u0003\0\0\0cpuK\u0006tQ" + view + "tR.";

        string message = Assert.Throws<InterchangeException>(() => PyTorchFile.Read(Legacy(Prologue + root), "x")).Message;

        Assert.Contains($" of its pickle: {expected}. ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_number_expanded_beyond_the_files_proportion_is_refused_before_memory_is_taken()
    {
        // A tensor [16777216] of stride 0 over one stored number: 64 MiB out of a file of 200 bytes.
        string root = Prologue + "}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor\n(" +
            "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\07X\u0003\0\0\0cpuK\u0001tQK\u0000J\0\0\0\u0001\u0085K\u0000\u0085tRs.";
        byte[] file = [.. Legacy(root), .. Pickle(Prologue + "]X\u0001\0\0\07a."), .. Storage(1)];
        long limit = (32 << 20) + (4 * file.Length);

        Assert.Equal(
            $"'wide.pth': expected content in proportion to the file, got one that asks for more than {limit:N0} bytes of memory. " +
            "It is damaged or made to exhaust memory: do not use it, or fetch it again from its origin.",
            Assert.Throws<InterchangeException>(() => PyTorchFile.Read(file, "wide.pth")).Message);
    }

    [Fact]
    public void A_list_made_a_dictionary_of_a_hundred_thousand_times_is_refused()
    {
        // 4,000 pairs (text, None), remembered once; then OrderedDict(that list) over and over: 6 bytes each.
        string pairs = Prologue + "ccollections\nOrderedDict\nq\u0000](" +
            string.Concat(Enumerable.Range(0, 4000).Select(i => $"X\u0004\0\0\0{i:D4}N\u0086")) + "eq\u0001";
        byte[] pickle = Pickle(pairs + string.Concat(Enumerable.Repeat("h\u0000h\u0001\u0085R", 100_000)) + ".");
        int position = 0;

        Assert.StartsWith(
            "'wide': expected content in proportion to the file",
            Assert.Throws<InterchangeException>(
                () => PickleReader.Read(pickle, ref position, "wide", MemoryBudget.ForFile("wide", pickle.Length))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_million_nested_lists_are_refused_and_do_not_overflow_the_stack()
    {
        byte[] pickle = Pickle(Prologue + new string(']', 1_000_000) + new string('a', 999_999) + ".");
        int position = 0;

        Assert.StartsWith(
            "'deep': expected content in proportion to the file",
            Assert.Throws<InterchangeException>(
                () => PickleReader.Read(pickle, ref position, "deep", MemoryBudget.ForFile("deep", pickle.Length))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_other_kinds_are_told_by_their_first_bytes() => Assert.Equal(
        "'x.pth': expected a PyTorch file, a zip (bytes 50 4B) or a pickle (80 02), got one that starts with 89 48 44 46. " +
        "Give a file that torch.save wrote, or the reader of its own format.",
        Assert.Throws<InterchangeException>(() => PyTorchFile.Read((byte[])[0x89, 0x48, 0x44, 0x46, 0x0D], "x.pth")).Message);

    [Fact]
    public void A_pickle_of_another_program_is_told_from_one_of_PyTorch() => Assert.Equal(
        "'x.pkl': expected the magic number of torch.save, got another pickle. Save weights with torch.save(model.state_dict(), path).",
        Assert.Throws<InterchangeException>(() => PyTorchFile.Read(Pickle(Prologue + "}."), "x.pkl")).Message);

    /// <summary>Magic number, protocol, system, root.</summary>
    private static byte[] Legacy(string root) =>
    [
        .. Pickle(Prologue + "\u008A\u000A\u006C\u00FC\u009C\u0046\u00F9\u0020\u006A\u00A8\u0050\u0019."),
        .. Pickle(Prologue + "M\u00E9\u0003."),
        .. Pickle(Prologue + "}X\u000D\0\0\0little_endian\u0088s."),
        .. Pickle(root),
    ];

    private static byte[] Storage(params float[] numbers) => [.. BitConverter.GetBytes((long)numbers.Length), .. numbers.SelectMany(BitConverter.GetBytes)];

    // One byte a character: opcodes and text read as in pickletools' listings.
    private static byte[] Pickle(string opcodes) => Encoding.Latin1.GetBytes(opcodes);
}
