using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>The numbers that tests/References/contract.py feeds to PyTorch, made again by the same formula.</summary>
internal static class ContractNumbers
{
    /// <summary>seed-th sequence of numbers in [−1, 1), times scale, plus offset, each operation in fp32 as numpy does.</summary>
    internal static Tensor Make(int seed, Shape shape, float scale = 1, float offset = 0)
    {
        var tensor = new Tensor(shape);
        Span<float> elements = tensor.Span;
        for (int i = 0; i < elements.Length; i++)
        {
            float scaled = Number(seed, i) * scale;
            elements[i] = scaled + offset;
        }

        return tensor;
    }

    private static float Number(int seed, int index)
    {
        // Knuth's multiplicative hash with two rounds of mixing; the upper 24 bits are exact in fp32.
        ulong h = (((ulong)index + ((ulong)seed * 1000003)) * 2654435761) & 0xFFFFFFFF;
        h ^= h >> 15;
        h = (h * 2246822519) & 0xFFFFFFFF;
        h ^= h >> 13;
        return (float)(((h >> 8) / 8388608.0) - 1.0);
    }
}
