using System.Security.Cryptography;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>The initial state: its bits, its distribution, its independence of everything but seed, name and shape.</summary>
public sealed class InitialStateTests
{
    public static TheoryData<long> Seeds => [0, 1, -7, 123456789012345];

    // Witness: the known answers of Random123, the generator's publication (kat_vectors, philox4x32 10 rounds).
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void Philox_gives_the_published_words(
        uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1, uint word0, uint word1, uint word2, uint word3) =>
        Assert.Equal((word0, word1, word2, word3), Philox4x32.Words((counter0, counter1, counter2, counter3), (key0, key1)));

    // Witness: tests/References/initial_state.py (numpy, written from the description) wrote initial-state.json.
    [Theory, MemberData(nameof(Seeds))]
    public void A_seed_gives_the_described_bits(long seed)
    {
        Golden golden = GoldenFile.Read<Golden[]>("initial-state.json").Single(entry => entry.Seed == seed);

        StateDictionary state = InitialState.Create(NetworkCatalog.Define("resnet20"), seed);

        foreach ((string name, string[] bits) in golden.First)
        {
            string[] actual = [.. state[name].Span[..bits.Length].ToArray().Select(value => $"{BitConverter.SingleToUInt32Bits(value):x8}")];
            Assert.Equal(bits, actual);
        }

        using var everything = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in state.Values)
        {
            everything.AppendData(tensor.Bytes);
        }

        Assert.Equal(golden.Sha256, Convert.ToHexStringLower(everything.GetHashAndReset()));
    }

    // Tolerances: five standard errors of each moment over n = 2,359,296 normal numbers: 1/√n, √(2/n) and √(96/n).
    [Fact]
    public void Convolution_weights_are_normal_with_variance_2_over_fan_out()
    {
        Tensor weight = InitialState.Create(NetworkCatalog.Define("resnet18"), seed: 3)["layer4.1.conv2.weight"];
        double deviation = Math.Sqrt(2.0 / (512 * 3 * 3));
        double[] standardized = [.. weight.Span.ToArray().Select(value => value / deviation)];

        Assert.Equal(512 * 512 * 3 * 3, standardized.Length);
        Assert.Equal(0, standardized.Average(), tolerance: 0.0033);
        Assert.Equal(1, standardized.Average(z => z * z), tolerance: 0.0047);
        Assert.Equal(3, standardized.Average(z => z * z * z * z), tolerance: 0.032);

        // Neighbours, which share one draw of the generator, must not go together.
        Assert.Equal(0, Enumerable.Range(0, standardized.Length - 1).Average(i => standardized[i] * standardized[i + 1]), tolerance: 0.0033);
    }

    // Tolerance: five standard errors of the variance of a uniform number, 1/3 · √(4/5) / √n, over n = 512,000.
    [Fact]
    public void Classifier_weights_are_uniform_within_one_over_root_of_fan_in()
    {
        StateDictionary state = InitialState.Create(NetworkCatalog.Define("resnet18"), seed: 3);
        double bound = 1 / Math.Sqrt(512);
        float[] weight = state["fc.weight"].Span.ToArray();

        Assert.All(weight, value => Assert.InRange(value, -bound, bound));
        Assert.Equal(1.0 / 3, weight.Average(value => Math.Pow(value / bound, 2)), tolerance: 0.0021);
        Assert.All(state["fc.bias"].Span.ToArray(), value => Assert.InRange(value, -bound, bound));
        Assert.NotEqual(state["fc.bias"].Span[0], weight[0]);
    }

    [Fact]
    public void Batch_norm_starts_as_the_identity()
    {
        StateDictionary state = InitialState.Create(NetworkCatalog.Define("resnet20"), seed: 0);
        Assert.All(state["bn1.weight"].Span.ToArray(), value => Assert.Equal(1, value));
        Assert.All(state["bn1.bias"].Span.ToArray(), value => Assert.Equal(0, value));
        Assert.All(state["bn1.running_mean"].Span.ToArray(), value => Assert.Equal(0, value));
        Assert.All(state["bn1.running_var"].Span.ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void A_tensor_depends_on_seed_name_and_shape_alone()
    {
        StateDictionary residual = InitialState.Create(NetworkCatalog.Define("resnet20-option-b"), seed: 11);
        StateDictionary plain = InitialState.Create(NetworkCatalog.Define("plain20"), seed: 11);
        StateDictionary otherSeed = InitialState.Create(NetworkCatalog.Define("plain20"), seed: 12);

        Assert.All(plain, entry => Assert.True(entry.Value.Bytes.SequenceEqual(residual[entry.Key].Bytes), entry.Key));
        Assert.False(plain["conv1.weight"].Bytes.SequenceEqual(otherSeed["conv1.weight"].Bytes));
        Assert.False(plain["layer1.0.conv1.weight"].Bytes.SequenceEqual(plain["layer1.0.conv2.weight"].Bytes));
    }

    [Fact]
    public void State_is_in_the_definitions_order_and_shapes()
    {
        NetworkDefinition network = NetworkCatalog.Define("resnet56-option-b");
        StateDictionary state = InitialState.Create(network, seed: 0);
        Assert.Equal(network.State.Select(p => (p.Name, p.Shape)), state.Select(entry => (entry.Key, entry.Value.Shape)));
    }

    // Witness: the system's logarithm, whose own error is below one unit in the last place.
    [Fact]
    public void The_logarithm_is_the_systems_to_a_few_units_in_the_last_place()
    {
        var random = new Random(5);
        for (int draw = 0; draw < 100_000; draw++)
        {
            double x = Math.ScaleB(random.NextDouble() + 1e-300, -random.Next(60));
            double expected = Math.Log(x);
            Assert.Equal(expected, RandomNumbers.NaturalLogarithm(x), tolerance: Math.Max(Math.Abs(expected) * 4e-16, 4e-16));
        }
    }

    private sealed record Golden(long Seed, string Sha256, Dictionary<string, string[]> First);
}
