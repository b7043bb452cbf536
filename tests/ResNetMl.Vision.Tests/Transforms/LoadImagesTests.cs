using System.Diagnostics;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Image;

namespace ResNetMl.Vision.Tests.ImageTransforms;

public sealed class LoadImagesTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TestImages.Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Paths_below_the_folder_and_absolute_paths_are_loaded_in_order_and_tagged()
    {
        using var elsewhere = new TestImages.Folder();
        string[] paths = [_folder.Png("a.png", TestImages.Image(5, 3)), elsewhere["b.png"], _folder.Png("c.png", TestImages.Image(7, 2))];
        elsewhere.Png("b.png", TestImages.Image(4, 4, opaque: false));

        MLImage[] images = Load(paths).GetColumn<MLImage>("Image").ToArray();

        Assert.Equal(["5×3", "4×4", "7×2"], images.Select(image => $"{image.Width}×{image.Height}"));
        Assert.Equal([_folder["a.png"], elsewhere["b.png"], _folder["c.png"]], images.Select(image => image.Tag));
        Assert.Equal(TestImages.Generated(4, 4, opaque: false), TestImages.Rgba(images[1]));
    }

    [Fact]
    public void Many_rows_keep_their_order_though_blocks_are_decoded_in_parallel()
    {
        string[] paths = [.. Enumerable.Range(0, 90).Select(i => _folder.Png($"{i}.png", TestImages.Image(1 + (i % 13), 1 + (i % 7))))];

        string[] sizes = [.. Load(paths).GetColumn<MLImage>("Image").Select(image => $"{image.Width}×{image.Height}")];

        Assert.Equal(Enumerable.Range(0, 90).Select(i => $"{1 + (i % 13)}×{1 + (i % 7)}"), sizes);
    }

    [Fact]
    public void An_empty_path_is_a_missing_image_and_no_error_later()
    {
        string[] paths = ["", _folder.Png("a.png", TestImages.Image(4, 4))];
        IDataView data = Paths(paths);

        IDataView result = _context.Transforms.LoadImages("Image", _folder.Path, "Path")
            .Append(_context.Transforms.ResizeImages("Small", 2, 2, "Image"))
            .Append(_context.Transforms.ConvertToGrayscale("Grey", "Small"))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Grey"))
            .Append(_context.Transforms.ConvertToImage(2, 2, "Again", "Pixels"))
            .Fit(data).Transform(data);

        Assert.Equal([true, false], result.GetColumn<MLImage>("Image").Select(image => image is null));
        VBuffer<float>[] pixels = [.. result.GetColumn<VBuffer<float>>("Pixels")];
        Assert.Equal((12, 0), (pixels[0].Length, pixels[0].GetValues().Length));
        Assert.Equal((12, 12), (pixels[1].Length, pixels[1].GetValues().Length));
        Assert.Equal([true, false], result.GetColumn<MLImage>("Again").Select(image => image is null));
    }

    [Fact]
    public void Several_columns_of_paths_are_loaded_by_one_estimator()
    {
        _folder.Png("a.png", TestImages.Image(5, 3));
        _folder.Png("b.png", TestImages.Image(2, 7));
        IDataView data = _context.Data.LoadFromEnumerable([new Pair { Left = "a.png", Right = "b.png" }]);

        ImageLoadingTransformer model = _context.Transforms.LoadImages([new("First", "Left"), new("Right")], _folder.Path).Fit(data);

        IDataView loaded = model.Transform(data);
        Assert.Equal(5, loaded.GetColumn<MLImage>("First").Single().Width);
        Assert.Equal(2, loaded.GetColumn<MLImage>("Right").Single().Width);
        Assert.Equal([("First", "Left"), ("Right", "Right")], model.Columns);
        Assert.Equal(_folder.Path, model.ImageFolder);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_told_where_the_pipeline_is_written()
    {
        Assert.Equal(
            "Directory \"no/such\" does not exist.", Assert.Throws<ArgumentException>(() => _context.Transforms.LoadImages("Image", "no/such", "Path")).Message);
        Assert.Equal(
            "Directory \"no/such\" does not exist.", Assert.Throws<ArgumentException>(() => _context.Transforms.LoadRawImageBytes("Image", "no/such", "Path")).Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_folder_leaves_paths_as_they_are(string? folder)
    {
        string path = _folder[_folder.Png("a.png", TestImages.Image(4, 3))];
        IDataView data = Paths([path]);

        MLImage image = _context.Transforms.LoadImages("Image", folder, "Path").Fit(data).Transform(data).GetColumn<MLImage>("Image").Single();

        Assert.Equal(path, image.Tag);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_that_names_it()
    {
        FileNotFoundException decoded = Assert.Throws<FileNotFoundException>(() => Load(["gone.png"]).GetColumn<MLImage>("Image").ToArray());
        FileNotFoundException raw = Assert.Throws<FileNotFoundException>(() => LoadRaw(["gone.png"]).GetColumn<byte[]>("Image").ToArray());

        Assert.Equal($"Image '{_folder["gone.png"]}' was not found.", decoded.Message);
        Assert.Equal(decoded.Message, raw.Message);
    }

    [Fact]
    public void A_path_column_of_another_type_is_named_with_what_it_is()
    {
        IDataView data = _context.Data.LoadFromEnumerable([new Number { Path = 3 }]);

        ArgumentException error = Assert.Throws<ArgumentException>(() => _context.Transforms.LoadImages("Image", _folder.Path, "Path").Fit(data));

        Assert.Equal("Column 'Path': expected paths of image files as text, got Single. Name the column of paths as the input column.", error.Message);
    }

    [Fact]
    public void Raw_bytes_are_the_files_and_empty_where_path_or_file_is_empty()
    {
        File.WriteAllBytes(_folder["text.jpg"], "not an image"u8);
        File.WriteAllBytes(_folder["empty.jpg"], []);
        IDataView view = LoadRaw(["text.jpg", "", "empty.jpg"]);

        byte[][] bytes = [.. view.GetColumn<byte[]>("Image")];

        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte), view.Schema["Image"].Type);
        Assert.Equal(["not an image"u8.ToArray(), [], []], bytes);
    }

    // Each of the 14 damaged files of the PNG test suite, x*.png.
    [Fact]
    public void Every_damaged_image_is_an_error_that_names_it_and_never_pixels()
    {
        string folder = TestData.RequirePath("broken/pngsuite");
        string[] broken = [.. Directory.EnumerateFiles(folder, "x*.png", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order()];
        Assert.Equal(14, broken.Length);
        foreach (string file in broken)
        {
            IDataView data = Paths([file]);
            IDataView loaded = _context.Transforms.LoadImages("Image", folder, "Path")
                .Append(_context.Transforms.ResizeImages("Image", 8, 8)).Append(_context.Transforms.ExtractPixels("Pixels", "Image")).Fit(data).Transform(data);

            ImageFormatException error = Assert.Throws<ImageFormatException>(() => loaded.GetColumn<float[]>("Pixels").ToArray());

            Assert.Equal(Path.Combine(folder, file), error.ImageName);
            Assert.StartsWith(Path.Combine(folder, file) + ": expected a", error.Message, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> OtherThanImages => new()
    {
        { "folder", "expected an image file, got a folder. Rename or move the folder." },
        { "link", "expected an image file, got a link to '/nowhere/at-all.png', which is no file. Mend or remove the link." },
        { "empty", "expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got an empty file (0 bytes). Replace the file or leave it out." },
        { "text", "expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got text that starts \"hello\". Replace the file or leave it out." },
        { "pipe", "expected an image file, got a pipe, socket or device. Remove it from the data." },
        {
            "bomb",
            "expected at most 100,000,000 pixels, got 30000×30000 = 900,000,000. Raise the pixel limit (MaxPixels) if the image is wanted, or leave it out."
        },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(OtherThanImages))]
    public async Task What_is_no_image_is_an_error_that_names_it_and_never_waits(string kind, string reason)
    {
        string path = _folder["bad.png"];
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, "/nowhere/at-all.png");
                break;
            case "pipe":
                Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "Needs the command mkfifo (Debian: coreutils).");
                using (Process make = Process.Start("mkfifo", path))
                {
                    await make.WaitForExitAsync(TestContext.Current.CancellationToken);
                }

                break;
            default:
                File.WriteAllBytes(path, kind switch { "bomb" => OneBitPng.Black(30000, 30000), "text" => "hello"u8.ToArray(), _ => [] });
                break;
        }

        ImageFormatException error = await Task.Run(
            () => Assert.Throws<ImageFormatException>(() => Load(["bad.png", "bad.png"]).GetColumn<MLImage>("Image").ToArray()), TestContext.Current.CancellationToken);

        Assert.Equal((path, reason), (error.ImageName, error.Reason));
    }

    [Fact]
    public void Of_several_damaged_images_in_a_block_the_first_is_named()
    {
        string[] paths = [.. Enumerable.Range(0, 40).Select(i => i is 7 or 5 or 31 ? $"{i}.bad" : _folder.Png($"{i}.png", TestImages.Image(3, 3)))];
        Array.ForEach(paths, path => File.AppendAllText(_folder[path], path.EndsWith("bad", StringComparison.Ordinal) ? "?" : ""));
        IDataView data = Paths(paths);
        BlockView loaded = BlockView.Of(_context.Transforms.LoadImages("Image", _folder.Path, "Path").Fit(data).Transform(data));
        using BlockReader reader = loaded.OpenReader([loaded.Schema["Image"]]);

        ImageFormatException error = Assert.Throws<ImageFormatException>(() => reader.Read(40));

        Assert.Equal(_folder["5.bad"], error.ImageName);
    }

    // 12,000×8,000 grey pixels decode to 384 MB: two of them are more than a block may hold.
    [Fact]
    public void A_block_holds_no_more_large_images_than_its_memory_allows_and_serves_all_in_turn()
    {
        byte[] large = OneBitPng.Black(12000, 8000);
        File.WriteAllBytes(_folder["large.png"], large);
        File.WriteAllBytes(_folder["small.png"], OneBitPng.Black(16, 8));
        IDataView data = Paths(["large.png", "large.png", "small.png", "large.png"]);
        BlockView paths = BlockView.Of(data);
        using BlockReader reader = paths.OpenReader([paths.Schema["Path"]]);
        Block block = reader.Read(4)!;
        LoadingColumn column = LoadingColumn.For(_folder.Path, raw: false, [new InputOutputColumnPair("Image", "Path")])[0];

        Assert.Equal(1, column.RowsAtOnce(block, paths.Schema["Path"]));
        Assert.Equal(2, column.RowsAtOnce(block.Slice(1, 3), paths.Schema["Path"]));
        Assert.Equal(4, (column with { Raw = true }).RowsAtOnce(block, paths.Schema["Path"]));
    }

    [Fact]
    public void Rows_that_a_map_leaves_for_later_come_next_and_an_error_before_them_does_not_lose_them()
    {
        IDataView data = Paths(["a", "b", "c", "d", "e"]);
        BlockView view = BlockView.Of(new TwoAtOnce().Transform(data));
        using BlockReader reader = view.OpenReader([view.Schema["Copy"]]);

        List<string> blocks = [];
        while (true)
        {
            try
            {
                if (reader.Read(4) is not { } block)
                {
                    break;
                }

                blocks.Add(string.Join("", block.Values<ReadOnlyMemory<char>>(view.Schema["Copy"].Index).ToArray()));
            }
            catch (InvalidDataException)
            {
                blocks.Add("error");
            }
        }

        Assert.Equal(["ab", "error", "e"], blocks);
    }

    // 100 files a hundred times over: what one pass keeps is a few blocks of 32 small images.
    [Fact]
    public void Ten_thousand_rows_leave_nothing_behind()
    {
        string[] paths = [.. Enumerable.Range(0, 100).Select(i => _folder.Png($"{i}.png", TestImages.Image(96, 64)))];
        IDataView data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 10_000).Select(i => new Row { Path = paths[i % 100] }));
        IDataView pixels = _context.Transforms.LoadImages("Image", _folder.Path, "Path")
            .Append(_context.Transforms.ResizeImages("Image", 32, 32)).Append(_context.Transforms.ExtractPixels("Pixels", "Image")).Fit(data).Transform(data);
        long before = 0;
        long rows = 0;
        VBuffer<float> value = default;
        using DataViewRowCursor cursor = pixels.GetRowCursor([pixels.Schema["Pixels"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(pixels.Schema["Pixels"]);
        while (cursor.MoveNext())
        {
            getter(ref value);
            if (++rows == 1000)
            {
                before = GC.GetTotalMemory(forceFullCollection: true) + Environment.WorkingSet;
            }
        }

        long after = GC.GetTotalMemory(forceFullCollection: true) + Environment.WorkingSet;
        Assert.Equal(10_000, rows);

        // 9,000 images of 24 KB kept would be 220 MB.
        Assert.InRange(after - before, long.MinValue, 100L << 20);
    }

    private IDataView Paths(string[] paths) => _context.Data.LoadFromEnumerable(paths.Select(path => new Row { Path = path }).ToArray());

    private IDataView Load(string[] paths)
    {
        IDataView data = Paths(paths);
        return _context.Transforms.LoadImages("Image", _folder.Path, "Path").Fit(data).Transform(data);
    }

    private IDataView LoadRaw(string[] paths)
    {
        IDataView data = Paths(paths);
        return _context.Transforms.LoadRawImageBytes("Image", _folder.Path, "Path").Fit(data).Transform(data);
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";
    }

    private sealed class Pair
    {
        public string Left { get; set; } = "";

        public string Right { get; set; } = "";
    }

    private sealed class Number
    {
        public float Path { get; set; }
    }

    /// <summary>Copies two rows at a time, and fails where one of them is "c".</summary>
    private sealed class TwoAtOnce : RowMappingTransformer
    {
        protected override BlockMapping Bind(DataViewSchema inputSchema) => new Mapping(inputSchema);

        private sealed class Mapping(DataViewSchema schema) : BlockMapping(schema, [new("Copy", TextDataViewType.Instance)])
        {
            public override IEnumerable<int> InputsOf(int added) => [0];

            public override BlockMap Open(ColumnSet added) => new Map2();
        }

        private sealed class Map2 : BlockMap
        {
            public override int RowsAtOnce(Block input) => Math.Min(2, input.RowCount);

            public override void Map(Block input, Span<BlockColumn?> output)
            {
                if (input.Values<ReadOnlyMemory<char>>(0)[0].ToString() == "c")
                {
                    throw new InvalidDataException("c");
                }

                output[0] = input.Column(0);
            }
        }
    }
}
