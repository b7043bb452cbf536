using System.Diagnostics;
using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Runtime;
using ResNetMl.Tensors;
using Dataset = ResNetMl.Vision.ImageClassificationTrainer.ImageClassificationMetrics.Dataset;

namespace ResNetMl.Vision;

/// <summary>One fit of <see cref="ImageClassificationTrainer"/>: what it keeps while it runs is here, so that nothing passes from one to the next.</summary>
internal sealed class ImageClassificationFit(IHostEnvironment environment, ImageClassificationTrainer.Options options, ulong seed)
{
    private readonly List<BadImage> _leftOut = [];

    private CancellationToken Token => options.CancellationToken;

    public ImageClassificationModelParameters Run(BlockView training, BlockView? validation, LabelColumn label)
    {
        Token.ThrowIfCancellationRequested();
        if (options.EarlyStoppingCriteria is not null && validation is null && options.ValidationSetFraction is null && !options.TestOnTrainSet)
        {
            throw new ArgumentException(
                "ImageClassificationTrainer.Options: early stopping has nothing to watch. Give a ValidationSet or a ValidationSetFraction, set TestOnTrainSet, " +
                "or set EarlyStoppingCriteria to null.");
        }

        if (options.HasUnusedLearningRate)
        {
            Report(ChannelMessageKind.Warning, "LearningRate is not used: the LearningRateScheduler given says every rate.");
        }

        // Wrong columns are told before weights are looked for.
        var images = ImageColumn.Find(training.Schema, options.FeatureColumnName, nameof(ImageClassificationTrainer));
        ValidationLabels? validationLabels = validation is null ? null : ValidationLabels.Of(validation, label, options);
        Backbone backbone = LoadBackbone();
        ScoringOptions scoring = Scoring();
        var extraction = new ExtractionOptions
        {
            Executor = scoring.EffectiveExecutor,
            Precision = scoring.Predictor.Precision,
            Threads = scoring.Predictor.Threads,
            BatchSize = options.BackboneBatchSize,
            Decoding = scoring.Predictor.Decoding,
        };
        long start = Stopwatch.GetTimestamp();
        using ImageSpool? spool = NewSpool();
        using ImageSpool? heldSpool = validation is null ? null : NewSpool();
        FeatureTable rows;
        FeatureTable? held;
        using (var extractor = new FeatureExtractor(backbone, extraction))
        {
            rows = Features(extractor, Dataset.Train, training, images, label.ClassesOf, label.Column, spool);
            held = validation is null
                ? null
                : Features(
                    extractor, Dataset.Validation, validation, ImageColumn.Find(validation.Schema, options.FeatureColumnName, nameof(ImageClassificationTrainer)),
                    validationLabels!.ClassesOf, validationLabels!.Column, heldSpool);
        }

        if (validation is null)
        {
            (int[] learned, int[] heldOut) = ValidationSplit.Of(rows.Classes, options.ValidationSetFraction ?? 0, seed);
            held = rows.Select(heldOut);
            rows = rows.Select(learned);
        }
        else
        {
            rows = rows.Select(ValidationSplit.Of(rows.Classes, 0, seed).Training);
        }

        held = held is { Count: > 0 } ? held : null;
        CheckClasses(rows, label);
        FeatureScaling scaling = FeatureScaling.Of(rows);
        HeadTrainingResult trained = TrainHead(rows, held, scaling, label.Labels.Count, backbone.FeatureCount);
        var network = new HeadedNetwork(backbone, label.Labels.Count);
        TrainingResult? tuned = FineTune(network, backbone, trained, scaling, rows, held, spool, heldSpool ?? spool, label.Labels.Names);
        Model model = Compose(network, backbone, scaling, label, trained, tuned, rows.Count, held?.Count ?? 0, start);
        SaveToWorkspace(model);
        return new ImageClassificationModelParameters(model, scoring, _leftOut);
    }

    private ImageSpool? NewSpool() => options.FineTuning is null ? null : new ImageSpool(environment.TempFilePath);

