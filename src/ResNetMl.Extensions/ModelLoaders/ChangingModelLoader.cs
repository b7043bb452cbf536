using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ResNetMl.Extensions;

/// <summary>A loader of this package: gives a model of its own each time, and says when there is another.</summary>
internal abstract class ChangingModelLoader(MLContext context, ILogger logger) : ModelLoader, IDisposable
{
    private CancellationTokenSource _change = new();

    internal override bool HandsModelsOver => true;

    protected MLContext Context { get; } = context;

    protected ILogger Logger { get; } = logger;

    public override IChangeToken GetReloadToken() => new CancellationChangeToken(Volatile.Read(ref _change).Token);

    /// <summary>Ends the looking for changes.</summary>
    public abstract void Dispose();

    /// <summary>Says that there is another model; returns when the pool has tried it.</summary>
    protected void SignalChange() => Interlocked.Exchange(ref _change, new CancellationTokenSource()).Cancel();
}
