using ResNetMl.Data;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>The input of the models classifier*.onnx, written as a user writes it.</summary>
public sealed class ImageRow
{
    [ColumnName("data_0"), VectorType(3, 8, 8)]
    public float[] Pixels = [];

    /// <summary>Rows of different noise.</summary>
    public static ImageRow[] Many(int count) => [.. Enumerable.Range(0, count).Select(seed => new ImageRow { Pixels = TestModels.Noise(3 * 8 * 8, seed) })];
}

/// <summary>The result of the models classifier*.onnx.</summary>
public sealed class ImagePrediction
{
    [ColumnName("softmaxout_1"), VectorType(1, 5)]
    public float[] Scores { get; set; } = [];
}
