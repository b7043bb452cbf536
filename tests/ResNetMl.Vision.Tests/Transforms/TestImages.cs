using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.ImageTransforms;

/// <summary>Images that tests make by rule, and rows and files that hold them.</summary>
internal static class TestImages
{
    /// <summary>RGBA bytes of the generator that the scripts in tests/References describe.</summary>
    public static byte[] Generated(int width, int height, bool opaque)
    {
        uint x = (uint)((width * 65536) + height);
        var bytes = new byte[width * height * 4];
        for (int i = 0; i < bytes.Length; i++)
        {
            x = unchecked((x * 1664525) + 1013904223);
            bytes[i] = opaque && i % 4 == 3 ? byte.MaxValue : (byte)(x >> 24);
        }

        return bytes;
    }

    public static MLImage Image(int width, int height, bool opaque = true)
        => MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, Generated(width, height, opaque));

    public static JsonElement Reference(string name)
        => JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "tests", "References", name))).RootElement;

    /// <summary>The first column of images of what a transform makes of one image.</summary>
    public static MLImage? Map(IEstimator<ITransformer> estimator, MLImage? image)
    {
        IDataView data = new MLContext().Data.LoadFromEnumerable([new Row { Image = image }]);
        return Assert.Single(estimator.Fit(data).Transform(data).GetColumn<MLImage>("Result").ToArray());
    }

    /// <summary>[H, W, RGBA] whatever the image's own order.</summary>
    public static byte[] Rgba(MLImage image)
    {
        byte[] pixels = image.Pixels.ToArray();
        if (image.PixelFormat == MLPixelFormat.Bgra32)
        {
            for (int i = 0; i < pixels.Length; i += 4)
            {
                (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
            }
        }

        return pixels;
    }

    public sealed class Row
    {
        [ResNetMl.Transforms.Image.ImageType]
        public MLImage? Image { get; set; }
    }

    public sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("resnetml-images-").FullName;

        public string this[string name] => System.IO.Path.Combine(Path, name);

        public string Png(string name, MLImage image)
        {
            image.Save(this[name]);
            return name;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
