namespace ResNetMl.Data;

/// <summary>How well odd examples were found. Here so that programs which print metrics of any task compile; nothing in this product makes one.</summary>
public sealed class AnomalyDetectionMetrics
{
    private AnomalyDetectionMetrics()
    {
    }

    /// <summary>Probability that an odd example scores above an ordinary one; in [0, 1], higher is better.</summary>
    public double AreaUnderRocCurve { get; }

    /// <summary>Share of the odd examples found when a given number of ordinary ones is taken for odd; in [0, 1], higher is better.</summary>
    public double DetectionRateAtFalsePositiveCount { get; }
}

/// <summary>How well examples were put in groups. Here so that programs which print metrics of any task compile; nothing in this product makes one.</summary>
public sealed class ClusteringMetrics
{
    private ClusteringMetrics()
    {
    }

    /// <summary>Information that groups and labels share, relative to what they could; in [0, 1], higher is better.</summary>
    public double NormalizedMutualInformation { get; }

    /// <summary>Mean distance of an example to its group's centre, squared; 0 or more, lower is better.</summary>
    public double AverageDistance { get; }

    /// <summary>Davies–Bouldin index: spread within groups relative to the distance between them; 0 or more, lower is better.</summary>
    public double DaviesBouldinIndex { get; }
}

/// <summary>How well examples were put in order. Here so that programs which print metrics of any task compile; nothing in this product makes one.</summary>
public sealed class RankingMetrics
{
    private RankingMetrics()
    {
    }

    /// <summary>For each number of first places, the gain relative to that of the best order; in [0, 1], higher is better.</summary>
    public IReadOnlyList<double> NormalizedDiscountedCumulativeGains { get; } = [];

    /// <summary>For each number of first places, the gain; 0 or more, higher is better.</summary>
    public IReadOnlyList<double> DiscountedCumulativeGains { get; } = [];
}
