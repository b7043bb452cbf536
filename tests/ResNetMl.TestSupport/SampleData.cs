namespace ResNetMl.TestSupport;

/// <summary>The sample data that the repository carries: always there, so that tests which use it need not skip.</summary>
public static class SampleData
{
    /// <summary>An ImageNet ResNet-50 v2 up to the end of stage 3: ONNX, image [N, 3, H, W] to features [N, 1024].</summary>
    public static string Backbone { get; } = Path.Combine(TestData.RepositoryRoot, "data", "weights", "resnet50-v2-trunk.onnx");

    /// <summary>A folder of five folders, each with 40 JPEG photographs of the flower it is named after.</summary>
    public static string Flowers { get; } = Path.Combine(TestData.RepositoryRoot, "data", "flowers");
}