    /// <summary>The fine-tuned network, where the options ask for one and it is better than the head alone as far as held-out rows tell.</summary>
    private TrainingResult? FineTune(
        HeadedNetwork network, Backbone backbone, HeadTrainingResult trained, FeatureScaling scaling, FeatureTable rows, FeatureTable? held, ImageSpool? spool,
        ImageSpool? heldSpool, IReadOnlyList<string> labels)
    {
        if (options.FineTuning is not { } fineTuning)
        {
            return null;
        }

        TrainingResult result = new FineTuningRun(options, Scoring(), seed) { Measured = metrics => Tell(new() { Train = metrics }), Report = Report }.Run(
            fineTuning, network, backbone, trained.Head, scaling, new SpooledExamples(spool!, rows, labels, "the training rows"),
            held is null ? null : new SpooledExamples(heldSpool!, held, labels, "the validation rows"));
        EpochRecord kept = result.History[(result.BestEpoch ?? result.History.Count) - 1];
        if (trained.History[trained.BestEpoch].Validation is { } alone && kept is { ValidationAccuracy: { } accuracy, ValidationLoss: { } loss } &&
            !(accuracy > alone.Accuracy || ((float)accuracy == alone.Accuracy && loss < alone.CrossEntropy)))
        {
            Report(
                ChannelMessageKind.Info,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Fine-tuning {fineTuning} did not make the validation better ({alone.Accuracy:F4} before, {accuracy:F4} after): the head alone is kept."));
            return null;
        }

        return result;
    }

    private Backbone LoadBackbone() => Backbone.Load(
        new BackboneRequest(options.Arch.ToString())
        {
            WeightsPath = options.WeightsPath,
            Store = options.WeightsStore,
            Size = options.ImageSize,
            Preprocessing = options.Preprocessing,
        },
        environment,
        ImageClassificationTrainer.Source,
        Token);

    /// <summary>What the options say goes before what the context says.</summary>
    private ScoringOptions Scoring()
    {
        ScoringOptions scoring = ScoringOptions.Of(environment);
        return scoring with
        {
            Executor = options.Executor ?? scoring.Executor,
            Predictor = options.Precision == Engine.Precision.Auto ? scoring.Predictor : scoring.Predictor with { Precision = options.Precision },
        };
    }

    private FeatureTable Features(
        FeatureExtractor extractor, Dataset dataset, BlockView view, ImageColumn images, Func<Block, int[]> classesOf, DataViewSchema.Column label,
        ImageSpool? spool)
    {
        (string name, bool reuses) = dataset == Dataset.Train
            ? (options.TrainSetBottleneckCachedValuesFileName, options.ReuseTrainSetBottleneckCachedValues)
            : (options.ValidationSetBottleneckCachedValuesFileName, options.ReuseValidationSetBottleneckCachedValues);
        void Warn(string message) => Report(ChannelMessageKind.Warning, message);
        string? folder = options.WorkspacePath ?? (reuses ? FeatureCache.DefaultFolder : null);
        var cache = FeatureCache.Open(extractor.Backbone, extractor.Options, folder, name, reuses, Warn);
        int? total = (int?)view.GetRowCount();
        var leftOut = new LeftOutRows(environment, ImageClassificationTrainer.Source, dataset == Dataset.Train ? "left out of the training" : "left out of the validation");
        var pass = new FeaturePass(extractor, cache)
        {
            Warn = Warn,
            Spool = spool,
            Token = Token,
            ImageDone = index => Tell(new() { Bottleneck = new() { DatasetUsed = dataset, Index = index, Total = total } }),
        };
        FeatureTable table = pass.Read(view, images, classesOf, label, (row, reason) =>
        {
            leftOut.Add(row, reason);
            _leftOut.Add(new BadImage(row, reason));
        });
        leftOut.Complete();
        return table.Count > 0 || dataset == Dataset.Validation
            ? table
            : throw new DatasetException(
                $"{nameof(ImageClassificationTrainer)}: expected rows to learn from, got none that can be used" +
                (leftOut.Count == 0
                    ? ": the view is empty. Check where it is loaded from."
                    : string.Create(CultureInfo.InvariantCulture, $" among {leftOut.Count}; the first: {_leftOut[0]} Check the image column.")));
    }

    private HeadTrainingResult TrainHead(FeatureTable rows, FeatureTable? held, FeatureScaling scaling, int classes, int featureCount)
    {
        var training = new HeadTraining
        {
            Classes = classes,
            Epochs = options.Epoch,
            BatchSize = Math.Min(options.BatchSize, rows.Count),
            Scheduler = options.EffectiveScheduler(),
            LearningRate = options.LearningRate,
            EarlyStopping = options.EarlyStoppingCriteria?.Fresh(),
            TestsOnTrainingRows = options.TestOnTrainSet,
            LabelSmoothing = options.LabelSmoothing,
            ClassWeights = options.ClassWeights?.For([.. Enumerable.Range(0, classes).Select(k => rows.Classes.Count(label => label == k))]),
            Measured = metrics => Tell(new() { Train = metrics }),
            Token = Token,
        };
        float[] scaled = scaling.Apply(rows);
        var decorrelation = FeatureDecorrelation.Of(scaled, featureCount, seed);
        ScaledRows Rows(float[] features, FeatureTable table)
        {
            decorrelation.Apply(features, featureCount);
            return new ScaledRows(features, featureCount, table.Classes);
        }

        HeadTrainingResult result = training.Train(
            SoftmaxHead.Initial(classes, featureCount, seed), Rows(scaled, rows), held is null ? null : Rows(scaling.Apply(held), held));
        decorrelation.Apply(result.Head.Weight, featureCount);
        return result;
    }

    private void CheckClasses(FeatureTable rows, LabelColumn label)
    {
        int[] counts = new int[label.Labels.Count];
        foreach (int k in rows.Classes)
        {
            counts[k]++;
        }

        string[] absent = [.. label.Labels.Names.Where((_, k) => counts[k] == 0)];
        if (label.Labels.Count - absent.Length < 2)
        {
            throw new ArgumentException(
                $"Only one class found in the '{label.Column.Name}' column: all rows to learn from are '{label.Labels.Names[Array.FindIndex(counts, count => count > 0)]}'. " +
                "Give rows of two or more labels.");
        }

        if (absent.Length > 0)
        {
            Report(ChannelMessageKind.Warning, $"There are no rows to learn from for {string.Join(", ", absent.Select(name => $"'{name}'"))}: the model will hardly answer so.");
        }
    }

    private Model Compose(
        HeadedNetwork network, Backbone backbone, FeatureScaling scaling, LabelColumn label, HeadTrainingResult trained, TrainingResult? tuned, int trainedOn,
        int validatedOn, long start)
    {
        StateDictionary weights = tuned is null
            ? network.Weights(backbone.Weights, scaling.Fold(trained.Head))
            : network.Weights(tuned.Model.Weights, scaling.Fold(network.HeadOf(tuned.Model.Weights)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        IReadOnlyList<EpochRecord> history = tuned?.History ?? [.. trained.History.Select(epoch => Record(epoch, seconds / trained.History.Count))];
        EpochRecord kept = history[(tuned is null ? trained.BestEpoch + 1 : tuned.BestEpoch ?? history.Count) - 1];
        var model = new Model(network.Definition, weights, backbone.Preprocessing, label.Labels.Names)
        {
            Provenance = new ModelProvenance
            {
                Origin = $"features of {backbone.Name}, a head trained on them{(tuned is null ? "" : $", fine-tuned: {options.FineTuning}")}",
                TrainingData = string.Create(
                    CultureInfo.InvariantCulture, $"{trainedOn} rows of {label.Labels.Count} labels, {validatedOn} held out, {_leftOut.Count} left out"),
                Options = OptionsInWords(kept),
                History = history,
            },
        };
        return kept is { ValidationAccuracy: { } accuracy, ValidationLoss: { } loss }
            ? model.WithMetrics(new ModelMetrics(new Dictionary<string, double> { ["microAccuracy"] = accuracy, ["logLoss"] = loss })
            {
                MeasuredOn = string.Create(CultureInfo.InvariantCulture, $"validation: {validatedOn} examples"),
            })
            : model;
    }

    private Dictionary<string, string> OptionsInWords(EpochRecord kept) => new()
    {
        ["architecture"] = options.Arch.ToString(),
        ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
        ["batchSize"] = options.BatchSize.ToString(CultureInfo.InvariantCulture),
        ["keptEpoch"] = kept.Epoch.ToString(CultureInfo.InvariantCulture),
        ["learningRate"] = options.LearningRate.ToString(CultureInfo.InvariantCulture),
        ["schedule"] = options.LearningRateScheduler?.GetType().Name ?? "constant",
        ["labelSmoothing"] = options.LabelSmoothing.ToString(CultureInfo.InvariantCulture),
        ["fineTuning"] = options.FineTuning?.ToString() ?? "none",
    };

    private static EpochRecord Record(HeadEpoch epoch, double seconds) => new(
        epoch.Training.Epoch + 1, epoch.Training.CrossEntropy, epoch.Training.Accuracy, epoch.Validation?.CrossEntropy, epoch.Validation?.Accuracy,
        epoch.Training.LearningRate, seconds, ImagesPerSecond: 0);

    private void SaveToWorkspace(Model model)
    {
        if (options.WorkspacePath is { } folder)
        {
            Directory.CreateDirectory(folder);
            model.Save(Path.Combine(folder, $"{options.FinalModelPrefix}{options.Arch}.zip"));
        }
    }

    /// <summary>To the callback, or where there is none to those who listen to the context, as ML.NET does.</summary>
    private void Tell(ImageClassificationTrainer.ImageClassificationMetrics metrics)
    {
        if (options.MetricsCallback is { } callback)
        {
            callback(metrics);
        }
        else
        {
            Report(ChannelMessageKind.Trace, metrics.ToString());
        }
    }

    private void Report(ChannelMessageKind kind, string message) => environment.Report(ImageClassificationTrainer.Source, kind, message);
}
