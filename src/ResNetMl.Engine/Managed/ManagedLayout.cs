using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <summary>
/// How values lie in a managed plan. Feature maps [N, C, H, W] lie as [N, ⌈C/16⌉, H, W, 16]: a pixel of a block of channels is one
/// AVX-512 register, so the address of every pixel of a tile is a constant away from the first. Lanes beyond C are 0 always.
/// Values of any other rank are rows, [N, features], without filling.
/// </summary>
internal static class ManagedLayout
{
    /// <summary>Channels in a block, whatever the CPU's vectors.</summary>
    internal const int Lanes = 16;

    /// <summary>How many blocks hold a number of channels.</summary>
    internal static int BlocksOf(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>How a value of a shape (batch axis included, of any length) lies for a batch.</summary>
    internal static ImageLayout Of(Shape shape, int images)
    {
        if (shape.Rank == 4)
        {
            return new ImageLayout(images, shape[1], shape[2], shape[3], Lanes);
        }

        int features = checked((int)(shape.ElementCount / shape[0]));
        return new ImageLayout(images, features, Height: 1, Width: 1, Lanes: features);
    }
}
