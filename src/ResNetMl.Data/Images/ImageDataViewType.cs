using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Images, served as <see cref="MLImage"/>: all of one size, or of sizes that differ by row. A missing image is null.</summary>
public sealed class ImageDataViewType : StructuredDataViewType
{
    /// <summary>Images of different sizes.</summary>
    public ImageDataViewType()
        : base(typeof(MLImage))
    {
    }

    /// <summary>Images of one size.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="ArgumentException">So many pixels fit into no array.</exception>
    public ImageDataViewType(int height, int width)
        : base(typeof(MLImage))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if ((long)height * width > int.MaxValue / 4)
        {
            throw new ArgumentException($"Expected at most {int.MaxValue / 4:N0} pixels, got {width}×{height} = {(long)width * height:N0}.", nameof(height));
        }

        Height = height;
        Width = width;
    }

    /// <summary>Rows; 0 where they differ.</summary>
    public int Height { get; }

    /// <summary>Pixels in a row; 0 where they differ.</summary>
    public int Width { get; }

    /// <summary>Whether every image has the same size.</summary>
    public bool IsKnownSize => Height > 0;

    /// <summary>Whether both are images of the same size, or both of sizes that differ.</summary>
    /// <param name="other">Another type, or null.</param>
    public override bool Equals(DataViewType? other) => other is ImageDataViewType image && image.Height == Height && image.Width == Width;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Height, Width);

    /// <summary>Written as Image&lt;224, 299&gt; (height, width), or Image where sizes differ.</summary>
    public override string ToString() => IsKnownSize ? $"Image<{Height}, {Width}>" : "Image";
}

/// <summary>Says the size of the images in a column of type <see cref="MLImage"/>; without it, they may differ (ML.NET refuses such a member).</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ImageTypeAttribute : DataViewTypeAttribute
{
    /// <summary>Images of different sizes; <c>ResizeImages</c> makes them one.</summary>
    public ImageTypeAttribute() => ColumnType = new ImageDataViewType();

    /// <summary>Images of one size.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    public ImageTypeAttribute(int height, int width) => ColumnType = new ImageDataViewType(height, width);

    /// <inheritdoc/>
    public override DataViewType ColumnType { get; }
}
