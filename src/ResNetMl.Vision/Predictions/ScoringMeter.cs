using System.Diagnostics.Metrics;

namespace ResNetMl.Vision;

/// <summary>What scoring measures, for any listener of <c>System.Diagnostics.Metrics</c>; names and units by OpenTelemetry's conventions.</summary>
internal static class ScoringMeter
{
    /// <summary>Name of the meter.</summary>
    internal const string Name = "ResNetMl.Vision";

    private static readonly Meter Meter = new(Name);

    /// <summary>Images computed together, one record a run of a network.</summary>
    internal static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "resnetml.scoring.batch.size", "{image}", "Images that a network computed together.");

    /// <summary>Seconds that one run of a network took.</summary>
    internal static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "resnetml.scoring.duration", "s", "Duration of one run of a network, without decoding.");

    /// <summary>Calls that wait for their turn.</summary>
    internal static readonly UpDownCounter<int> QueueLength = Meter.CreateUpDownCounter<int>(
        "resnetml.scoring.queue.length", "{call}", "Calls that wait until a network has computed others.");
}
