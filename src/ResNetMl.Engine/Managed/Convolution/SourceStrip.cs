using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Managed;

/// <summary>
/// A band of rows of one block of channels, copied with its padding so that kernels need not look at borders. Columns are sorted by their
/// phase of the stride: what neighbouring positions of a window read lies side by side, whatever the stride.
/// </summary>
internal sealed unsafe class SourceStrip
{
    private const int Lanes = ManagedLayout.Lanes;
    private readonly WindowAxis _rows;
    private readonly WindowAxis _columns;
    private readonly int _phaseLength;
    private readonly int[] _usedPhases;

    internal SourceStrip(ConvolutionGeometry geometry)
    {
        _rows = geometry.Rows;
        _columns = geometry.Columns;
        _usedPhases = [.. Enumerable.Range(0, _columns.Taps).Select(tap => tap * _columns.Dilation % _columns.Stride).Distinct()];
        _phaseLength = _columns.Out + ((_columns.Extent - 1) / _columns.Stride);
        Pitch = Offset((long)_columns.Stride * _phaseLength * Lanes);
        RowStep = Math.Min(_rows.Stride, Math.Max(1, _rows.Extent));
        TapOffsets = new int[geometry.Taps];
        for (int tap = 0; tap < geometry.Taps; tap++)
        {
            int row = tap / _columns.Taps * _rows.Dilation;
            int column = tap % _columns.Taps * _columns.Dilation;
            int position = (column % _columns.Stride * _phaseLength) + (column / _columns.Stride);
            TapOffsets[tap] = Offset(((long)row * Pitch) + ((long)position * Lanes));
        }
    }

    /// <summary>Floats from one row of the strip to the next.</summary>
    internal int Pitch { get; }

    /// <summary>Rows of the strip from one position of the window to the next.</summary>
    internal int RowStep { get; }

    /// <summary>For each tap, floats from where a position starts to what that tap reads.</summary>
    internal int[] TapOffsets { get; }

    /// <summary>Floats of a strip for a number of positions along H.</summary>
    internal long LengthFor(int outRows) => RowsFor(outRows) * (long)Pitch;

    /// <summary>Copies what the positions [firstOutRow, firstOutRow + outRows) read of one plane.</summary>
    internal void Fill(float* plane, int firstOutRow, int outRows, float* strip)
    {
        int count = RowsFor(outRows);
        bool hasGaps = RowStep < _rows.Stride;
        for (int row = 0; row < count; row++)
        {
            int sourceRow = hasGaps
                ? ((firstOutRow + (row / RowStep)) * _rows.Stride) + (row % RowStep) - _rows.Padding
                : (firstOutRow * _rows.Stride) + row - _rows.Padding;
            float* target = strip + ((long)row * Pitch);
            if (sourceRow < 0 || sourceRow >= _rows.Source)
            {
                Clear(target, target + Pitch);
                continue;
            }

            float* source = plane + ((long)sourceRow * _columns.Source * Lanes);
            foreach (int phase in _usedPhases)
            {
                FillPhase(source, phase, target + ((long)phase * _phaseLength * Lanes));
            }
        }
    }

    /// <summary>An offset that kernels hold in 32 bits.</summary>
    private static int Offset(long floats) => floats <= int.MaxValue
        ? (int)floats
        : throw new NotSupportedException(
            $"The managed backend convolves images of which a window covers at most {int.MaxValue} numbers of a block of channels, got {floats}. " +
            "Use smaller images or the onednn backend.");

    private int RowsFor(int outRows) => _rows.Extent == 0 ? 0 : ((outRows - 1) * RowStep) + _rows.Extent;

    // Vectors of 16 floats are one register or several, whatever the CPU has: copying asks no more of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillPhase(float* source, int phase, float* target)
    {
        // Element i of the phase is source column i·stride + phase − padding.
        int stride = _columns.Stride;
        int shift = phase - _columns.Padding;
        int first = shift >= 0 ? 0 : Math.Min(_phaseLength, (-shift + stride - 1) / stride);
        int end = Math.Clamp((_columns.Source - shift + stride - 1) / stride, first, _phaseLength);
        Clear(target, target + (first * Lanes));
        float* from = source + ((((long)first * stride) + shift) * Lanes);
        float* to = target + (first * Lanes);
        float* endTo = target + (end * Lanes);
        for (; to < endTo; to += Lanes, from += stride * Lanes)
        {
            Vector512.Load(from).Store(to);
        }

        Clear(to, target + (_phaseLength * Lanes));
    }

    private static void Clear(float* from, float* end)
    {
        for (; from < end; from += Lanes)
        {
            Vector512<float>.Zero.Store(from);
        }
    }
}
