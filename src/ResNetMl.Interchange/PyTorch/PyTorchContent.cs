namespace ResNetMl.Interchange;

/// <summary>What a file of torch.save holds.</summary>
/// <param name="Root">The pickled object, as data.</param>
/// <param name="Storages">The bytes of its storages by key.</param>
internal sealed record PyTorchContent(object? Root, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Storages);
