using System.Runtime.Intrinsics;

namespace ResNetMl.Engine;

/// <summary>The Euclidean norm of all gradients as one vector, for clipping. torch.nn.utils.clip_grad_norm_.</summary>
/// <remarks>Sums of fixed blocks, added in order: the same bits for any number of threads. Computing allocates nothing.</remarks>
public sealed unsafe class GradientNorm
{
    private const int BlockLength = 4096;

    // PyTorch adds this to the norm, so that a norm of 0 does not divide.
    private const double SmallestNorm = 1e-6;

    private readonly ParameterArena _parameters;
    private readonly ParallelRunner _parallel;
    private readonly double[] _blockSums;

    /// <summary>Makes the norm of one arena's gradients.</summary>
    /// <param name="parameters">Whose gradients.</param>
    /// <param name="parallel">Threads that share the work.</param>
    public GradientNorm(ParameterArena parameters, ParallelRunner parallel)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(parallel);
        _parameters = parameters;
        _parallel = parallel;
        _blockSums = new double[(parameters.Gradients.Span.Length + BlockLength - 1) / BlockLength];
    }

    /// <summary>√Σ gradient², ≥ 0; not finite where a gradient is not.</summary>
    public double Compute()
    {
        fixed (double* blockSums = _blockSums)
        {
            var pass = new Pass
            {
                Gradients = (float*)_parameters.Gradients.Address,
                Length = _parameters.Gradients.Span.Length,
                BlockSums = blockSums,
                BlockCount = _blockSums.Length,
            };
            _parallel.Run(&Share, &pass);
        }

        double sum = 0;
        foreach (double blockSum in _blockSums)
        {
            sum += blockSum;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>What gradients are multiplied by so that their norm is at most a limit: at most 1.</summary>
    /// <param name="norm">Their norm.</param>
    /// <param name="maximumNorm">The limit, &gt; 0.</param>
    public static float ClipScale(double norm, double maximumNorm) => (float)Math.Min(1, maximumNorm / (norm + SmallestNorm));

    private static void Share(void* argument, int thread, int threadCount)
    {
        var pass = (Pass*)argument;
        (int first, int last) = ParallelRunner.Share(pass->BlockCount, thread, threadCount);
        for (int block = first; block < last; block++)
        {
            int start = block * BlockLength;
            int end = Math.Min(pass->Length, start + BlockLength);
            Vector512<double> sum = Vector512<double>.Zero;
            for (int i = start; i < end; i += Vector512<float>.Count)
            {
                (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(Vector512.LoadAligned(pass->Gradients + i));
                sum += (lower * lower) + (upper * upper);
            }

            pass->BlockSums[block] = Vector512.Sum(sum);
        }
    }

    private struct Pass
    {
        public float* Gradients;
        public int Length;
        public double* BlockSums;
        public int BlockCount;
    }
}
