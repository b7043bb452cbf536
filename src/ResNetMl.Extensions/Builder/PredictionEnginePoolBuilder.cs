using Microsoft.Extensions.DependencyInjection;

namespace ResNetMl.Extensions;

/// <summary>Says where the models of a pool come from: <see cref="BuilderExtensions"/>.</summary>
/// <typeparam name="TData">The class of examples.</typeparam>
/// <typeparam name="TPrediction">The class of results.</typeparam>
public sealed class PredictionEnginePoolBuilder<TData, TPrediction>
    where TData : class
    where TPrediction : class, new()
{
    /// <summary>Makes a builder.</summary>
    /// <param name="services">The application's services.</param>
    public PredictionEnginePoolBuilder(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Services = services;
    }

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }
}
