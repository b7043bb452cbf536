using System.IO.Compression;
using ResNetMl.TestSupport;

namespace ResNetMl.EndToEnd.Tests.Packages;

/// <summary>The packages as their users meet them: from a feed, in a project outside the checkout.</summary>
/// <param name="feed">The packages.</param>
public sealed class PackageTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private static string Rid => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;

    [Fact]
    public void There_is_a_package_of_each_room_with_licence_notices_readme_and_documentation()
    {
        string[] rooms = [.. Directory.EnumerateDirectories(Path.Combine(TestData.RepositoryRoot, "src"), "ResNetMl*").Select(folder => Path.GetFileName(folder))];
        string[] packages = [.. Directory.EnumerateFiles(feed.Packages).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

        Assert.Equal(rooms.Select(room => $"{room}.{Version}.nupkg").Order(StringComparer.Ordinal), packages);
        Assert.All(rooms, room =>
        {
            IReadOnlyList<string> files = Entries(room);
            Assert.Contains("LICENSE", files);
            Assert.Contains("THIRD-PARTY-NOTICES", files);
            Assert.Contains("PACKAGE.md", files);
            if (room is not ("ResNetMl" or "ResNetMl.Cli"))
            {
                Assert.Contains($"lib/net10.0/{room}.dll", files);
                Assert.Contains($"lib/net10.0/{room}.xml", files);
            }
        });
    }

    [Fact]
    public void Packages_with_native_libraries_carry_their_licences()
    {
        Assert.SkipUnless(Rid == "linux-x64", $"Native libraries of {Rid} are another set.");

        Assert.Multiple(
            () => AssertCarries("ResNetMl.Images", "libvips-cpp.so", "licenses/LGPL-3.0.txt", "licenses/libvips-licenses.md"),
            AssertEngine,
            () => AssertCarries("ResNetMl.OnnxTransformer", "libonnxruntime.so", "licenses/onnxruntime-license.txt", "licenses/onnxruntime-third-party-notices.txt"));
    }

    [Fact]
    public void A_project_of_ones_own_uses_them_from_a_folder_feed()
    {
        const string Folder = "app";
        feed.WriteSources(Folder);
        feed.Write($"{Folder}/app.csproj", Project);
        feed.Write($"{Folder}/Program.cs", Program);

        (int exitCode, string output) = feed.DotNet(feed[Folder], "run", "--configuration", "Release", "--", SampleData.Backbone, SampleData.Flowers);

        Assert.True(exitCode == 0, output);
        Assert.Contains("learned: True, one: True", output, StringComparison.Ordinal);
        Assert.Contains("features: 1024", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_installs_as_a_tool()
    {
        const string Folder = "tool";
        feed.WriteSources(Folder);

        (int exitCode, string output) = feed.DotNet(
            feed[Folder], "tool", "install", "ResNetMl.Cli", "--tool-path", feed[$"{Folder}/bin"], "--configfile", feed[$"{Folder}/nuget.config"]);
        Assert.True(exitCode == 0, output);
        (exitCode, output) = feed.DotNet(feed[Folder], "exec", ToolAssembly(feed[$"{Folder}/bin"]), "doctor");

        Assert.True(exitCode == 0, output);
        Assert.Contains("libvips", output, StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime", output, StringComparison.Ordinal);
    }

    private static string Version => Data.ModelArchive.ProductVersion.Split('+')[0];

    private static string ToolAssembly(string folder) =>
        Directory.EnumerateFiles(folder, "resnetml.dll", SearchOption.AllDirectories).Single();

    private static string Project =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="ResNetMl" Version="{Version}" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>Transfer learning, saving, loading, a prediction, and the same features from ONNX Runtime: every room and every native library has its part.</summary>
    private static string Program =>
        """
        using ResNetMl;
        using ResNetMl.Data;
        using ResNetMl.Vision;

        var mlContext = new MLContext(seed: 1);
        Photo[] photos = [.. Directory.EnumerateDirectories(args[1]).SelectMany(folder => Directory.EnumerateFiles(folder, "*.jpg").Order().Take(4))
            .Select(path => new Photo { ImagePath = path, Label = Path.GetFileName(Path.GetDirectoryName(path)!) })];
        IDataView data = mlContext.Data.LoadFromEnumerable(photos);
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.LoadRawImageBytes("Image", null, "ImagePath"))
            .Append(mlContext.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
            {
                FeatureColumnName = "Image", WeightsPath = args[0], ImageSize = new(96, 96), ValidationSetFraction = null, EarlyStoppingCriteria = null, Epoch = 30,
            }))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        mlContext.Model.Save(pipeline.Fit(data), data.Schema, "model.zip");
        ITransformer model = mlContext.Model.Load("model.zip", out _);
        var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(data));
        using var engine = mlContext.Model.CreatePredictionEngine<Photo, Answer>(model);
        Console.WriteLine($"learned: {metrics.MicroAccuracy >= 0.9}, one: {engine.Predict(photos[0]).PredictedLabel == photos[0].Label}");

        IDataView features = mlContext.Transforms.LoadImages("input", null, "ImagePath")
            .Append(mlContext.Transforms.ResizeImages("input", 96, 96))
            .Append(mlContext.Transforms.ExtractPixels("input", scaleImage: 1 / 255f))
            .Append(mlContext.Transforms.ApplyOnnxModel(args[0])).Fit(data).Transform(data);
        Console.WriteLine($"features: {features.GetColumn<float[]>(features.Schema[features.Schema.Count - 1]).First().Length}");

        class Photo
        {
            public string ImagePath { get; set; } = "";
            public string Label { get; set; } = "";
        }

        class Answer
        {
            public string PredictedLabel { get; set; } = "";
        }
        """;

    private IReadOnlyList<string> Entries(string room)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed.Packages, $"{room}.{Version}.nupkg"));
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>Where oneDNN is switched off, packages are made without it.</summary>
    private void AssertEngine()
    {
        if (Environment.GetEnvironmentVariable("RESNETML_DISABLE_ONEDNN") == "1")
        {
            Assert.DoesNotContain(Entries("ResNetMl.Engine"), file => file.StartsWith("runtimes/", StringComparison.Ordinal));
            return;
        }

        AssertCarries("ResNetMl.Engine", "libdnnl.so", "licenses/Apache-2.0.txt", "licenses/libdnnl2.copyright");
        AssertCarries("ResNetMl.Engine", "libgomp.so", "licenses/GPL-3.0.txt", "licenses/GCC-exception-3.1.txt");
    }

    private void AssertCarries(string room, string library, params string[] licences)
    {
        IReadOnlyList<string> files = Entries(room);
        Assert.Contains(files, file => file.StartsWith($"runtimes/{Rid}/native/{library}", StringComparison.Ordinal));
        Assert.All(licences, licence => Assert.Contains(licence, files));
    }
}
