using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ResNetMl.Extensions;

/// <summary>Healthy with a model that is up to date; degraded where a changed one could not replace it; at its failure status where none could be loaded.</summary>
internal sealed class PoolHealthCheck<TData, TPrediction>(IServiceProvider services, string modelName) : IHealthCheck
    where TData : class
    where TPrediction : class, new()
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.Run(() => Check(context), cancellationToken); // the first check may load the model

    private HealthCheckResult Check(HealthCheckContext context)
    {
        PooledModelStatus status;
        try
        {
            status = services.GetRequiredService<PredictionEnginePool<TData, TPrediction>>().StatusOf(modelName);
        }
        catch (Exception exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"There is no model. {exception.Message}", exception);
        }

        var data = new Dictionary<string, object>
        {
            ["location"] = status.Location,
            ["loadedAt"] = status.LoadedAt.ToString("O", CultureInfo.InvariantCulture),
            ["reloads"] = status.Reloads,
        };
        return status.LastFailure is { } failure
            ? HealthCheckResult.Degraded($"The model loaded before answers, because the changed one cannot be used. {failure.Message}", failure, data)
            : HealthCheckResult.Healthy($"The model from {status.Location} answers.", data);
    }
}
