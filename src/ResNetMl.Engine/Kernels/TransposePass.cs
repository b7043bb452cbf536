namespace ResNetMl.Engine.Kernels;

/// <summary>Writes a matrix [rows, columns] as [columns, rows].</summary>
internal sealed unsafe class TransposePass(int rows, int columns) : ParallelPass
{
    /// <summary>[rows, columns].</summary>
    internal float* Source { get; set; }

    /// <summary>[columns, rows].</summary>
    internal float* Target { get; set; }

    protected override void Work(int thread, int threadCount)
    {
        (int start, int end) = ParallelRunner.Share(columns, thread, threadCount);
        for (int column = start; column < end; column++)
        {
            float* target = Target + ((long)column * rows);
            for (int row = 0; row < rows; row++)
            {
                target[row] = Source[((long)row * columns) + column];
            }
        }
    }
}
