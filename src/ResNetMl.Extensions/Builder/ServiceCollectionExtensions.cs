using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ResNetMl.Extensions;

/// <summary>Adds prediction engine pools to an application's services.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a pool, one for the whole application; the builder then says where its models come from.</summary>
    /// <param name="services">The application's services.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    public static PredictionEnginePoolBuilder<TData, TPrediction> AddPredictionEnginePool<TData, TPrediction>(this IServiceCollection services)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddSingleton<ContextLogging>();
        services.TryAddSingleton<PoolMeter>();
        services.TryAddSingleton<PredictionEnginePool<TData, TPrediction>>();
        return new PredictionEnginePoolBuilder<TData, TPrediction>(services);
    }
}
