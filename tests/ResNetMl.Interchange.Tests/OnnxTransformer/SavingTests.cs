using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>A saved pipeline is whole: it scores the same bits in another context, with the model's file gone, and with its settings.</summary>
public sealed class SavingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resnetml-onnx-");
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageRow[] _rows = ImageRow.Many(5);

    public SavingTests() => TestModels.RequireRuntime();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("file")]
    [InlineData("stream")]
    [InlineData("bytes")]
    public void A_saved_chain_scores_the_same_bits_without_its_file(string from)
    {
        string path = Copy("classifier.onnx");
        IDataView view = _context.Data.LoadFromEnumerable(_rows);
        using Stream stream = File.OpenRead(path);
        OnnxScoringEstimator estimator = from switch
        {
            "file" => _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", path),
            "stream" => _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", stream),
            _ => _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", File.ReadAllBytes(path)),
        };
        using TransformerChain<ITransformer> model = estimator.Append<ITransformer>(_context.Transforms.CopyColumns("Score", "softmaxout_1")).Fit(view);
        string saved = Path.Combine(_folder.FullName, "model.zip");
        _context.Model.Save(model, view.Schema, saved);
        stream.Dispose();
        File.Delete(path);

        var other = new MLContext();
        ITransformer loaded = other.Model.Load(saved, out DataViewSchema? schema);

        Assert.Equal("data_0", Assert.Single(schema!).Name);
        Assert.Equal(model.Transform(view).GetColumn<float[]>("Score"), loaded.Transform(other.Data.LoadFromEnumerable(_rows)).GetColumn<float[]>("Score"));

        // And again: what was loaded can be saved.
        using var again = new MemoryStream();
        other.Model.Save(loaded, schema, again);
        Assert.Equal(File.ReadAllBytes(saved), again.ToArray());
        ((IDisposable)loaded).Dispose();
    }

    [Fact]
    public void Nothing_is_written_to_disk_but_the_model_that_is_saved()
    {
        string temporary = Path.Combine(_folder.FullName, "temporary");
        Directory.CreateDirectory(temporary);
        var context = new MLContext { TempFilePath = temporary };
        string[] before = Directory.GetFileSystemEntries(Path.GetTempPath());
        IDataView view = context.Data.LoadFromEnumerable(_rows);
        using var saved = new MemoryStream();
        using (OnnxTransformer model = context.Transforms.ApplyOnnxModel(new MemoryStream(TestModels.BytesOf("classifier"))).Fit(view))
        {
            context.Model.Save(model, view.Schema, saved);
            saved.Position = 0;
            using var loaded = (OnnxTransformer)context.Model.Load(saved, out _);
            Assert.Equal(5, loaded.Transform(view).GetColumn<float[]>("softmaxout_1").Count());

            // Others may write there at the same time; ours would hold a model.
            Assert.DoesNotContain(
                Directory.GetFileSystemEntries(Path.GetTempPath()).Except(before),
                entry => entry.Contains("onnx", StringComparison.OrdinalIgnoreCase) || entry.Contains("resnetml", StringComparison.OrdinalIgnoreCase));
        }

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    [Fact]
    public void Threads_shapes_batches_and_session_options_survive_saving()
    {
        var session = new OnnxSessionOptions
        {
            EnableMemoryPattern = false, EnableCpuMemArena = false, IntraOpNumThreads = 3, InterOpNumThreads = 2, LogId = "flowers", LogVerbosityLevel = 1,
            LogSeverityLevel = Microsoft.ML.OnnxRuntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            GraphOptimizationLevel = Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
            ExecutionMode = Microsoft.ML.OnnxRuntime.ExecutionMode.ORT_PARALLEL,
        };
        _context.SetOnnxSessionOption(session);
        Assert.Same(session, _context.GetOnnxSessionOption());
        var options = new OnnxOptions
        {
            ModelFile = TestModels.PathOf("classifier-any-size"), OutputColumns = ["softmaxout_1"], IntraOpNumThreads = 1, InterOpNumThreads = 4, MaximumBatchRows = 2,
            RecursionLimit = 77, ShapeDictionary = new Dictionary<string, int[]> { ["data_0"] = [-1, 3, 8, 8] },
        };
        IDataView view = _context.Data.LoadFromEnumerable(_rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(options).Fit(view);
        session.IntraOpNumThreads = 99; // after the model was opened: it keeps its own

        OnnxTransformer loaded = Reload(model, new MLContext());

        OnnxSettings settings = loaded.Settings;
        Assert.Equal(([], 77, 4, 1, 2), (settings.InputColumns, settings.RecursionLimit, settings.InterOpNumThreads, settings.IntraOpNumThreads, settings.MaximumBatchRows));
        Assert.Equal(["softmaxout_1"], settings.OutputColumns);
        Assert.Equal([-1, 3, 8, 8], settings.Shapes["data_0"]);
        Assert.Equal((false, false, 3, 2, "flowers", 1), (settings.Session!.EnableMemoryPattern, settings.Session.EnableCpuMemArena,
            settings.Session.IntraOpNumThreads, settings.Session.InterOpNumThreads, settings.Session.LogId, settings.Session.LogVerbosityLevel));
        Assert.Equal(Microsoft.ML.OnnxRuntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, settings.Session.LogSeverityLevel);
        Assert.Equal(Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_BASIC, settings.Session.GraphOptimizationLevel);
        Assert.Equal(Microsoft.ML.OnnxRuntime.ExecutionMode.ORT_PARALLEL, settings.Session.ExecutionMode);
        loaded.Dispose();

        // The context that loads has the last word.
        var other = new MLContext();
        other.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = 1 });
        using OnnxTransformer overridden = Reload(model, other);
        Assert.Equal(1, overridden.Settings.Session!.IntraOpNumThreads);
        Assert.Equal(model.Transform(view).GetColumn<float[]>("softmaxout_1").First().Length, overridden.Transform(view).GetColumn<float[]>("softmaxout_1").First().Length);
    }

    [Fact]
    public void Code_that_makes_session_options_is_used_and_said_not_to_be_saved()
    {
        int made = 0;
        var warnings = new List<string>();
        _context.Log += (_, message) => warnings.Add(message.RawMessage);
        _context.SetOnnxSessionOption(new OnnxSessionOptions
        {
            CreateSessionOptions = () =>
            {
                made++;
                return new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1 };
            },
        });
        string path = TestModels.PathOf("classifier");
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(path).Fit(_context.Data.LoadFromEnumerable(_rows));

        using OnnxTransformer loaded = Reload(model, new MLContext());

        Assert.Equal(1, made);
        Assert.Equal([$"{path}: CreateSessionOptions is code, which is not saved. Set it again in the context that loads the model."], warnings);
    }

    [Fact]
    public void External_data_is_read_from_the_models_folder_and_saved_with_it()
    {
        string path = Copy("classifier-two-files.onnx");
        Copy("classifier-two-files.bin");
        IDataView view = _context.Data.LoadFromEnumerable(_rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel("softmaxout_1", "data_0", path).Fit(view);
        float[][] expected = [.. _rows.Select(row => TestModels.Direct(path, "data_0", [1, 3, 8, 8], row.Pixels, "softmaxout_1"))];

        float[][] scores = [.. model.Transform(view).GetColumn<float[]>("softmaxout_1")];
        using OnnxTransformer loaded = Reload(model, new MLContext());

        Assert.All(expected.Zip(scores), pair => Assert.All(pair.First.Zip(pair.Second), values => Assert.Equal(values.First, values.Second, 1e-6f)));
        Assert.Equal(scores, loaded.Transform(view).GetColumn<float[]>("softmaxout_1"));

        File.WriteAllBytes(Path.Combine(_folder.FullName, "classifier-two-files.bin"), new byte[10]);
        Assert.StartsWith(
            $"{path}: the file has changed since the model was loaded from it, so it cannot be saved.",
            Assert.Throws<IOException>(() => _context.Model.Save(model, view.Schema, new MemoryStream())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void External_data_needs_a_path_a_file_and_a_place_below_the_model()
    {
        byte[] bytes = TestModels.BytesOf("classifier-two-files");
        string alone = Copy("classifier-two-files.onnx");
        string outside = Path.Combine(_folder.FullName, "outside.onnx");

        // The name of as many letters, one folder up.
        int place = bytes.AsSpan().IndexOf("classifier-two-files.bin"u8);
        Assert.True(place > 0);
        byte[] moved = (byte[])bytes.Clone();
        do
        {
            "../ssifier-two-files.bin"u8.CopyTo(moved.AsSpan(place));
            place = moved.AsSpan().IndexOf("classifier-two-files.bin"u8);
        }
        while (place > 0);
        File.WriteAllBytes(outside, moved);

        Assert.Equal(
            "ONNX model in memory: expected a whole ONNX model, got one whose numbers lie in another file, 'classifier-two-files.bin'. Load it from its path.",
            Assert.Throws<InterchangeException>(() => _context.Transforms.ApplyOnnxModel(bytes)).Message);
        Assert.StartsWith($"{alone}: expected an ONNX model that ONNX Runtime", Assert.Throws<InterchangeException>(() => _context.Transforms.ApplyOnnxModel(alone)).Message, StringComparison.Ordinal);
        Assert.Equal(
            $"{outside}: expected external data in the model's folder or below, got '../ssifier-two-files.bin'. Save the model with its data beside it.",
            Assert.Throws<InterchangeException>(() => _context.Transforms.ApplyOnnxModel(outside)).Message);
    }

    [Fact]
    public void A_model_whose_file_was_replaced_is_not_saved_as_another()
    {
        string path = Copy("classifier.onnx");
        IDataView view = _context.Data.LoadFromEnumerable(_rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(path).Fit(view);
        File.WriteAllBytes(path, TestModels.BytesOf("classifier-one-image"));

        Assert.Throws<IOException>(() => _context.Model.Save(model, view.Schema, new MemoryStream()));
    }

    [Fact]
    public void Damaged_settings_are_a_damaged_model()
    {
        IDataView view = _context.Data.LoadFromEnumerable(_rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(view);
        SavedComponent saved = model.Save();
        using var stream = new MemoryStream();
        ModelArchive.Write(stream, saved.Loader, saved.LoaderVersion, [ModelPart.FromText("settings.json", "{\"inputs\": []}"), saved.Parts.Single(part => part.Name == "model.onnx")]);
        stream.Position = 0;

        var error = Assert.Throws<ModelFormatException>(() => _context.Model.Load(stream, out _));

        Assert.Equal(ModelFormatError.Damaged, error.Error);
    }

    private OnnxTransformer Reload(OnnxTransformer model, MLContext context)
    {
        using var stream = new MemoryStream();
        _context.Model.Save(model, null, stream);
        stream.Position = 0;
        return (OnnxTransformer)context.Model.Load(stream, out _);
    }

    private string Copy(string name)
    {
        string target = Path.Combine(_folder.FullName, name);
        File.Copy(Path.Combine(Path.GetDirectoryName(TestModels.PathOf("classifier"))!, name), target);
        return target;
    }
}
