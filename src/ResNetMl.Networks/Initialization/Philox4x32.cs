namespace ResNetMl.Networks;

/// <summary>Philox4x32-10: 128 random bits for a counter and a key, by integer arithmetic alone, without a state.</summary>
/// <remarks>
/// Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (https://doi.org/10.1145/2063384.2063405), section 4.3.
/// A counter stands for its place, so numbers may be drawn in any order and by any number of threads.
/// </remarks>
internal static class Philox4x32
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier2 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9; // golden ratio
    private const uint KeyStep1 = 0xBB67AE85; // √3 − 1

    /// <summary>The four words of a counter under a key.</summary>
    internal static (uint Word0, uint Word1, uint Word2, uint Word3) Words(
        (uint Word0, uint Word1, uint Word2, uint Word3) counter, (uint Word0, uint Word1) key)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * counter.Word0;
            ulong product2 = (ulong)Multiplier2 * counter.Word2;
            counter = (
                (uint)(product2 >> 32) ^ counter.Word1 ^ key.Word0,
                (uint)product2,
                (uint)(product0 >> 32) ^ counter.Word3 ^ key.Word1,
                (uint)product0);
            key = (unchecked(key.Word0 + KeyStep0), unchecked(key.Word1 + KeyStep1));
        }

        return counter;
    }
}
