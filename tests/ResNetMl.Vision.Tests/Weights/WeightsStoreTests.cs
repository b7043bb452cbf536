using ResNetMl.Images;
using ResNetMl.Networks;

namespace ResNetMl.Vision.Tests.Weights;

/// <summary>Where weights are found, in which order, and what is said where they are not.</summary>
public sealed class WeightsStoreTests : IDisposable
{
    private readonly WeightsFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void A_path_given_is_used_and_nothing_vouches_for_it()
    {
        string path = _folders.Put(Path.Combine(_folders.Folder, "mine.bin"), [1]);
        _folders.Put(_folders.InCache, _folders.Content);

        WeightsFile file = _folders.Store().Get("small-v2", path, cancellationToken: Token);

        Assert.Equal(new WeightsFile(path, WeightsOrigin.GivenPath, null), file);
        Assert.False(file.IsVerified);
    }

    [Fact]
    public void A_path_given_that_leads_nowhere_is_an_error_and_nothing_else_is_taken()
    {
        _folders.Put(_folders.InCache, _folders.Content);

        var exception = Assert.Throws<WeightsException>(() => _folders.Store().Get("small-v2", "/nowhere/w.onnx", cancellationToken: Token));

        Assert.Equal(
            "/nowhere/w.onnx: expected the ONNX file of the weights of small-v2, got none. Correct the path, or leave it out to look for published weights.", exception.Message);
    }

    // The order: own file, published file in the folder, cache.
    [Theory]
    [InlineData("SmallV218", "SmallV218.onnx")]
    [InlineData("small-v2", "SmallV218.onnx")]
    [InlineData("SmallV218", "small-v2.onnx")]
    [InlineData("resnet18-v2", "resnet18-v2.onnx")]
    public void The_users_own_file_comes_before_published_ones_and_is_reported_as_unverified(string asked, string name)
    {
        string path = _folders.Put(Path.Combine(_folders.Folder, name), [1]);
        _folders.Put(Path.Combine(_folders.Folder, "small-v2-7.onnx"), _folders.Content);
        _folders.Put(_folders.InCache, _folders.Content);

        WeightsFile file = _folders.Store().Get(asked, cancellationToken: Token);

        Assert.Equal(new WeightsFile(path, WeightsOrigin.OwnFile, null), file);
        Assert.False(file.IsVerified);
    }

    [Fact]
    public void A_published_file_in_the_folder_comes_before_the_cache_and_is_verified()
    {
        string path = _folders.Put(Path.Combine(_folders.Folder, "small-v2-7.onnx"), _folders.Content);
        _folders.Put(_folders.InCache, _folders.Content);

        WeightsFile file = _folders.Store().Get("small-v2", cancellationToken: Token);

        Assert.Equal((path, WeightsOrigin.Folder, true), (file.Path, file.Origin, file.IsVerified));
        Assert.Equal("small-v2", file.Published!.Name);
    }

    [Fact]
    public void An_architecture_outside_the_catalogue_works_from_a_file_in_the_folder()
    {
        string path = _folders.Put(Path.Combine(_folders.Folder, "MobilenetV2.onnx"), [1]);

        Assert.Equal(new WeightsFile(path, WeightsOrigin.OwnFile, null), _folders.Store().Get("MobilenetV2", cancellationToken: Token));
    }

    [Fact]
    public void An_architecture_outside_the_catalogue_without_a_file_says_which_file_it_wants()
    {
        var exception = Assert.Throws<WeightsException>(() => _folders.Store().Get("InceptionV3", cancellationToken: Token));

        Assert.Equal(
            $"InceptionV3: expected InceptionV3.onnx in the folder {_folders.Folder}, got none, and no published weights have that name. " +
            "Put the file there, give its path, or use one of small-v2.",
            exception.Message);
    }

    [Fact]
    public void A_name_with_a_folder_in_it_reaches_no_file_outside()
    {
        _folders.Put(Path.Combine(_folders.Folder, "..", "outside.onnx"), [1]);

        Assert.Throws<WeightsException>(() => _folders.Store().Get("../outside", cancellationToken: Token));
    }

    [Fact]
    public void A_published_name_with_other_bytes_in_the_folder_is_refused()
    {
        string path = _folders.Put(Path.Combine(_folders.Folder, "small-v2-7.onnx"), [1, 2, 3]);

        var exception = Assert.Throws<WeightsException>(() => _folders.Store().Get("small-v2", cancellationToken: Token));

        PublishedWeights published = _folders.Publish();
        Assert.Equal(
            $"{path}: expected the published small-v2-7.onnx (300,000 bytes, SHA-256 {published.Sha256}), got 3 bytes. " +
            "Fetch it again from http://weights.invalid/small-v2-7.onnx, or rename it to small-v2.onnx if it is a file of your own.",
            exception.Message);
    }

    [Fact]
    public void A_damaged_file_in_the_cache_is_downloaded_again()
    {
        _folders.Put(_folders.InCache, new byte[300_000]);
        using var server = new FileServer(request => request.SendAsync(_folders.Content));

        WeightsFile file = _folders.Store(server.Address).Get("small-v2", cancellationToken: Token);

        Assert.Equal(WeightsOrigin.Download, file.Origin);
        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
    }

