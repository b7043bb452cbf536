namespace ResNetMl.Data;

/// <summary>The metrics of one class, as a row of the per-class table.</summary>
/// <param name="ClassName">The label as text.</param>
/// <param name="Support">Number of measured examples whose label is this class; 0 or more.</param>
/// <param name="Predicted">Number of measured examples of a known class that were predicted as this class; 0 or more.</param>
/// <param name="Precision">Of the examples predicted as this class, the share that is of it, in [0, 1]; higher is better; 0 when
/// <paramref name="Predicted"/> is 0.</param>
/// <param name="Recall">Of the examples of this class, the share predicted as it, in [0, 1]; higher is better; 0 when
/// <paramref name="Support"/> is 0.</param>
/// <param name="F1">Harmonic mean of precision and recall, 2·TP / (support + predicted), in [0, 1]; higher is better; 0 when the class is
/// neither present nor predicted.</param>
/// <param name="LogLoss">Mean of −ln p(true class) over the examples of this class, in nats, in [0, 34.54]; lower is better; 0 when
/// <paramref name="Support"/> is 0.</param>
public sealed record PerClassMetrics(
    string ClassName, long Support, long Predicted, double Precision, double Recall, double F1, double LogLoss);
