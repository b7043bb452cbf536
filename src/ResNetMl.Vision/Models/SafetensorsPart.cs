using System.Security.Cryptography;
using ResNetMl.Data;
using ResNetMl.Interchange;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Tensors as one part of an archive, in the safetensors format (<see cref="SafetensorsFile"/>).</summary>
/// <remarks>Written and read as a stream: weights take no second copy in memory. Reading knows which tensors it wants.</remarks>
internal static class SafetensorsPart
{
    /// <summary>Writes the tensors in their order.</summary>
    internal static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors) => SafetensorsFile.Write(stream, Pairs(tensors));

    /// <summary>SHA-256 of what <see cref="Write"/> writes, 64 lower-case hexadecimal digits.</summary>
    internal static string Sha256(IReadOnlyList<NamedTensor> tensors)
    {
        using var sha256 = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha256, CryptoStreamMode.Write))
        {
            Write(stream, tensors);
        }

        return Convert.ToHexStringLower(sha256.Hash!);
    }

    /// <summary>Reads a part into given tensors; it must hold exactly these, in any order.</summary>
    /// <param name="parts">The opened file, or its folder.</param>
    /// <param name="partName">The part.</param>
    /// <param name="targets">Names and shapes expected; their elements are overwritten.</param>
    /// <exception cref="ModelFormatException">The part is damaged or holds other tensors.</exception>
    internal static void ReadInto(ModelParts parts, string partName, IReadOnlyList<NamedTensor> targets)
    {
        using Stream stream = parts.OpenPart(partName);
        try
        {
            SafetensorsFile.ReadInto(stream, partName, Pairs(targets));
        }
        catch (InterchangeException exception)
        {
            throw new ModelFormatException(ModelFormatError.Damaged, $"'{parts.FileName}' is damaged: part {exception.Message}", exception);
        }
    }

    private static KeyValuePair<string, Tensor>[] Pairs(IReadOnlyList<NamedTensor> tensors) =>
        [.. tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Tensor))];
}
