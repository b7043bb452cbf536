using ResNetMl.Data;
using ResNetMl.Transforms;

[assembly: TransformerLoader(TransformerChainFormat.LoaderName, newestVersion: 1, typeof(TransformerChainFormat.Loader))]
[assembly: TransformerLoader(ValueToKeyMappingTransformer.LoaderName, newestVersion: 1, typeof(ValueToKeyMappingTransformer.Loader))]
[assembly: TransformerLoader(KeyToValueMappingTransformer.LoaderName, newestVersion: 1, typeof(KeyToValueMappingTransformer.Loader))]
[assembly: TransformerLoader(ColumnCopyingTransformer.LoaderName, newestVersion: 1, typeof(ColumnCopyingTransformer.Loader))]
[assembly: TransformerLoader(ColumnConcatenatingTransformer.LoaderName, newestVersion: 1, typeof(ColumnConcatenatingTransformer.Loader))]
[assembly: TransformerLoader(ColumnSelectingTransformer.LoaderName, newestVersion: 1, typeof(ColumnSelectingTransformer.Loader))]
[assembly: TransformerLoader(TypeConvertingTransformer.LoaderName, newestVersion: 1, typeof(TypeConvertingTransformer.Loader))]
[assembly: TransformerLoader(CustomMapping.LoaderName, newestVersion: 1, typeof(CustomMapping.Loader))]
