using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>What every image classifier asks of its input and output.</summary>
internal static class ImageShape
{
    internal static void Check(string networkName, Shape inputShape, int classes)
    {
        if (inputShape.Rank != 3 || inputShape.Any(length => length < 1))
        {
            throw new ArgumentException(
                $"{networkName}: expected an input shape [C, H, W] of lengths 1 or more, got {inputShape}. Leave out the batch axis.");
        }

        if (classes < 1)
        {
            throw new ArgumentException($"{networkName}: expected one class or more, got {classes}.");
        }
    }
}
