using System.Runtime.CompilerServices;

namespace ResNetMl.Engine.Kernels;

/// <summary>C[m, n] = Σₖ A[m, k]·B[k, n] + bias[n]: a linear layer forward, and both its gradients. Rows of B and C are contiguous.</summary>
/// <remarks>Scalar twin: <see cref="Managed.ScalarLinear"/>. Threads share tiles of C; the sums are taken in the order of k.</remarks>
internal sealed unsafe class MatrixProductPass(int rows, int columns, int terms) : ParallelPass
{
    private const int RowsInTile = 4;
    private const int ColumnsInTile = 64;

    /// <summary>A's first element.</summary>
    internal float* Left { get; set; }

    /// <summary>From A[m, k] to A[m + 1, k].</summary>
    internal long LeftRowStep { get; set; }

    /// <summary>From A[m, k] to A[m, k + 1].</summary>
    internal long LeftTermStep { get; set; }

    /// <summary>B, [terms, columns].</summary>
    internal float* Right { get; set; }

    /// <summary>[columns], or null.</summary>
    internal float* Bias { get; set; }

    /// <summary>C, [rows, columns].</summary>
    internal float* Product { get; set; }

    protected override void Work(int thread, int threadCount)
    {
        int rowTiles = (rows + RowsInTile - 1) / RowsInTile;
        int columnTiles = (columns + ColumnsInTile - 1) / ColumnsInTile;
        (int start, int end) = ParallelRunner.Share(rowTiles * columnTiles, thread, threadCount);
        for (int index = start; index < end; index++)
        {
            int row = index / columnTiles * RowsInTile;
            int column = index % columnTiles * ColumnsInTile;
            var tile = new Tile
            {
                Left = Left + (row * LeftRowStep),
                LeftRowStep = LeftRowStep,
                LeftTermStep = LeftTermStep,
                Right = Right + column,
                Bias = Bias is null ? null : Bias + column,
                Product = Product + ((long)row * columns) + column,
                Rows = Math.Min(RowsInTile, rows - row),
                Terms = terms,
                Columns = columns,
            };
            Columns.Run<Kernel, Tile>(&tile, Math.Min(ColumnsInTile, columns - column));
        }
    }

    private struct Tile
    {
        internal float* Left;
        internal long LeftRowStep;
        internal long LeftTermStep;
        internal float* Right;
        internal float* Bias;
        internal float* Product;
        internal int Rows;
        internal int Terms;
        internal int Columns;
    }

    private readonly struct Kernel : IColumnKernel<Tile>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Tile* tile, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            // Rows that the tile lacks are computed as its first and not stored.
            float* left0 = tile->Left;
            float* left1 = tile->Rows > 1 ? left0 + tile->LeftRowStep : left0;
            float* left2 = tile->Rows > 2 ? left0 + (2 * tile->LeftRowStep) : left0;
            float* left3 = tile->Rows > 3 ? left0 + (3 * tile->LeftRowStep) : left0;
            TVector sum0 = TOperations.Broadcast(0);
            TVector sum1 = sum0;
            TVector sum2 = sum0;
            TVector sum3 = sum0;
            float* right = tile->Right + lane;
            long step = tile->LeftTermStep;
            for (long k = 0; k < tile->Terms * step; k += step, right += tile->Columns)
            {
                TVector b = TOperations.Load(right);
                sum0 = TOperations.MultiplyAdd(TOperations.Broadcast(left0[k]), b, sum0);
                sum1 = TOperations.MultiplyAdd(TOperations.Broadcast(left1[k]), b, sum1);
                sum2 = TOperations.MultiplyAdd(TOperations.Broadcast(left2[k]), b, sum2);
                sum3 = TOperations.MultiplyAdd(TOperations.Broadcast(left3[k]), b, sum3);
            }

            TVector bias = tile->Bias is null ? TOperations.Broadcast(0) : TOperations.Load(tile->Bias + lane);
            float* product = tile->Product + lane;
            TOperations.Store(product, TOperations.Add(sum0, bias));
            if (tile->Rows > 1)
            {
                TOperations.Store(product + tile->Columns, TOperations.Add(sum1, bias));
            }

            if (tile->Rows > 2)
            {
                TOperations.Store(product + (2L * tile->Columns), TOperations.Add(sum2, bias));
            }

            if (tile->Rows > 3)
            {
                TOperations.Store(product + (3L * tile->Columns), TOperations.Add(sum3, bias));
            }
        }
    }
}
