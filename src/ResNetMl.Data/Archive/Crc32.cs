namespace ResNetMl.Data;

/// <summary>The checksum a zip keeps of each entry (ISO 3309: polynomial 0x04C11DB7, reflected), for the manifest, which has no hash.</summary>
internal static class Crc32
{
    private const uint ReflectedPolynomial = 0xEDB88320;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint remainder = uint.MaxValue;
        foreach (byte value in bytes)
        {
            remainder ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ ((remainder & 1) * ReflectedPolynomial);
            }
        }

        return ~remainder;
    }
}
