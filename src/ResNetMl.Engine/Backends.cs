using ResNetMl.Engine.Managed;
using ResNetMl.Engine.OneDnn;

namespace ResNetMl.Engine;

/// <summary>The backends that this product has, which of them this machine can use, and which is used when nobody chooses.</summary>
public static class Backends
{
    private static readonly Lazy<(IBackend? Backend, string? WhyNot)> FoundOneDnn = new(FindOneDnn);

    /// <summary>Kernels in C#: always there, fp32 only.</summary>
    public static IBackend Managed { get; } = new ManagedBackend();

    /// <summary>oneDNN; null where its library cannot be loaded, <see cref="OneDnnUnavailableReason"/> saying why.</summary>
    public static IBackend? OneDnn => FoundOneDnn.Value.Backend;

    /// <summary>Why there is no oneDNN, in one sentence; null where there is.</summary>
    /// <remarks>The environment variable RESNETML_DISABLE_ONEDNN=1 is such a reason.</remarks>
    public static string? OneDnnUnavailableReason => FoundOneDnn.Value.WhyNot;

    /// <summary>The fastest on this machine: oneDNN where there is one, else managed.</summary>
    public static IBackend Default => OneDnn ?? Managed;

    /// <summary>Which backend <see cref="Default"/> is and why, in one line for people.</summary>
    public static string DefaultReason => OneDnn is { } oneDnn
        ? $"{oneDnn.Name}: {oneDnn.Description}"
        : $"{Managed.Name}: {Managed.Description} ({OneDnnUnavailableReason})";

    /// <summary>Those that this machine can use, <see cref="Default"/> first.</summary>
    public static IReadOnlyList<IBackend> Available => OneDnn is { } oneDnn ? [oneDnn, Managed] : [Managed];

    /// <summary>The backend of a name.</summary>
    /// <param name="name"><c>onednn</c> or <c>managed</c>.</param>
    /// <exception cref="ArgumentException">No backend has that name.</exception>
    /// <exception cref="NotSupportedException">This machine cannot use it; the message says why and what it can.</exception>
    public static IBackend Get(string name) => name switch
    {
        "managed" => Managed,
        "onednn" => OneDnn ?? throw new NotSupportedException(
            $"The onednn backend cannot be used here. {OneDnnUnavailableReason} The managed backend can."),
        _ => throw new ArgumentException($"There is no backend named '{name}'; there are onednn and managed.", nameof(name)),
    };

    private static (IBackend? Backend, string? WhyNot) FindOneDnn() =>
        OneDnnBackend.TryCreate(out OneDnnBackend? backend, out string? whyNot) ? (backend, null) : (null, whyNot);
}
