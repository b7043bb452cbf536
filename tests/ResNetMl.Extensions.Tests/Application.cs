using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ResNetMl.Extensions.Tests;

/// <summary>An application's services with what the tests look at: log, metrics and a folder.</summary>
internal sealed class Application : IDisposable
{
    private readonly ServiceCollection _services = [];
    private readonly MeterListener _listener = new();
    private ServiceProvider? _provider;

    internal Application()
    {
        Folder = Directory.CreateTempSubdirectory("resnetml-pool-").FullName;
        _services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new ListProvider(Log)));
        _services.AddMetrics();
        Builder = _services.AddPredictionEnginePool<Picture, Answer>();
        _services.AddHealthChecks().AddPredictionEnginePool<Picture, Answer>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Meters of other tests' applications have another factory as their scope.
            if (instrument.Meter.Name == "ResNetMl.Extensions" && instrument.Meter.Scope == _provider?.GetService<IMeterFactory>())
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measure(instrument, value, tags));
    }

    internal string Folder { get; }

    internal ServiceCollection Services => _services;

    internal PredictionEnginePoolBuilder<Picture, Answer> Builder { get; }

    internal ConcurrentQueue<(LogLevel Level, string Category, string Message)> Log { get; } = [];

    /// <summary>Each measurement as "instrument unit value key=value …".</summary>
    internal ConcurrentQueue<(string Instrument, string? Unit, double Value, string Tags)> Measurements { get; } = [];

    internal PredictionEnginePool<Picture, Answer> Pool => Provider.GetRequiredService<PredictionEnginePool<Picture, Answer>>();

    internal ServiceProvider Provider
    {
        get
        {
            if (_provider is null)
            {
                _provider = _services.BuildServiceProvider();
                _listener.Start();
            }

            return _provider;
        }
    }

    internal string PathOf(string name) => Path.Combine(Folder, name);

    internal async Task<HealthReportEntry> HealthAsync() =>
        (await Provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["prediction_engine_pool"];

    internal int Count(string instrument, string tags = "") =>
        Measurements.Count(measurement => measurement.Instrument == instrument && measurement.Tags.Contains(tags, StringComparison.Ordinal));

    /// <summary>Waits for what another thread is about to do.</summary>
    internal static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int i = 0; i < 1500 && !condition(); i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), "It did not happen within 30 s.");
    }

    public void Dispose()
    {
        _provider?.Dispose();
        _listener.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Measure(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string text = "";
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            text += $"{tag.Key}={tag.Value} ";
        }

        Measurements.Enqueue((instrument.Name, instrument.Unit, value, text.Trim()));
    }

    private sealed class ListProvider(ConcurrentQueue<(LogLevel, string, string)> log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new ListLogger(categoryName, log);

        public void Dispose()
        {
        }
    }

    private sealed class ListLogger(string category, ConcurrentQueue<(LogLevel, string, string)> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue((logLevel, category, formatter(state, exception)));
    }
}
