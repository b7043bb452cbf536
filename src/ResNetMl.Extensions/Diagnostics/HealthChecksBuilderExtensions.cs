using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ResNetMl.Extensions;

/// <summary>Adds health checks of prediction engine pools.</summary>
public static class HealthChecksBuilderExtensions
{
    /// <summary>Adds a check of one model of a pool: healthy, degraded where a changed model could not replace the one that answers, unhealthy without a model.</summary>
    /// <param name="builder">From <c>services.AddHealthChecks()</c>.</param>
    /// <param name="modelName">The model's name; empty for the model without a name.</param>
    /// <param name="name">The check's name; null for <c>prediction_engine_pool</c>, with a named model <c>prediction_engine_pool.</c> and its name.</param>
    /// <param name="failureStatus">What to report where there is no model; null for unhealthy.</param>
    /// <param name="tags">To choose checks by.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    public static IHealthChecksBuilder AddPredictionEnginePool<TData, TPrediction>(
        this IHealthChecksBuilder builder,
        string modelName = "",
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(modelName);
        name ??= modelName.Length == 0 ? "prediction_engine_pool" : $"prediction_engine_pool.{modelName}";
        return builder.Add(new HealthCheckRegistration(
            name, services => new PoolHealthCheck<TData, TPrediction>(services, modelName), failureStatus, tags));
    }
}
