using System.Diagnostics;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Transfer;

/// <summary>What a study changes of the trainer's defaults; with all of these as they are, nothing.</summary>
/// <param name="Preprocessing">How images are prepared; null squashes them to 299×299 as ML.NET does.</param>
/// <param name="Size">Another size to squash to.</param>
/// <param name="LearnsFromAllRows">Whether no row is held out: thirty epochs, and the last is kept.</param>
internal sealed record TransferOptions(Preprocessing? Preprocessing, ImageSize? Size, bool LearnsFromAllRows)
{
    public const int EpochsOfAllRows = 30;
}

/// <summary>One set of photographs, learned with the trainer's defaults or what is changed of them. Features are kept in a folder of the study's own, so that fifteen fits cost little.</summary>
internal sealed class TransferStudy : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly string _backbone;
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-transfer-").FullName;
    private readonly IDataView _rows;
    private readonly Precision _precision;
    private readonly TransferOptions _changes;

    /// <summary>Finds the photographs; they are read anew at each pass.</summary>
    /// <param name="backbone">The trunk's file.</param>
    /// <param name="folder">One folder a label.</param>
    /// <param name="precision">In what numbers the trunk computes.</param>
    /// <param name="featuresFolder">Where features are kept from one study to the next; null keeps none.</param>
    /// <param name="changes">What is not as by default.</param>
    public TransferStudy(string backbone, string folder, Precision precision, string? featuresFolder, TransferOptions changes)
    {
        _changes = changes;
        _precision = precision;
        Workspace = featuresFolder ?? Path.Combine(_folder, "workspace");
        _backbone = backbone;
        string[] files = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .SelectMany(kind => Directory.GetFiles(kind, "*.jpg").Order(StringComparer.Ordinal))];
        Count = files.Length;
        _rows = _context.Data.LoadFromEnumerable(
            files.Select(file => new Photograph(File.ReadAllBytes(file), Path.GetFileName(Path.GetDirectoryName(file)!), file)));
    }

    /// <summary>Photographs.</summary>
    public int Count { get; }

    private string Workspace { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Seconds from files to a saved pipeline with an empty cache, and again with what the first run left.</summary>
    public (double First, double Second) Times() => (TimeOnce(), TimeOnce());

    /// <summary>Micro accuracy of each of five stratified folds.</summary>
    /// <param name="seed">Of the folds and the fits.</param>
    public IReadOnlyList<double> CrossValidate(int seed)
    {
        IDataView keyed = Keys().Fit(_rows).Transform(_rows);
        var accuracies = new List<double>();
        foreach (DataOperationsCatalog.TrainTestData fold in _context.Data.ExactCrossValidationSplit(keyed, 5, "Label", seed))
        {
            using MulticlassPredictionTransformer<ImageClassificationModelParameters> fitted = Trainer(seed).Fit(fold.TrainSet);
            accuracies.Add(Accuracy(fitted.Model.Model, fold.TestSet));
        }

        return accuracies;
    }

    private double TimeOnce()
    {
        long start = Stopwatch.GetTimestamp();
        using var model = Keys().Append(Trainer(seed: 1)).Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(_rows);
        _context.Model.Save(model, _rows.Schema, Path.Combine(_folder, "model.zip"));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private Transforms.ValueToKeyMappingEstimator Keys() => _context.Transforms.Conversion.MapValueToKey("Key", "Label");

    private ImageClassificationTrainer Trainer(int seed) => _context.MulticlassClassification.Trainers.ImageClassification(Options(seed));

    private ImageClassificationTrainer.Options Options(int seed) => new()
    {
        LabelColumnName = "Key",
        FeatureColumnName = "Image",
        WeightsPath = _backbone,
        WorkspacePath = Workspace,
        ReuseTrainSetBottleneckCachedValues = true,
        MetricsCallback = _ => { },
        Precision = _precision,
        Seed = seed,
        Preprocessing = _changes.Preprocessing,
        ImageSize = _changes.Size,
        ValidationSetFraction = _changes.LearnsFromAllRows ? null : 0.1f,
        EarlyStoppingCriteria = _changes.LearnsFromAllRows ? null : new ImageClassificationTrainer.EarlyStopping(),
        Epoch = _changes.LearnsFromAllRows ? TransferOptions.EpochsOfAllRows : 200,
    };

    /// <summary>The fitted head on features from the cache: what the pipeline computes, without computing the backbone again.</summary>
    private double Accuracy(Model model, IDataView test)
    {
        ImageClassificationTrainer.Options options = Options(seed: 1);
        Backbone backbone = Backbone.Load(new BackboneRequest(options.Arch.ToString()) { WeightsPath = _backbone, Size = options.ImageSize, Preprocessing = options.Preprocessing }, _context, "transfer", CancellationToken.None);
        var extraction = new ExtractionOptions { Executor = new BackendExecutor(Backends.Default), Precision = _precision };
        var cache = FeatureCache.Open(backbone, extraction, Workspace, options.TrainSetBottleneckCachedValuesFileName, reads: true, Console.Error.WriteLine);
        using var extractor = new FeatureExtractor(backbone, extraction);
        var label = LabelColumn.Find(test.Schema, "Key", "The study");
        var images = Vision.ImageColumn.Find(test.Schema, "Image", "The study");
        FeatureTable rows = new FeaturePass(extractor, cache) { Warn = Console.Error.WriteLine }
            .Read(BlockView.Of(test), images, label.ClassesOf, label.Column, (row, reason) => Console.Error.WriteLine($"{row}: {reason}"));
        var head = new SoftmaxHead(label.Labels.Count, backbone.FeatureCount);
        string last = model.Definition.Outputs[0];
        model.Weights[$"{last}.weight"].Span.CopyTo(head.Weight);
        model.Weights[$"{last}.bias"].Span.CopyTo(head.Bias);
        var probabilities = new float[head.Classes];
        int correct = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            head.Score(rows.Features[row], probabilities);
            correct += MulticlassColumns.BestOf(probabilities) == rows.Classes[row] ? 1 : 0;
        }

        return (double)correct / rows.Count;
    }

    private sealed record Photograph(byte[] Image, string Label, string ImagePath);
}
