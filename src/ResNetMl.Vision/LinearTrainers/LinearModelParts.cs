using ResNetMl.Data;
using ResNetMl.Tensors;
using ResNetMl.Trainers;
using ResNetMl.Vision;

[assembly: TransformerLoader(MaximumEntropyModelParameters.Loader, LinearModelParts.Version, typeof(MaximumEntropyModelParameters.TransformerLoader))]

namespace ResNetMl.Trainers;

/// <summary>The parts of a linear classifier: <c>linear.json</c> with its sizes, <c>linear.safetensors</c> with <c>weight</c> [classes, features] and <c>bias</c>.</summary>
internal static class LinearModelParts
{
    internal const int Version = 1;

    private const string SizesPart = "linear.json";
    private const string WeightsPart = "linear.safetensors";
    private const int LargestSize = 1 << 28;

    internal static ModelPart[] Write(LinearMulticlassModelParametersBase model)
    {
        NamedTensor[] tensors = Tensors(model.NumberOfClasses, model.NumberOfFeatures);
        model.Weights.CopyTo(tensors[0].Tensor.Span);
        model.Biases.CopyTo(tensors[1].Tensor.Span);
        return
        [
            ModelPart.FromText(SizesPart, $"{{\"classes\": {model.NumberOfClasses}, \"features\": {model.NumberOfFeatures}}}"),
            new ModelPart(WeightsPart, stream => SafetensorsPart.Write(stream, tensors)),
        ];
    }

    internal static (float[] Weights, float[] Biases) Read(ComponentReader reader)
    {
        (int classes, int features) = reader.ReadJson(SizesPart, root =>
        {
            (int classes, int features) sizes = (root.GetProperty("classes").GetInt32(), root.GetProperty("features").GetInt32());
            return sizes is (>= 2, >= 1) && (long)sizes.classes * sizes.features <= LargestSize
                ? sizes
                : throw new FormatException($"{sizes.classes} classes of {sizes.features} features");
        });
        NamedTensor[] tensors = Tensors(classes, features);
        SafetensorsPart.ReadInto(reader, WeightsPart, tensors);
        return (tensors[0].Tensor.Span.ToArray(), tensors[1].Tensor.Span.ToArray());
    }

    private static NamedTensor[] Tensors(int classes, int features) =>
        [new("weight", new Tensor([classes, features])), new("bias", new Tensor([classes]))];
}
