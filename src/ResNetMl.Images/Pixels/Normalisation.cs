using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Images;

/// <summary>8-bit interleaved pixels [H, W, C] → single-precision planes [C, H, W], (x/255 − mean)/standardDeviation.</summary>
/// <remarks>In single precision and in this order of operations, as PyTorch does it: both paths give the same bits.</remarks>
internal static class Normalisation
{
    /// <summary>Sixteen pixels at a time with a scalar tail; bit-identical with <see cref="NormaliseScalar"/>.</summary>
    internal static void Normalise(
        ReadOnlySpan<byte> pixels, int channels, ReadOnlySpan<float> mean, ReadOnlySpan<float> standardDeviation, Span<float> planes)
    {
        int count = pixels.Length / channels;
        Debug.Assert(planes.Length == pixels.Length && mean.Length == channels && standardDeviation.Length == channels, "sizes agree");
        int done = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            done = channels == 3 ? NormaliseRgb(pixels, mean, standardDeviation, planes) : NormaliseGrey(pixels, mean[0], standardDeviation[0], planes);
        }

        for (int channel = 0; channel < channels; channel++)
        {
            NormaliseChannel(pixels, channels, channel, mean[channel], standardDeviation[channel], planes.Slice(channel * count, count), done);
        }
    }

    /// <summary>The plain form that the vectors are tested against.</summary>
    internal static void NormaliseScalar(
        ReadOnlySpan<byte> pixels, int channels, ReadOnlySpan<float> mean, ReadOnlySpan<float> standardDeviation, Span<float> planes)
    {
        int count = pixels.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            NormaliseChannel(pixels, channels, channel, mean[channel], standardDeviation[channel], planes.Slice(channel * count, count), 0);
        }
    }

    private static void NormaliseChannel(
        ReadOnlySpan<byte> pixels, int channels, int channel, float mean, float standardDeviation, Span<float> plane, int from)
    {
        for (int i = from; i < plane.Length; i++)
        {
            plane[i] = ((pixels[(i * channels) + channel] / 255f) - mean) / standardDeviation;
        }
    }

    private static int NormaliseGrey(ReadOnlySpan<byte> pixels, float mean, float standardDeviation, Span<float> plane)
    {
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        ref float target = ref MemoryMarshal.GetReference(plane);
        int i = 0;
        for (; i <= pixels.Length - 16; i += 16)
        {
            Store(Vector128.LoadUnsafe(ref source, (nuint)i), mean, standardDeviation, ref Unsafe.Add(ref target, i));
        }

        return i;
    }

    private static int NormaliseRgb(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> mean, ReadOnlySpan<float> standardDeviation, Span<float> planes)
    {
        int count = pixels.Length / 3;
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        ref float target = ref MemoryMarshal.GetReference(planes);
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            // 48 bytes hold sixteen pixels; each channel takes its bytes out of the three registers.
            Vector128<byte> a = Vector128.LoadUnsafe(ref source, (nuint)(i * 3));
            Vector128<byte> b = Vector128.LoadUnsafe(ref source, (nuint)((i * 3) + 16));
            Vector128<byte> c = Vector128.LoadUnsafe(ref source, (nuint)((i * 3) + 32));
            Vector128<byte> first = Gather(a, b, c, 0);
            Vector128<byte> second = Gather(a, b, c, 1);
            Vector128<byte> third = Gather(a, b, c, 2);
            Store(first, mean[0], standardDeviation[0], ref Unsafe.Add(ref target, i));
            Store(second, mean[1], standardDeviation[1], ref Unsafe.Add(ref target, count + i));
            Store(third, mean[2], standardDeviation[2], ref Unsafe.Add(ref target, (2 * count) + i));
        }

        return i;
    }

    /// <summary>Every third byte of 48, from <paramref name="channel"/>: pixel p lies at 3·p + channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Gather(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, [ConstantExpected] int channel) => channel switch
    {
        0 => Vector128.Shuffle(a, Vector128.Create((byte)0, 3, 6, 9, 12, 15, No, No, No, No, No, No, No, No, No, No))
            | Vector128.Shuffle(b, Vector128.Create(No, No, No, No, No, No, (byte)2, 5, 8, 11, 14, No, No, No, No, No))
            | Vector128.Shuffle(c, Vector128.Create(No, No, No, No, No, No, No, No, No, No, No, (byte)1, 4, 7, 10, 13)),
        1 => Vector128.Shuffle(a, Vector128.Create((byte)1, 4, 7, 10, 13, No, No, No, No, No, No, No, No, No, No, No))
            | Vector128.Shuffle(b, Vector128.Create(No, No, No, No, No, (byte)0, 3, 6, 9, 12, 15, No, No, No, No, No))
            | Vector128.Shuffle(c, Vector128.Create(No, No, No, No, No, No, No, No, No, No, No, (byte)2, 5, 8, 11, 14)),
        _ => Vector128.Shuffle(a, Vector128.Create((byte)2, 5, 8, 11, 14, No, No, No, No, No, No, No, No, No, No, No))
            | Vector128.Shuffle(b, Vector128.Create(No, No, No, No, No, (byte)1, 4, 7, 10, 13, No, No, No, No, No, No))
            | Vector128.Shuffle(c, Vector128.Create(No, No, No, No, No, No, No, No, No, No, (byte)0, 3, 6, 9, 12, 15)),
    };

    // An index outside the register gives 0.
    private const byte No = 0xFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> values, float mean, float standardDeviation, ref float target)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(values);
        (Vector128<uint> w0, Vector128<uint> w1) = Vector128.Widen(lower);
        (Vector128<uint> w2, Vector128<uint> w3) = Vector128.Widen(upper);
        Scale(Vector256.Create(w0, w1), mean, standardDeviation).StoreUnsafe(ref target);
        Scale(Vector256.Create(w2, w3), mean, standardDeviation).StoreUnsafe(ref target, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scale(Vector256<uint> values, float mean, float standardDeviation) =>
        ((Vector256.ConvertToSingle(values.AsInt32()) / Vector256.Create(255f)) - Vector256.Create(mean)) / Vector256.Create(standardDeviation);
}
