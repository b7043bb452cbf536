using ResNetMl.Images;

namespace ResNetMl.Benchmarks.KillResume;

/// <summary>Small pictures in memory, a pure function of their index: stripes whose direction is the label, under noise.</summary>
internal sealed class NoisyPatches(int count) : IExampleSource
{
    internal const int Side = 16;

    public string Name => "noisy patches";

    public int Count => count;

    public IReadOnlyList<string> Labels { get; } = ["diagonal", "horizontal", "vertical"];

    public IReadOnlyList<BadImage> LeftOut => [];

    public int GetLabelIndex(int index) => index % Labels.Count;

    public string GetPath(int index) => $"patch-{index}.png";

    public Example Get(int index)
    {
        var random = CounterRandom.For(seed: 11, epoch: 0, index);
        int phase = random.NextInt32(4);
        var pixels = new byte[Side * Side * RgbImage.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int row = i / RgbImage.Channels / Side;
            int column = i / RgbImage.Channels % Side;
            int along = GetLabelIndex(index) switch
            {
                0 => row + column,
                1 => row,
                _ => column,
            };
            int stripe = (along + phase) % 4 < 2 ? 60 : 0;
            pixels[i] = (byte)(stripe + random.NextInt32(190));
        }

        return new Example(new RgbImage(Side, Side, pixels), GetLabelIndex(index), GetPath(index));
    }

    public void Dispose()
    {
    }
}
