using Microsoft.Extensions.Logging;

namespace ResNetMl.Extensions;

/// <summary>What a pool and its models need of the application.</summary>
internal sealed record PoolServices(MLContext Context, ILogger Logger, PoolMeter Meter, TimeProvider Clock);
