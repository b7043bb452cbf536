using System.Globalization;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>What an image transform makes of one column: its settings, as they are saved, and the mapping of blocks.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column that is read.</param>
internal abstract record ImageColumn(string Output, string Input)
{
    /// <summary>Holds the settings against what is possible; both a caller's and a file's.</summary>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    internal abstract void Check();

    /// <summary>The type of the added column.</summary>
    /// <exception cref="ArgumentException">The input is of another type than the mapping reads.</exception>
    internal abstract DataViewType TypeFor(DataViewSchema.Column input);

    /// <summary>The added column before there is data.</summary>
    /// <exception cref="ArgumentException">The input is of another type than the mapping reads.</exception>
    internal abstract SchemaShape.Column ShapeFor(SchemaShape.Column input);

    /// <summary>The added column's values of a block.</summary>
    /// <param name="input">The block.</param>
    /// <param name="column">The input column, bound to the view that the block is of.</param>
    internal abstract BlockColumn Map(Block input, DataViewSchema.Column column);

    /// <summary>How many rows of a block can be mapped at once within the memory that a block may take.</summary>
    /// <inheritdoc cref="Map" path="/param"/>
    internal virtual int RowsAtOnce(Block input, DataViewSchema.Column column) => input.RowCount;

    /// <summary>Reads an image column, whatever its size.</summary>
    protected ImageDataViewType RequireImage(DataViewSchema.Column input) => input.Type as ImageDataViewType ?? throw Unexpected(
        input.Name, "images", input.Type.ToString()!, "Load them with LoadImages, or give a member of type MLImage the attribute [ImageType].");

    /// <inheritdoc cref="RequireImage(DataViewSchema.Column)"/>
    protected void RequireImage(SchemaShape.Column input)
    {
        if (input.Kind != SchemaShape.Column.VectorKind.Scalar || input.ItemType is not ImageDataViewType)
        {
            throw Unexpected(
                input.Name, "images", input.ToString(), "Load them with LoadImages, or give a member of type MLImage the attribute [ImageType].");
        }
    }

    /// <summary>An image column before there is data: its size is not known then.</summary>
    protected SchemaShape.Column ImageShape() => new(Output, SchemaShape.Column.VectorKind.Scalar, new ImageDataViewType(), isKey: false);

    protected static ArgumentException Unexpected(string column, string expected, string actual, string next)
        => new($"Column '{column}': expected {expected}, got {actual}. {next}");

    /// <summary>Maps the images of a block in parallel; a missing image, or one of no pixels, gives what <paramref name="missing"/> is.</summary>
    /// <param name="input">The block.</param>
    /// <param name="column">The image column.</param>
    /// <param name="missing">The value of rows without an image.</param>
    /// <param name="map">Maps an image; the text names it in messages.</param>
    protected BlockColumn MapImages<T>(Block input, DataViewSchema.Column column, T missing, Func<MLImage, string, T> map)
        => new BlockColumn<T>(ParallelRows.Map(input.RowCount, row => input.Values<MLImage?>(column.Index)[row] is { } image
            ? map(image, NameOf(image, input, row))
            : missing));

    /// <summary>The image's tag, which is its path where it was loaded from a file; else its column and row.</summary>
    private string NameOf(MLImage image, Block input, int row)
        => image.Tag ?? string.Create(CultureInfo.InvariantCulture, $"column '{Input}', row {input.Ids[row].Low}");
}
