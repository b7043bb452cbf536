namespace ResNetMl.Vision;

/// <summary>How well a model did when it was made, stored with it.</summary>
/// <param name="Values">Numbers by ML.NET's names in camelCase: <c>microAccuracy</c>, <c>logLoss</c>.</param>
public sealed record ModelMetrics(IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Examples by class: rows actual, columns predicted, in the order of the model's labels; null where it was not counted.</summary>
    public IReadOnlyList<IReadOnlyList<long>>? ConfusionMatrix { get; init; }

    /// <summary>What the metrics were measured on: <c>validation: 30 examples</c>.</summary>
    public string MeasuredOn { get; init; } = "";
}