    [Fact]
    public void Without_downloads_the_error_names_the_file_its_hash_where_to_get_it_and_where_to_put_it()
    {
        var exception = Assert.Throws<WeightsException>(() => _folders.Store(allowsDownload: false).Get("small-v2", cancellationToken: Token));

        Assert.Equal(
            $"small-v2: expected small-v2-7.onnx (300,000 bytes, SHA-256 {_folders.Publish().Sha256}) in the folder {_folders.Folder}, in {_folders.Cache}, " +
            "or from http://weights.invalid/small-v2-7.onnx, got none, and downloads are switched off. Fetch it from that address on a machine that reaches it " +
            $"and put it into {_folders.Cache}, or into a folder that RESNETML_WEIGHTS names; a proxy is named by https_proxy.",
            exception.Message);
    }

    [Fact]
    public void A_weights_folder_that_does_not_exist_is_an_error_and_no_download()
    {
        var exception = Assert.Throws<WeightsException>(() => _folders.Store(folder: "/nowhere/weights").Get("small-v2", cancellationToken: Token));

        Assert.Equal("/nowhere/weights: expected the folder of weights that RESNETML_WEIGHTS names, got none. Create it, or correct the name.", exception.Message);
    }

    [Fact]
    public void A_check_tells_absent_verified_and_different_copies_apart()
    {
        WeightsStore store = _folders.Store();
        PublishedWeights published = store.Catalogue[0];

        Assert.Equal(new WeightsCheck(published, WeightsState.Absent, null, 0, null), store.Check(published, Token));
        _folders.Put(_folders.InCache, _folders.Content);
        Assert.Equal(new WeightsCheck(published, WeightsState.Verified, _folders.InCache, 300_000, published.Sha256), store.Check(published, Token));

        // SHA-256 of 300,000 zero bytes, by sha256sum.
        _folders.Put(_folders.InCache, new byte[300_000]);
        Assert.Equal(
            new WeightsCheck(published, WeightsState.Different, _folders.InCache, 300_000, ZerosSha256),
            store.Check(published, Token));
    }

    [Fact]
    public void Every_published_file_has_a_hash_a_size_and_a_network_of_the_catalogue()
    {
        Assert.Equal(12, WeightsCatalogue.Entries.Count);
        Assert.Equal(12, WeightsCatalogue.Entries.Select(entry => entry.Sha256).Distinct().Count());
        Assert.Equal(12, WeightsCatalogue.Entries.SelectMany(entry => new[] { entry.Name }).Distinct().Count());
        Assert.All(WeightsCatalogue.Entries, entry =>
        {
            Assert.Matches("^[0-9a-f]{64}$", entry.Sha256);
            Assert.Equal(entry.File, Path.GetFileName(entry.Source.AbsolutePath));
            Assert.Equal("https", entry.Source.Scheme);
            Assert.Equal(entry.Order == ActivationOrder.FullPreActivation, entry.File.Contains("-v2-", StringComparison.Ordinal));
            Assert.StartsWith($"resnet{entry.Depth}-v", entry.File, StringComparison.Ordinal);
            Assert.InRange(entry.Top1, 0.69, 0.79);
            Assert.InRange(entry.Top5, 0.89, 0.95);
            Assert.Same(Preprocessing.ImageNet, entry.Preprocessing);

            // Depth is of the network named, and its weights are about the file: four bytes each, or one.
            NetworkDefinition network = NetworkCatalog.Define(entry.Architecture);
            Assert.Equal(entry.Depth, network.Depth);
            double bytesEach = entry.IsQuantised ? 1 : 4;
            Assert.InRange(entry.SizeBytes / (network.ParameterCount * bytesEach), 0.995, 1.02);
        });
    }

    [Theory]
    [InlineData("resnet50-v2", "resnet50-v2-7.onnx")]
    [InlineData("ResnetV250", "resnet50-v2-7.onnx")]
    [InlineData("ResnetV2101", "resnet101-v2-7.onnx")]
    [InlineData("resnet18", "resnet18-v1-7.onnx")]
    [InlineData("resnet50-v1", "resnet50-v1-7.onnx")]
    [InlineData("resnet50-v1-12", "resnet50-v1-12.onnx")]
    [InlineData("resnet50-v1-12-int8.onnx", "resnet50-v1-12-int8.onnx")]
    [InlineData("RESNET152-V1-7.ONNX", "resnet152-v1-7.onnx")]
    public void Weights_are_found_by_their_name_file_network_and_trainers_value(string name, string file) =>
        Assert.Equal(file, WeightsCatalogue.Find(name)?.File);

    // torchvision's resnet50 has its stride on the 3×3: no published file here is of that network.
    [Theory]
    [InlineData("resnet50")]
    [InlineData("resnet200-v2")]
    [InlineData("")]
    public void Names_of_other_networks_are_not_found(string name) => Assert.Null(WeightsCatalogue.Find(name));

    private const string ZerosSha256 = "886715e4051e827f4fe215df3053af3f85ad0d352db2c829c7487af6d78efe30";

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
