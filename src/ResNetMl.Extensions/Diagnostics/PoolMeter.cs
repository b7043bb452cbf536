using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ResNetMl.Extensions;

/// <summary>What pools measure, for any listener of <c>System.Diagnostics.Metrics</c>; names, units and attributes by OpenTelemetry's conventions.</summary>
internal sealed class PoolMeter
{
    /// <summary>Name of the meter.</summary>
    internal const string Name = "ResNetMl.Extensions";

    private const string ModelTag = "resnetml.model.name";
    private const string ErrorTag = "error.type";

    private readonly Counter<long> _predictions;
    private readonly Counter<long> _failures;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _reloads;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">The application's; null for a meter of the process.</param>
    public PoolMeter(IMeterFactory? meters = null)
    {
        Meter meter = meters?.Create(Name) ?? new Meter(Name);
        _predictions = meter.CreateCounter<long>("resnetml.predictions", "{prediction}", "Predictions that pools were asked for, failed ones included.");
        _failures = meter.CreateCounter<long>("resnetml.prediction.failures", "{prediction}", "Predictions that ended with an exception, by its type.");
        _active = meter.CreateUpDownCounter<long>("resnetml.prediction.active", "{prediction}", "Predictions in progress.");
        _duration = meter.CreateHistogram<double>("resnetml.prediction.duration", "s", "Duration of a prediction, decoding and waiting included.");
        _reloads = meter.CreateCounter<long>("resnetml.model.reloads", "{reload}", "Changes of a model; with an error's type those that kept the model before.");
    }

    internal void Begin(string model) => _active.Add(1, new KeyValuePair<string, object?>(ModelTag, model));

    internal void End(string model, TimeSpan duration, Exception? failure)
    {
        TagList tags = Tags(model, failure);
        _active.Add(-1, new KeyValuePair<string, object?>(ModelTag, model));
        _predictions.Add(1, new KeyValuePair<string, object?>(ModelTag, model));
        _duration.Record(duration.TotalSeconds, tags);
        if (failure is not null)
        {
            _failures.Add(1, tags);
        }
    }

    internal void CountReload(string model, Exception? failure) => _reloads.Add(1, Tags(model, failure));

    private static TagList Tags(string model, Exception? failure)
    {
        var tags = new TagList { { ModelTag, model } };
        if (failure is not null)
        {
            tags.Add(ErrorTag, failure.GetType().FullName);
        }

        return tags;
    }
}
