using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Transforms.Image;

namespace ResNetMl.Vision;

/// <summary>Writes image transforms. Where one cannot be said in ONNX but gives images of one size, the graph's input is what it makes.</summary>
internal static class ImageExport
{
    internal static void Follow(
        PipelineExport export, ImageTransformer transformer, Dictionary<string, ExportedColumn> columns, DataViewSchema after,
        Dictionary<string, ExportedColumn> made)
    {
        foreach (Transforms.Image.ImageColumn column in transformer.ImageColumns)
        {
            try
            {
                made[column.Output] = columns[column.Input] is ExportedColumn.Unsaid unsaid ? unsaid : Export(export, column, columns, after[column.Output].Type);
            }
            catch (NotSupportedException exception)
            {
                made[column.Output] = new ExportedColumn.Unsaid(exception.Message);
            }
        }
    }

    private static ExportedColumn Export(
        PipelineExport export, Transforms.Image.ImageColumn column, Dictionary<string, ExportedColumn> columns, DataViewType type)
    {
        switch (column)
        {
            case LoadingColumn:
                return new ExportedColumn.Outside(column.Output, Size: null);
            case ResizingColumn resizing when Resized(export, resizing) is { } planes:
                return planes;
            case CroppingColumn cropping:
                (CropPlace horizontal, CropPlace vertical) = PlacesOf(cropping.Anchor);
                var size = new ImageSize(cropping.Height, cropping.Width);
                return new ExportedColumn.Planes(
                    export.Graph.Crop(export.ImagesOf(column.Input, nameof(ImageCroppingTransformer)).Value, size, horizontal, vertical), size);
            case PixelColumn pixels:
                return Pixels(export, pixels, (VectorDataViewType)type);
            case ResizingColumn or GrayscalingColumn when type is ImageDataViewType { IsKnownSize: true } known:
                return Outside(export, column, known);
            default:
                return new ExportedColumn.Unsaid($"{column.GetType().Name.Replace("Column", "", StringComparison.Ordinal)} of '{column.Input}', which cannot be exported");
        }
    }

    private static ExportedColumn.Outside Outside(PipelineExport export, Transforms.Image.ImageColumn column, ImageDataViewType type)
    {
        var size = new ImageSize(type.Height, type.Width);
        export.BeginAt(column.Output, size, $"how column '{column.Output}' is made of '{column.Input}' cannot be said in ONNX (antialiased filters can, from opset {OnnxPipelineGraph.ResizingOpset})");
        return new ExportedColumn.Outside(column.Output, size);
    }

    private static ExportedColumn.Planes? Resized(PipelineExport export, ResizingColumn column)
    {
        bool squashes = column.ShorterSide is null && column.Resizing == ImageResizingEstimator.ResizingKind.Fill;
        ImageSize? size = column.ShorterSide is null ? new ImageSize(column.Height, column.Width) : null;
        if (column.Filter is null)
        {
            return squashes
                ? new ExportedColumn.Planes(export.Graph.TakeNearest(export.ImagesOf(column.Input, nameof(ImageResizingTransformer)).Value, size!), size)
                : null;
        }

        ResizeRule? rule = column.ShorterSide is { } length ? new ResizeShorterSide(length) : squashes ? new ResizeExactly(column.Height, column.Width) : null;
        return rule is null || export.Graph.Opset < OnnxPipelineGraph.ResizingOpset
            ? null
            : new ExportedColumn.Planes(
                export.Graph.Resize(export.ImagesOf(column.Input, nameof(ImageResizingTransformer)).Value, rule, column.Filter.Value), size);
    }

    private static ExportedColumn Pixels(PipelineExport export, PixelColumn column, VectorDataViewType type)
    {
        if (!column.AsFloat || column.Colors.HasFlag(ImagePixelExtractingEstimator.ColorBits.Alpha))
        {
            return new ExportedColumn.Unsaid($"ExtractPixels of '{column.Input}' as bytes or with alpha, which is exported only as Single of red, green and blue");
        }

        int[] channels = ColorChannels.BytesOf(column.Colors, column.Order, MLPixelFormat.Rgba32);
        ExportedColumn.Planes images = export.ImagesOf(column.Input, nameof(ImagePixelExtractingTransformer));
        string value = column.Mean is null
            ? export.Graph.ExtractPixels(
                images.Value, channels, 1, Array.ConvertAll(channels, _ => column.Offset), Array.ConvertAll(channels, _ => column.Scale), divides: false, column.Interleave)
            : export.Graph.ExtractPixels(images.Value, channels, 255, column.Mean, column.StandardDeviation!, divides: true, column.Interleave);
        return new ExportedColumn.Numbers(value, [.. type.Dimensions]);
    }

    private static (CropPlace Horizontal, CropPlace Vertical) PlacesOf(ImageResizingEstimator.Anchor anchor) => anchor switch
    {
        ImageResizingEstimator.Anchor.Left => (CropPlace.First, CropPlace.Middle),
        ImageResizingEstimator.Anchor.Right => (CropPlace.Last, CropPlace.Middle),
        ImageResizingEstimator.Anchor.Top => (CropPlace.Middle, CropPlace.First),
        ImageResizingEstimator.Anchor.Bottom => (CropPlace.Middle, CropPlace.Last),
        _ => (CropPlace.Middle, CropPlace.Middle),
    };
}
