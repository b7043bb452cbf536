using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ResNetMl.Extensions;

/// <summary>Loads a model when the application starts.</summary>
internal sealed class ModelStart<TData, TPrediction>(IServiceProvider services, string modelName) : IHostedService
    where TData : class
    where TPrediction : class, new()
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(
        () => services.GetRequiredService<PredictionEnginePool<TData, TPrediction>>().Load(modelName), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
