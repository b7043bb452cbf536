namespace ResNetMl.Tensors;

/// <summary>A 16-bit float: sign, 8 exponent bits, 7 fraction bits; the upper half of a <see cref="float"/>.</summary>
/// <param name="Bits">The stored bits.</param>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>The nearest bfloat16, ties to even; NaN stays NaN.</summary>
    /// <param name="value">Any single-precision number.</param>
    public static BFloat16 FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Rounding could carry a NaN's fraction away and leave infinity: keep it quiet instead.
            return new BFloat16((ushort)((bits >> 16) | 0x0040));
        }

        uint roundingBias = 0x7FFF + ((bits >> 16) & 1);
        return new BFloat16((ushort)((bits + roundingBias) >> 16));
    }

    /// <summary>The same number in single precision; exact.</summary>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <inheritdoc/>
    public override string ToString() => ToSingle().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
