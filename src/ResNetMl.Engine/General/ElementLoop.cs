using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>A function of up to three numbers; written once for vectors V of every width, with their operations O.</summary>
internal interface IElementsFunction
{
    /// <summary>The result. What a function does not take, it is given as 0.</summary>
    static abstract V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct;
}

/// <summary>Rows of elements: three operands, each of which goes along with the row or repeats its first element, and the result.</summary>
internal unsafe struct ElementRows
{
    internal float* A;
    internal float* B;
    internal float* G;
    internal float* Result;

    /// <summary>Elements of a row.</summary>
    internal nint Count;

    internal nint Rows;

    /// <summary>From a row to the next; the result's rows are contiguous.</summary>
    internal nint ARowStep;
    internal nint BRowStep;
    internal nint GRowStep;

    internal bool ARepeats;
    internal bool BRepeats;
    internal bool GRepeats;
}

/// <summary>Applies a function to every element of a value, its operands being broadcast to the value's shape.</summary>
internal sealed unsafe class ElementLoop
{
    private const int Grain = 16;
    private readonly StridedAxes _axes;
    private readonly long _count;
    private readonly int _middle;

    /// <summary>Prepares the axes.</summary>
    /// <param name="whole">Shape of the result.</param>
    /// <param name="a">Shape of the first operand: of the same rank, each length the result's or 1.</param>
    /// <param name="b">Shape of the second.</param>
    /// <param name="g">Shape of the third.</param>
    internal ElementLoop(Shape whole, Shape a, Shape b, Shape g)
    {
        _axes = StridedAxes.Merge(
            whole.AsSpan(), StridedAxes.Repeating(a, whole), StridedAxes.Repeating(b, whole), StridedAxes.Repeating(g, whole));
        _count = whole.ElementCount;
        _middle = _axes.Lengths.Length > 1 ? _axes.Lengths[^2] : 1;
    }

    /// <summary>The function's loop for this CPU's vectors, for <see cref="Run"/>.</summary>
    internal static nint Of<TFunction>()
        where TFunction : IElementsFunction
    {
        delegate*<in ElementRows, void> loop = Vector512.IsHardwareAccelerated ? &Loop<TFunction, Lanes16, Vector512<float>>
            : Vector256.IsHardwareAccelerated ? &Loop<TFunction, Lanes8, Vector256<float>>
            : &Loop<TFunction, Lanes4, Vector128<float>>;
        return (nint)loop;
    }

    /// <summary>This thread's part.</summary>
    /// <param name="function">From <see cref="Of"/>.</param>
    /// <param name="a">First operand, or null for 0; likewise the others.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="g">Third operand.</param>
    /// <param name="result">The result; may be an operand that does not repeat.</param>
    /// <param name="thread">This thread's index.</param>
    /// <param name="threadCount">How many share.</param>
    internal void Run(nint function, float* a, float* b, float* g, float* result, int thread, int threadCount)
    {
        var run = (delegate*<in ElementRows, void>)function;
        float zero = 0;
        int inner = _axes.Inner;
        long grains = (_count + Grain - 1) / Grain;
        long position = grains * thread / threadCount * Grain;
        long end = Math.Min(_count, grains * (thread + 1) / threadCount * Grain);
        while (position < end)
        {
            (long row, long column) = Math.DivRem(position, inner);
            bool isWhole = column == 0 && end - position >= inner;
            var rows = new ElementRows
            {
                Result = result + position,
                Rows = (nint)(isWhole ? Math.Min(_middle - (row % _middle), (end - position) / inner) : 1),
                Count = (nint)(isWhole ? inner : Math.Min(inner - column, end - position)),
            };
            Place(0, a, row, column, &zero, out rows.A, out rows.ARowStep, out rows.ARepeats);
            Place(1, b, row, column, &zero, out rows.B, out rows.BRowStep, out rows.BRepeats);
            Place(2, g, row, column, &zero, out rows.G, out rows.GRowStep, out rows.GRepeats);
            run(rows);
            position += rows.Rows * rows.Count;
        }
    }

    private void Place(int array, float* operand, long row, long column, float* zero, out float* first, out nint rowStep, out bool repeats)
    {
        long[] strides = _axes.Strides[array];
        repeats = operand == null || strides[^1] == 0;
        rowStep = operand == null || strides.Length < 2 ? 0 : (nint)strides[^2];
        first = operand == null ? zero : operand + _axes.Offset(array, row) + (column * strides[^1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<TFunction, TOperations, TVector>(in ElementRows rows)
        where TFunction : IElementsFunction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        float* a = rows.A;
        float* b = rows.B;
        float* g = rows.G;
        float* result = rows.Result;
        nint count = rows.Count;
        nint vectors = count - (count % TOperations.Width);
        for (nint row = 0; row < rows.Rows; row++, a += rows.ARowStep, b += rows.BRowStep, g += rows.GRowStep, result += count)
        {
            TVector firstA = TOperations.Broadcast(*a);
            TVector firstB = TOperations.Broadcast(*b);
            TVector firstG = TOperations.Broadcast(*g);
            nint i = 0;
            for (; i < vectors; i += TOperations.Width)
            {
                TOperations.Store(result + i, TFunction.Apply<TOperations, TVector>(
                    rows.ARepeats ? firstA : TOperations.Load(a + i),
                    rows.BRepeats ? firstB : TOperations.Load(b + i),
                    rows.GRepeats ? firstG : TOperations.Load(g + i)));
            }

            for (; i < count; i++)
            {
                result[i] = TFunction.Apply<Lanes1, float>(
                    rows.ARepeats ? *a : a[i], rows.BRepeats ? *b : b[i], rows.GRepeats ? *g : g[i]);
            }
        }
    }
}
