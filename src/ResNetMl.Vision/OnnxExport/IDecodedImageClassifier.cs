namespace ResNetMl.Vision;

/// <summary>A transformer that scores images with a whole <see cref="Model"/>.</summary>
internal interface IDecodedImageClassifier : ITransformer
{
    /// <summary>The column of images.</summary>
    string ImageColumnName { get; }

    /// <summary>The model.</summary>
    Model ExportedModel { get; }
}
