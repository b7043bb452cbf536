using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>Folds a batch norm with running statistics into the convolution before it.</summary>
internal static class BatchNormFolding
{
    /// <summary>weight' = weight · s, bias' = (bias − mean) · s + β with s = γ/√(variance + ε); in double, rounded once.</summary>
    internal static void Fold(Node convolution, Node batchNorm, StateDictionary weights, StateDictionary folded)
    {
        var layer = (BatchNorm)batchNorm.Layer;
        string weightName = $"{convolution.Name}.weight";
        string biasName = $"{convolution.Name}.bias";
        Tensor weight = weights[weightName].Clone();
        var bias = new Tensor([layer.Channels]);
        ReadOnlySpan<float> oldBias = weights.TryGetValue(biasName, out Tensor? tensor) ? tensor.Span : [];
        ReadOnlySpan<float> gamma = weights[$"{batchNorm.Name}.weight"].Span;
        ReadOnlySpan<float> beta = weights[$"{batchNorm.Name}.bias"].Span;
        ReadOnlySpan<float> mean = weights[$"{batchNorm.Name}.running_mean"].Span;
        ReadOnlySpan<float> variance = weights[$"{batchNorm.Name}.running_var"].Span;

        int elementsPerChannel = weight.Span.Length / layer.Channels;
        for (int channel = 0; channel < layer.Channels; channel++)
        {
            double scale = gamma[channel] / Math.Sqrt((double)variance[channel] + layer.Epsilon);
            foreach (ref float element in weight.Span.Slice(channel * elementsPerChannel, elementsPerChannel))
            {
                element = (float)(element * scale);
            }

            double shift = (oldBias.IsEmpty ? 0 : oldBias[channel]) - (double)mean[channel];
            bias.Span[channel] = (float)((shift * scale) + beta[channel]);
        }

        folded.Add(weightName, weight);
        folded.Add(biasName, bias);
    }
}
