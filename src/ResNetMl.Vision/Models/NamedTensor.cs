using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>A tensor of a file, by the name it has there.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Tensor">What is written, or where reading puts the elements; fp32.</param>
internal readonly record struct NamedTensor(string Name, Tensor Tensor)
{
    /// <summary>A state dictionary's tensors, in its order.</summary>
    internal static IReadOnlyList<NamedTensor> Of(StateDictionary state) => [.. state.Select(entry => new NamedTensor(entry.Key, entry.Value))];
}
