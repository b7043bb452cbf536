namespace ResNetMl.Engine.Managed;

/// <summary>The gradient of a convolution's weights, on all threads.</summary>
internal abstract unsafe class WeightGradientPass : ParallelPass
{
    /// <summary>The convolution's input.</summary>
    internal float* Source { get; set; }

    /// <summary>∂loss/∂output.</summary>
    internal float* OutputGradient { get; set; }

    /// <summary>∂loss/∂weight in the layer's own layout, [out, in/groups, height, width]; overwritten.</summary>
    internal float* WeightGradient { get; set; }

    /// <summary>The kernel that suits the convolution.</summary>
    /// <param name="geometry">Of the convolution forward.</param>
    /// <param name="images">Images in a batch.</param>
    /// <param name="level">Vectors to use.</param>
    /// <param name="threads">Threads that will run it.</param>
    /// <param name="workspace">Holds the sums and the strips.</param>
    internal static WeightGradientPass Create(
        ConvolutionGeometry geometry, int images, SimdLevel level, int threads, Workspace workspace) => geometry.IsDepthwise
            ? new DepthwiseWeightGradientPass(geometry, images, threads, workspace)
            : new TiledWeightGradientPass(geometry, images, level, threads, workspace);

    /// <summary>Does all of it, in as many passes as it takes.</summary>
    internal abstract void RunWhole(ParallelRunner runner);
}
