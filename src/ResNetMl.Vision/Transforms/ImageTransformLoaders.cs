using ResNetMl.Data;
using ResNetMl.Transforms.Image;

[assembly: TransformerLoader(ImageLoadingTransformer.LoaderName, newestVersion: 1, typeof(ImageLoadingTransformer.Loader))]
[assembly: TransformerLoader(ImageResizingTransformer.LoaderName, newestVersion: 1, typeof(ImageResizingTransformer.Loader))]
[assembly: TransformerLoader(ImageCroppingTransformer.LoaderName, newestVersion: 1, typeof(ImageCroppingTransformer.Loader))]
[assembly: TransformerLoader(ImagePixelExtractingTransformer.LoaderName, newestVersion: 1, typeof(ImagePixelExtractingTransformer.Loader))]
[assembly: TransformerLoader(ImageGrayscalingTransformer.LoaderName, newestVersion: 1, typeof(ImageGrayscalingTransformer.Loader))]
[assembly: TransformerLoader(VectorToImageConvertingTransformer.LoaderName, newestVersion: 1, typeof(VectorToImageConvertingTransformer.Loader))]
