using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Safetensors;

/// <summary>The safetensors format in and out. Witness: tests/References/safetensors_files.py, in numpy from the format's description.</summary>
public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-safetensors-").FullName;

    [Theory]
    [InlineData("types.safetensors")]
    [InlineData("shuffled.safetensors")]
    public void Files_of_another_writer_are_read_to_the_last_bit(string name)
    {
        Python.Require("numpy", "python3-numpy");
        Python.Script("safetensors_files.py", "write", _folder);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(PathOf("expected.json")));

        StateDictionary state = SafetensorsFile.Read(PathOf(name), out IReadOnlyDictionary<string, string> metadata);

        AssertHolds(expected.RootElement.GetProperty(name), state, metadata);
        Assert.Equal(state.Keys, SafetensorsFile.Read(PathOf(name)).Keys);
    }

    [Fact]
    public void What_is_written_is_read_by_another_reader_and_by_this_one()
    {
        Python.Require("numpy", "python3-numpy");
        var state = new StateDictionary();
        state.Add("conv.weight", new Tensor([2, 1, 1, 3], [1, -2, 3.5f, float.MaxValue, float.Epsilon, -0f]));
        state.Add("größe \"1\"", new Tensor([], [0.1f]));
        state.Add("empty", new Tensor([0, 2]));
        string path = PathOf("written.safetensors");
        SafetensorsFile.Write(path, state, new Dictionary<string, string> { ["labels"] = "[\"cat\",\"dog\"]", ["ä"] = "ö" });

        using JsonDocument witness = JsonDocument.Parse(Python.Script("safetensors_files.py", "read", path));
        AssertHolds(witness.RootElement, state, new Dictionary<string, string> { ["labels"] = "[\"cat\",\"dog\"]", ["ä"] = "ö" });
        StateDictionary read = SafetensorsFile.Read(path, out IReadOnlyDictionary<string, string> metadata);
        AssertHolds(witness.RootElement, read, metadata);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void BFloat16_tensors_are_written_as_they_are()
    {
        var tensor = new Tensor([2], ElementType.BFloat16);
        tensor.BFloat16Span[0] = BFloat16.FromSingle(1.5f);
        tensor.BFloat16Span[1] = BFloat16.FromSingle(-3);
        using var stream = new MemoryStream();

        SafetensorsFile.Write(stream, [KeyValuePair.Create("w", tensor)]);

        stream.Position = 0;
        Assert.Equal([1.5f, -3f], SafetensorsFile.Read(stream, "w", out _)["w"].Span.ToArray());
        Assert.Contains("\"dtype\":\"BF16\"", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "expected a header that starts with '{'. ")]
    [InlineData("{\"a\"", "expected a header of JSON as the format says. ")]
    [InlineData("{}x", "expected a header of JSON as the format says. ")]
    [InlineData("{\"a\":3}", "expected a header of JSON as the format says. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "expected its tensors to fill 8 bytes, got 4. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}",
        "tensor 'a': expected F32 [3] of 12 bytes from byte 0 of 8, got bytes 0 to 12. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "tensor 'a': expected F32 [1] of 4 bytes from byte 0 of 8, got bytes 4 to 8. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "tensor 'b': expected F32 [1] of 4 bytes from byte 8 of 8, got bytes 4 to 8. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "expected each name once, got 'a' twice. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "tensor 'a': expected a dtype, a shape of up to 16 lengths and two rising data_offsets. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}",
        "tensor 'a': expected a dtype, a shape of up to 16 lengths and two rising data_offsets. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "tensor 'a': expected dtype, shape and data_offsets once each, got 'dtype'. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,0],\"data_offsets\":[0,8]}}",
        "tensor 'a': expected lengths of a tensor that a file can hold, got F32 [2147483647, 2147483647, 2147483647, 0]. ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "expected a header of JSON as the format says. ")]
    [InlineData("{\"__metadata__\":{\"k\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "expected a header of JSON as the format says. ")]
    public void Headers_that_do_not_fit_the_file_are_refused(string header, string expected) => Assert.Equal(
        $"'x': {expected}The safetensors file is damaged: fetch or save it again.",
        Assert.Throws<InterchangeException>(() => SafetensorsFile.Read(new MemoryStream(Bytes(header, 8)), "x", out _)).Message);

    [Fact]
    public void Element_types_that_are_not_read_are_named() => Assert.Equal(
        "'x': tensor 'a': expected one of the element types F32, F16, BF16, F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got 'F8_E4M3'. " +
        "Save it in one of them.",
        Assert.Throws<InterchangeException>(
            () => SafetensorsFile.Read(new MemoryStream(Bytes("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8)), "x", out _)).Message);

    [Fact]
    public void A_header_longer_than_the_file_is_refused_before_memory_is_taken()
    {
        var bytes = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 90_000_000);

        Assert.Equal(
            "'x': expected a header of 2 to 92 bytes, its header claims 90,000,000. The safetensors file is damaged: fetch or save it again.",
            Assert.Throws<InterchangeException>(() => SafetensorsFile.Read(new MemoryStream(bytes), "x", out _)).Message);
    }

    [Fact]
    public void A_file_with_any_byte_changed_is_read_or_refused_and_nothing_else()
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(
            stream,
            [KeyValuePair.Create("weight", new Tensor([2, 3])), KeyValuePair.Create("bias", new Tensor([3]))],
            new Dictionary<string, string> { ["format"] = "pt" });
        byte[] bytes = stream.ToArray();
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        int refused = 0;
        for (int position = 0; position < 8 + headerLength; position++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte before = bytes[position];
                bytes[position] = (byte)value;
                try
                {
                    SafetensorsFile.Read(new MemoryStream(bytes), "x", out _);
                }
                catch (InterchangeException)
                {
                    refused++;
                }

                bytes[position] = before;
            }
        }

        // Names, metadata and padding may be any text; structure, types, shapes and places may not.
        Assert.InRange(refused, 128 * headerLength, 256 * (8 + headerLength));
    }

    [Fact]
    public void Weights_from_PyTorch_and_back_through_safetensors_give_the_same_logits()
    {
        StateDictionary weights = PyTorchFile.Read(CifarOracle.Model("resnet20-12fca82f.th"));
        string path = PathOf("resnet20.safetensors");
        SafetensorsFile.Write(path, weights);

        ImportedNetwork network = KnownNetworks.Recognize(SafetensorsFile.Read(path))!;

        Assert.All(weights, entry => Assert.Equal(entry.Value.Bytes, network.Weights[entry.Key].Bytes));
        CifarOracle.AssertLogits(
            "resnet20", Networks.Run(ResNetMl.Engine.Backends.Default, network.Definition, network.Weights, CifarOracle.Images()).Span);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertHolds(JsonElement expected, StateDictionary state, IReadOnlyDictionary<string, string> metadata)
    {
        Assert.Equal(
            expected.GetProperty("tensors").EnumerateArray().Select(line => line.GetString()),
            state.Select(entry => $"{entry.Key} {string.Join(',', entry.Value.Shape)}"));
        Assert.Equal(expected.GetProperty("metadata").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!), metadata);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in state.Values)
        {
            digest.AppendData(tensor.Bytes);
        }

        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    private static byte[] Bytes(string header, int elements)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + elements];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
