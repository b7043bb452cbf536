using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Transforms.Image;
using static ResNetMl.Transforms.Image.ImageResizingEstimator;

namespace ResNetMl.Vision.Tests.ImageTransforms;

public sealed class ImagePipelineTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TestImages.Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_saved_chain_of_every_image_transform_gives_the_same_after_loading_though_its_folder_moved_away()
    {
        _folder.Png("a.png", TestImages.Image(40, 30, opaque: false));
        IDataView data = _context.Data.LoadFromEnumerable([new PathRow { Path = _folder["a.png"] }]);
        using var gone = new TestImages.Folder();
        Directory.CreateDirectory(gone["images"]);
        ITransformer model = _context.Transforms.LoadImages("Image", gone["images"], "Path")
            .Append(_context.Transforms.LoadRawImageBytes("Bytes", gone["images"], "Path"))
            .Append(_context.Transforms.ResizeImages("Cubic", 11, 12, "Image", ResizingKind.IsoPad, Anchor.Bottom))
            .Append(_context.Transforms.ResizeImages("Filtered", 20, 10, ResizeFilter.Bicubic, "Image", ResizingKind.IsoCrop, Anchor.Left))
            .Append(_context.Transforms.ResizeImages("Shorter", 21, "Image"))
            .Append(_context.Transforms.CropImages("Part", 20, 10, "Shorter", Anchor.Bottom))
            .Append(_context.Transforms.ConvertToGrayscale("Grey", "Part"))
            .Append(_context.Transforms.ExtractPixels("Cubics", "Cubic", ImagePixelExtractingEstimator.ColorBits.All, ImagePixelExtractingEstimator.ColorsOrder.AGBR, true, 3, 0.7f))
            .Append(_context.Transforms.ExtractPixels("Means", [0.1f, 0.2f, 0.3f], [0.4f, 0.5f, 0.6f], "Filtered"))
            .Append(_context.Transforms.ConvertToImage(10, 20, "Made", "Means", scaleImage: 100, offsetImage: -100, defaultAlpha: 50))
            .Append(_context.Transforms.ExtractPixels("Mades", "Made", ImagePixelExtractingEstimator.ColorBits.All, outputAsFloatArray: false))
            .Append(_context.Transforms.ExtractPixels("Greys", "Grey"))
            .Fit(data);
        _context.Model.Save(model, data.Schema, _folder["model.zip"]);
        Directory.Delete(gone["images"]);

        ITransformer loaded = _context.Model.Load(_folder["model.zip"], out DataViewSchema? schema);

        Assert.Equal(["Path: String"], schema!.Select(column => $"{column.Name}: {column.Type}"));
        IDataView expected = model.Transform(data);
        IDataView actual = loaded.Transform(data);
        Assert.Equal(expected.Schema.Select(column => $"{column.Name}: {column.Type}"), actual.Schema.Select(column => $"{column.Name}: {column.Type}"));
        Assert.Equal(expected.GetColumn<byte[]>("Bytes").Single(), actual.GetColumn<byte[]>("Bytes").Single());
        Assert.Equal(expected.GetColumn<byte[]>("Mades").Single(), actual.GetColumn<byte[]>("Mades").Single());
        foreach (string column in (string[])["Cubics", "Means", "Greys"])
        {
            float[] values = expected.GetColumn<float[]>(column).Single();
            Assert.True(values.Distinct().Count() > 20);
            Assert.Equal(values, actual.GetColumn<float[]>(column).Single());
        }
    }

    [Fact]
    public void Settings_that_no_one_could_have_made_are_damage_of_the_file()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new InMemory { Image = TestImages.Image(4, 4) }]);
        ITransformer model = _context.Transforms.ResizeImages("Small", 2, 2, "Image").Fit(data);
        SavedComponent saved = ((ISavableTransformer)model).Save();
        using var part = new MemoryStream();
        _context.Model.Save(model, null, part);
        string json;
        using (ModelArchive archive = ModelArchive.Open(new MemoryStream(part.ToArray())))
        {
            json = archive.ReadText("columns.json");
        }

        foreach (string damaged in (string[])[json.Replace("\"width\": 2", "\"width\": -2"), json.Replace("isoCrop", "isoStretch"), json.Replace("input", "entrance"), "[]", "null"])
        {
            using var file = new MemoryStream();
            ModelArchive.Write(file, saved.Loader, saved.LoaderVersion, [ModelPart.FromText("columns.json", damaged)]);
            file.Position = 0;

            Assert.NotEqual(json, damaged);
            Assert.Equal(ModelFormatError.Damaged, Assert.Throws<ModelFormatException>(() => _context.Model.Load(file, out _)).Error);
        }
    }

    [Fact]
    public void Images_in_objects_go_in_and_come_out()
    {
        InMemory[] rows = [.. Enumerable.Range(0, 40).Select(i => new InMemory { Name = $"{i}", Image = Solid(6, 4, (byte)i) })];
        IDataView data = _context.Data.LoadFromEnumerable(rows);
        IDataView result = _context.Transforms.ResizeImages("Small", 3, 2, "Image").Fit(data).Transform(data);

        Small[] made = [.. _context.Data.CreateEnumerable<Small>(result, reuseRowObject: false)];

        Assert.Equal(new ImageDataViewType(4, 6), data.Schema["Image"].Type);
        Assert.Equal(rows.Select(row => row.Name), made.Select(row => row.Name));
        Assert.Equal(Enumerable.Range(0, 40), made.Select(row => (int)row.Image!.Pixels[0]));
        Assert.All(made, row => Assert.Equal((3, 2), (row.Image!.Width, row.Image.Height)));
    }

    [Fact]
    public void An_engine_takes_and_gives_images_and_a_disposed_example_does_not_matter_later()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new InMemory { Image = Solid(6, 4, 0) }]);
        ITransformer model = _context.Transforms.ResizeImages("Small", 3, 2, "Image").Append(_context.Transforms.ExtractPixels("Pixels", "Small")).Fit(data);
        using PredictionEngine<InMemory, Made> engine = _context.Model.CreatePredictionEngine<InMemory, Made>(model);
        var predictions = new List<Made>();
        for (byte i = 0; i < 5; i++)
        {
            using MLImage image = Solid(6, 4, i);
            predictions.Add(engine.Predict(new InMemory { Image = image }));
        }

        predictions[1].Small!.Dispose();

        Assert.Equal([0, 2, 3, 4], predictions.Where((_, i) => i != 1).Select(prediction => (int)prediction.Small!.Pixels[0]));
        Assert.Equal([0f, 1f, 2f, 3f, 4f], predictions.Select(prediction => prediction.Pixels[0]));
    }

    [Fact]
    public void Whoever_reads_an_image_may_dispose_it_and_others_still_see_it()
    {
        MLImage image = Solid(6, 4, 9);
        IDataView data = _context.Data.Cache(_context.Data.LoadFromEnumerable([new InMemory { Image = image }]));

        foreach (InMemory row in _context.Data.CreateEnumerable<InMemory>(data, reuseRowObject: false))
        {
            row.Image!.Dispose();
        }

        Assert.Equal(9, image.Pixels[0]);
        image.Dispose();
        Assert.Equal(9, data.GetColumn<MLImage>("Image").Single().Pixels[0]);
    }

    [Fact]
    public void An_image_of_another_size_than_its_attribute_says_may_be_resized_but_gives_no_pixels_as_it_is()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new InMemory { Image = Solid(6, 4, 7) }, new InMemory { Image = Solid(5, 9, 7) }]);

        IDataView resized = _context.Transforms.ResizeImages("Small", 3, 2, "Image").Append(_context.Transforms.ExtractPixels("Pixels", "Small")).Fit(data).Transform(data);
        IDataView direct = _context.Transforms.ExtractPixels("Pixels", "Image").Fit(data).Transform(data);

        Assert.All(resized.GetColumn<float[]>("Pixels"), pixels => Assert.Equal(Enumerable.Repeat(7f, 18), pixels));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => direct.GetColumn<float[]>("Pixels").ToArray());
        Assert.Contains("column 'Image' holds images of 6×4 pixels (width×height), got one of 5×9.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_with_images_is_saved_with_the_model()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new InMemory { Image = Solid(6, 4, 0) }]);
        using var file = new MemoryStream();
        _context.Model.Save(_context.Transforms.ExtractPixels("Pixels", "Image").Fit(data), data.Schema, file);
        file.Position = 0;

        ITransformer model = _context.Model.Load(file, out DataViewSchema? schema);

        Assert.Equal(["Name: String", "Image: Image<4, 6>", "Free: Image"], schema!.Select(column => $"{column.Name}: {column.Type}"));
        using PredictionEngine<InMemory, Made> engine = _context.Model.CreatePredictionEngine<InMemory, Made>(model, schema!);
        Assert.Equal(7f, engine.Predict(new InMemory { Image = Solid(6, 4, 7) }).Pixels[0]);
    }

    [Fact]
    public void Shapes_before_data_are_those_with_data()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new PathRow()]);
        IEstimator<ITransformer> pipeline = _context.Transforms.LoadImages("Image", null, "Path").Append(_context.Transforms.LoadRawImageBytes("Bytes", null, "Path"))
            .Append(_context.Transforms.ResizeImages("Image", 3, 2)).Append(_context.Transforms.ConvertToGrayscale("Grey", "Image"))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Grey")).Append(_context.Transforms.ConvertToImage(2, 3, "Made", "Pixels"));

        string[] before = [.. pipeline.GetOutputSchema(SchemaShape.Create(data.Schema)).Select(column => column.ToString()).Order()];
        string[] with = [.. SchemaShape.Create(pipeline.Fit(data).Transform(data).Schema).Select(column => column.ToString()).Order()];

        Assert.Equal(
            ["'Bytes' (VariableVector of Byte)", "'Grey' (Image)", "'Image' (Image)", "'Made' (Image)", "'Path' (String)", "'Pixels' (Vector of Single)"],
            before);
        Assert.Equal(before, with.Select(column => column.Replace("Image<2, 3>", "Image", StringComparison.Ordinal)));
    }

    [Fact]
    public void Many_threads_may_share_one_transformer()
    {
        for (int i = 0; i < 8; i++)
        {
            _folder.Png($"{i}.png", Solid(30, 20, (byte)(i * 10)));
        }

        IDataView data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 64).Select(i => new PathRow { Path = $"{i % 8}.png" }).ToArray());
        ITransformer model = _context.Transforms.LoadImages("Image", _folder.Path, "Path").Append(_context.Transforms.ResizeImages("Image", 8, 8))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Image")).Fit(data);

        Parallel.For(0, 6, _ => Assert.Equal(
            Enumerable.Range(0, 64).Select(i => i % 8 * 10f), model.Transform(data).GetColumn<float[]>("Pixels").Select(pixels => pixels[20])));
    }

    private static MLImage Solid(int width, int height, byte value)
        => MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, [.. Enumerable.Range(0, width * height * 4).Select(i => i % 4 == 3 ? byte.MaxValue : value)]);

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class InMemory
    {
        public string Name { get; set; } = "";

        [ImageType(4, 6)]
        public MLImage? Image { get; set; }

        // Without an attribute images may differ in size.
        public MLImage? Free { get; set; }
    }

    private sealed class Small
    {
        public string Name { get; set; } = "";

        [ColumnName("Small"), ImageType(2, 3)]
        public MLImage? Image { get; set; }
    }

    private sealed class Made
    {
        public string Name { get; set; } = "";

        [ImageType(2, 3)]
        public MLImage? Small { get; set; }

        public float[] Pixels { get; set; } = [];
    }
}
