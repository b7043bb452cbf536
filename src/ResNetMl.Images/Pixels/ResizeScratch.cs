using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Images;

/// <summary>A part of an image: the pixels from (Left, Top), Width to the right and Height down.</summary>
internal readonly record struct PixelRectangle(int Left, int Top, int Width, int Height);

/// <summary>Resizes with buffers that are kept from one image to the next; for one user at a time.</summary>
internal sealed class ResizeScratch
{
    private readonly ResizeWeights _columns = new();
    private readonly ResizeWeights _rows = new();
    private byte[] _between = [];
    private int[] _sums = [];

    /// <summary>Resizes one part of an image, as if it had been cut out first.</summary>
    internal void Resize(PixelBuffer source, PixelRectangle part, PixelBuffer target, ResizeFilter filter)
    {
        if (filter == ResizeFilter.Nearest)
        {
            NearestResize.Resize(source, part, target);
            return;
        }

        bool changesWidth = part.Width != target.Width;
        bool changesHeight = part.Height != target.Height;
        if (!changesHeight)
        {
            if (changesWidth)
            {
                _columns.Compute(part.Width, target.Width, filter);
            }

            ResizeRows(source, part, target.Data, target.Width, changesWidth);
            return;
        }

        _rows.Compute(part.Height, target.Height, filter);
        if (changesWidth)
        {
            _columns.Compute(part.Width, target.Width, filter);
        }

        int between = part.Height * target.Width * target.Channels;
        if (_between.Length < between)
        {
            _between = new byte[between];
        }

        ResizeRows(source, part, _between, target.Width, changesWidth);
        ResizeColumns(_between, target);
    }

    /// <summary>First pass: every row of the part to the target's width.</summary>
    private void ResizeRows(PixelBuffer source, PixelRectangle part, byte[] target, int targetWidth, bool changesWidth)
    {
        int channels = source.Channels;
        int rowBytes = targetWidth * channels;
        for (int row = 0; row < part.Height; row++)
        {
            ReadOnlySpan<byte> from = source.Row(part.Top + row).Slice(part.Left * channels, part.Width * channels);
            Span<byte> to = target.AsSpan(row * rowBytes, rowBytes);
            if (!changesWidth)
            {
                from.CopyTo(to);
            }
            else if (channels == 3)
            {
                ResizeRgbRow(from, to);
            }
            else
            {
                ResizeGreyRow(from, to);
            }
        }
    }

    private void ResizeRgbRow(ReadOnlySpan<byte> from, Span<byte> to)
    {
        ref byte source = ref MemoryMarshal.GetReference(from);
        int readable = from.Length - 4;
        for (int column = 0; column < _columns.Count; column++)
        {
            ReadOnlySpan<int> weights = _columns.Of(column, out int first);
            Vector128<int> sum = Vector128.Create(ResizeWeights.Half);
            int at = first * 3;
            foreach (int weight in weights)
            {
                // Four bytes hold one pixel and a neighbour's red; at the row's end they are read one by one.
                Vector128<int> pixel = at <= readable
                    ? WidenFour(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, at)))
                    : Vector128.Create(from[at], from[at + 1], from[at + 2], 0);
                sum += pixel * weight;
                at += 3;
            }

            sum = Vector128.Clamp(sum >> ResizeWeights.FractionBits, Vector128<int>.Zero, Vector128.Create(255));
            int out3 = column * 3;
            to[out3] = (byte)sum[0];
            to[out3 + 1] = (byte)sum[1];
            to[out3 + 2] = (byte)sum[2];
        }
    }

    private static Vector128<int> WidenFour(uint four) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(four).AsByte())).AsInt32();

    private void ResizeGreyRow(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int column = 0; column < _columns.Count; column++)
        {
            ReadOnlySpan<int> weights = _columns.Of(column, out int first);
            int sum = ResizeWeights.Half;
            for (int tap = 0; tap < weights.Length; tap++)
            {
                sum += from[first + tap] * weights[tap];
            }

            to[column] = (byte)Math.Clamp(sum >> ResizeWeights.FractionBits, 0, 255);
        }
    }

    /// <summary>Second pass: whole rows weighted and added, so that it runs over contiguous bytes.</summary>
    private void ResizeColumns(byte[] source, PixelBuffer target)
    {
        int rowBytes = target.Width * target.Channels;
        if (_sums.Length < rowBytes)
        {
            _sums = new int[rowBytes];
        }

        Span<int> sums = _sums.AsSpan(0, rowBytes);
        for (int row = 0; row < _rows.Count; row++)
        {
            ReadOnlySpan<int> weights = _rows.Of(row, out int first);
            sums.Fill(ResizeWeights.Half);
            for (int tap = 0; tap < weights.Length; tap++)
            {
                AddWeighted(source.AsSpan((first + tap) * rowBytes, rowBytes), weights[tap], sums);
            }

            Finish(sums, target.Row(row));
        }
    }

    private static void AddWeighted(ReadOnlySpan<byte> source, int weight, Span<int> sums)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= sums.Length - 16; i += 16)
            {
                Vector256<ushort> wide = Widen(Vector128.Create(source.Slice(i, 16)));
                (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(wide);
                (Vector256.Create<int>(sums.Slice(i, 8)) + (lower.AsInt32() * weight)).CopyTo(sums[i..]);
                (Vector256.Create<int>(sums.Slice(i + 8, 8)) + (upper.AsInt32() * weight)).CopyTo(sums[(i + 8)..]);
            }
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += source[i] * weight;
        }
    }

    private static Vector256<ushort> Widen(Vector128<byte> bytes)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(bytes);
        return Vector256.Create(lower, upper);
    }

    private static void Finish(ReadOnlySpan<int> sums, Span<byte> target)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            target[i] = (byte)Math.Clamp(sums[i] >> ResizeWeights.FractionBits, 0, 255);
        }
    }
}
