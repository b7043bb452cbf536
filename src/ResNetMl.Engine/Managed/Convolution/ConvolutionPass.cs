namespace ResNetMl.Engine.Managed;

/// <summary>A convolution forward, or a part of its gradient with respect to the input, on all threads.</summary>
internal abstract unsafe class ConvolutionPass(WeightPacking weights) : ParallelPass, IDisposable
{
    /// <summary>How the weights lie.</summary>
    internal WeightPacking Weights { get; } = weights;

    /// <summary>Packed as <see cref="Weights"/> says.</summary>
    internal float* PackedWeights { get; set; }

    /// <summary>What is read.</summary>
    internal float* Source { get; set; }

    /// <summary>What is written.</summary>
    internal float* Destination { get; set; }

    /// <summary>Added to the sums, laid out as <see cref="Destination"/> and possibly the same; or null.</summary>
    internal float* Addend { get; set; }

    /// <summary>One float an output channel with zeros in the filling, or null.</summary>
    internal float* Bias { get; set; }

    /// <summary>Whether ReLU comes last.</summary>
    internal bool IsActivated { get; set; }

    /// <summary>The kernel that suits the convolution.</summary>
    /// <param name="geometry">The convolution.</param>
    /// <param name="images">Images in a batch.</param>
    /// <param name="level">Vectors to use.</param>
    /// <param name="threads">Threads that will run it.</param>
    /// <param name="workspace">Holds the strips.</param>
    internal static ConvolutionPass Create(ConvolutionGeometry geometry, int images, SimdLevel level, int threads, Workspace workspace) =>
        geometry.IsDepthwise
            ? new DepthwisePass(geometry, images, threads, workspace)
            : new TiledConvolutionPass(geometry, images, level, threads, workspace);

    /// <summary>How the kernel that suits the convolution reads its weights.</summary>
    internal static WeightPacking PackingOf(ConvolutionGeometry geometry, SimdLevel level) => geometry.IsDepthwise
        ? new DepthwiseWeights(geometry)
        : new PackedWeights(geometry, level == SimdLevel.Vector512 && geometry.OutChannels > ManagedLayout.Lanes ? 2 : 1);

    public abstract void Dispose();
}
