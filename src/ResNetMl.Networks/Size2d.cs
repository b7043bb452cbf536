namespace ResNetMl.Networks;

/// <summary>A height and a width, in pixels or elements: of a kernel, a stride or a dilation.</summary>
/// <param name="Height">Along H, the rows.</param>
/// <param name="Width">Along W, the columns.</param>
public readonly record struct Size2d(int Height, int Width)
{
    /// <summary>A square: the same height and width.</summary>
    /// <param name="size">Both.</param>
    public static implicit operator Size2d(int size) => new(size, size);

    /// <summary>Written as 3×3.</summary>
    public override string ToString() => $"{Height}×{Width}";
}

/// <summary>Rows and columns added around an image before a window slides over it.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns to the right.</param>
/// <remarks>The order is that of ONNX's <c>pads</c>: [top, left, bottom, right].</remarks>
public readonly record struct Padding2d(int Top, int Left, int Bottom, int Right)
{
    /// <summary>The same amount on all four sides.</summary>
    /// <param name="all">Rows or columns on each side.</param>
    public static implicit operator Padding2d(int all) => new(all, all, all, all);

    /// <summary>Rows above and below together.</summary>
    public int Vertical => Top + Bottom;

    /// <summary>Columns left and right together.</summary>
    public int Horizontal => Left + Right;
}
