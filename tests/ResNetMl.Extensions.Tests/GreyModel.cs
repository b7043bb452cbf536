using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Extensions.Tests;

/// <summary>What applications give a model of images.</summary>
public sealed class Picture
{
    public byte[] ImageSource { get; set; } = [];
}

/// <summary>What they get.</summary>
public sealed class Answer
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}

/// <summary>A classifier that can be worked out by hand: logits are the first pixel's normalised value and its negative.</summary>
internal static class GreyModel
{
    internal const int Side = 6;

    /// <summary>Saves a model whose labels tell it from others: <c>bright-a</c> and <c>dark-a</c>.</summary>
    internal static void Save(string path, string suffix) => Make(suffix).Save(path);

    internal static byte[] Bytes(string suffix)
    {
        using var stream = new MemoryStream();
        Make(suffix).Save(stream);
        return stream.ToArray();
    }

    /// <summary>An example of one grey, as a 24-bit bitmap: file header, 40-byte info header, rows of 18 bytes padded to 20.</summary>
    internal static Picture Grey(byte value)
    {
        byte[] bitmap = new byte[54 + (Side * 20)];
        "BM"u8.CopyTo(bitmap);
        bitmap[2] = (byte)bitmap.Length;
        (bitmap[10], bitmap[14], bitmap[18], bitmap[22], bitmap[26], bitmap[28]) = (54, 40, Side, Side, 1, 24);
        bitmap.AsSpan(54).Fill(value);
        return new Picture { ImageSource = bitmap };
    }

    /// <summary>Softmax of (x, −x) for x = (value/255 − 0.5)/0.25, first class.</summary>
    internal static double BrightScore(byte value)
    {
        double x = ((value / 255.0) - 0.5) / 0.25;
        return 1 / (1 + Math.Exp(-2 * x));
    }

    /// <summary>Saves something that loads as a model and has no columns of images.</summary>
    internal static void SaveModelOfAnotherTask(string path)
    {
        var context = new MLContext(seed: 1);
        IDataView rows = context.Data.LoadFromEnumerable([new Word { Text = "a" }]);
        context.Model.Save(context.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(rows), rows.Schema, path);
    }

    /// <summary>The classifier's network alone: input [1, 6, 6] to <c>fc</c> [2], the first number and its negative.</summary>
    internal static ImportedNetwork Network()
    {
        var weight = new Tensor([2, Side * Side]);
        weight.Span[0] = 1;
        weight.Span[Side * Side] = -1;
        var weights = new StateDictionary { ["fc.weight"] = weight, ["fc.bias"] = new Tensor([2]) };
        NetworkDefinition network = NetworkDefinition.FromLayer(
            "linear", [1, Side, Side], Layers.Sequence(Layers.Flatten(), Layers.Linear(Side * Side, 2).Named("fc")));
        return new ImportedNetwork(network, weights);
    }

    private static Model Make(string suffix)
    {
        ImportedNetwork network = Network();
        var preprocessing = new Preprocessing(new ResizeExactly(Side, Side), null, ChannelOrder.Grey, [0.5f], [0.25f]);
        return new Model(network.Definition, network.Weights, preprocessing, [$"bright-{suffix}", $"dark-{suffix}"]);
    }

    private sealed class Word
    {
        public string Text { get; set; } = "";
    }
}
