using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Trainers;
using ResNetMl.Vision.Tests.Vision;
using Dataset = ResNetMl.Vision.ImageClassificationTrainer.ImageClassificationMetrics.Dataset;
using Metrics = ResNetMl.Vision.ImageClassificationTrainer.ImageClassificationMetrics;
using Options = ResNetMl.Vision.ImageClassificationTrainer.Options;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>The image trainer in pipelines, on a tiny backbone; where ML.NET's does other than its users expect, the test is named after what they expect.</summary>
public sealed class ImageClassificationTrainerTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TinyBackbone _backbone = new();
    private readonly List<string> _told = [];

    public ImageClassificationTrainerTests() => _context.Log += (_, message) => _told.Add(message.Message);

    public void Dispose() => _backbone.Dispose();

    [Fact]
    public void A_pipeline_learns_is_saved_and_comes_back_with_the_same_answers()
    {
        IDataView training = _context.Data.LoadFromEnumerable(TinyBackbone.Rows(90));
        IDataView test = _context.Data.LoadFromEnumerable(TinyBackbone.Rows(30, seed: 8));
        EstimatorChain<Transforms.KeyToValueMappingTransformer> pipeline = _context.Transforms.Conversion.MapValueToKey("Key", "Label")
            .Append(Trainer(options => options.LabelColumnName = "Key"))
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        using TransformerChain<Transforms.KeyToValueMappingTransformer> model = pipeline.Fit(training);
        string path = Path.Combine(_backbone.Folder, "pipeline.zip");
        _context.Model.Save(model, training.Schema, path);
        ITransformer loaded = _context.Model.Load(path, out _);

        Answer[] answers = [.. _context.Data.CreateEnumerable<Answer>(model.Transform(test), reuseRowObject: false)];
        Answer[] again = [.. _context.Data.CreateEnumerable<Answer>(loaded.Transform(test), reuseRowObject: false)];

        // A third of the answers would be right by chance.
        Assert.InRange(answers.Count(answer => answer.PredictedLabel == answer.Label), 27, 30);
        Assert.Equal(answers.Select(answer => answer.PredictedLabel), again.Select(answer => answer.PredictedLabel));
        Assert.Equal(answers.SelectMany(answer => answer.Score), again.SelectMany(answer => answer.Score));
        (loaded as IDisposable)!.Dispose();
    }

    [Fact]
    public void The_model_in_the_pipeline_is_whole_and_scores_as_the_pipeline_does()
    {
        IDataView data = View(TinyBackbone.Rows(60));
        using var transformer = Trainer().Fit(data);
        Model model = transformer.Model.Model;

        using Predictor predictor = model.CreatePredictor(Engine.Backends.Default);
        using var again = _context.Model.ImageClassifier(model, "Image", "P", "Answer");
        float[] expected = predictor.Predict(TinyBackbone.Rows(1)[0].Image).Probabilities.ToArray();

        Assert.Equal(expected, transformer.Transform(data).GetColumn<VBuffer<float>>("Score").First().DenseValues());
        Assert.Equal(expected, again.Transform(data).GetColumn<VBuffer<float>>("P").First().DenseValues());
        Assert.Equal(transformer.Transform(data).GetColumn<uint>("PredictedLabel"), again.Transform(data).GetColumn<uint>("Answer"));
        Assert.Equal(["class 0", "class 1", "class 2"], model.Labels);
        Assert.Equal(0.1 * 60, double.Parse(model.Metrics!.MeasuredOn.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_learning_rate_given_is_the_one_used()
    {
        Assert.Equal([0.5f, 0.5f, 0.47f], Rates(options => options.LearningRate = 0.5f));
        Assert.Equal([0.5f, 0.5f, 0.5f], Rates(options => (options.LearningRate, options.LearningRateScheduler) = (0.5f, null)));
        Assert.Equal([0.01f, 0.01f, 0.0094f], Rates(_ => { }));
        Assert.DoesNotContain(_told, message => message.Contains("LearningRate is not used", StringComparison.Ordinal));

        Assert.Equal([0.25f, 0.125f, 0.0625f], Rates(options => (options.LearningRate, options.LearningRateScheduler) = (0.5f, new Halving())));
        Assert.Contains(
            "[Source=ImageClassificationTrainer; Trainer, Kind=Warning] LearningRate is not used: the LearningRateScheduler given says every rate.", _told);
    }

    [Fact]
    public void Fewer_images_than_a_batch_train()
    {
        var seen = new List<Metrics>();
        using var transformer = Trainer(options =>
        {
            options.MetricsCallback = seen.Add;
            options.ValidationSetFraction = null;
        }).Fit(View(TinyBackbone.Rows(6)));

        Assert.All(seen.Where(metrics => metrics.Train is not null), metrics => Assert.True(float.IsFinite(metrics.Train!.CrossEntropy)));
        Assert.Equal(1, seen[^1].Train!.BatchesPerEpoch);
        Assert.Equal(1f, seen[^1].Train!.Accuracy);
    }

    [Fact]
    public void Images_that_cannot_be_read_are_reported_counted_and_left_out()
    {
        TinyBackbone.Row[] rows = Damaged(TinyBackbone.Rows(40), 7, 21);

        using var transformer = Trainer().Fit(View(rows));

        Assert.Equal(["pictures/7.bmp (row 7)", "pictures/21.bmp (row 21)"], transformer.Model.LeftOut.Select(bad => bad.Path));
        Assert.Equal(2, _told.Count(message => message.StartsWith("[Source=ImageClassificationTrainer; Trainer, Kind=Warning] pictures/", StringComparison.Ordinal)));
        Assert.All(transformer.Model.LeftOut, bad => Assert.StartsWith("expected a whole BMP image, got a damaged one", bad.Reason, StringComparison.Ordinal));
        Assert.Contains("2 left out", transformer.Model.Model.Provenance.TrainingData, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_set_of_which_no_image_can_be_read_is_an_error()
    {
        TinyBackbone.Row[] rows = Damaged(TinyBackbone.Rows(4), 0, 1, 2, 3);

        string broken = Assert.Throws<DatasetException>(() => Trainer().Fit(View(rows))).Message;

        Assert.StartsWith("ImageClassificationTrainer: expected rows to learn from, got none that can be used among 4; the first: pictures/0.bmp (row 0)", broken, StringComparison.Ordinal);
    }

    [Fact]
    public void A_corrupt_image_never_gets_anothers_score()
    {
        TinyBackbone.Row[] rows = TinyBackbone.Rows(30);
        using var transformer = Trainer().Fit(View(rows));
        float[][] expected = Scores(transformer, rows);

        float[][] scores = Scores(transformer, Damaged(rows, 0, 4, 5));

        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(row is 0 or 4 or 5 ? [float.NaN, float.NaN, float.NaN] : expected[row], scores[row]);
        }

        uint[] keys = [.. transformer.Transform(View(Damaged(rows, 0, 4, 5))).GetColumn<uint>("PredictedLabel")];
        Assert.Equal([0, 4, 5], Enumerable.Range(0, 30).Where(row => keys[row] == 0));
        using PredictionEngine<TinyBackbone.Row, KeyAnswer> engine = _context.Model.CreatePredictionEngine<TinyBackbone.Row, KeyAnswer>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal("pictures/4.bmp (row 0)", Assert.Throws<ImageFormatException>(() => engine.Predict(Damaged(rows, 4)[4])).ImageName);
        Assert.Equal(expected[5], engine.Predict(rows[5]).Score);
    }

    [Fact]
    public void Fit_with_validation_rows_validates_on_those()
    {
        // All labels are wrong: only a validation on these rows can be this bad.
        TinyBackbone.Row[] wrong = [.. TinyBackbone.Rows(12, seed: 9).Select((row, i) => row with { Label = $"class {(i + 1) % 3}" })];
        var seen = new List<Metrics>();
        void Set(Options options) => (options.MetricsCallback, options.EarlyStoppingCriteria) = (seen.Add, null);

        using var transformer = Trainer(Set).Fit(View(TinyBackbone.Rows(60)), View(wrong));

        ImageClassificationTrainer.TrainMetrics last = seen.Last(metrics => metrics.Train?.DatasetUsed == Dataset.Validation).Train!;
        Assert.InRange(last.Accuracy, 0, 0.1f);
        Assert.Equal(12, seen.Count(metrics => metrics.Bottleneck?.DatasetUsed == Dataset.Validation));
        Assert.Contains("60 rows of 3 labels, 12 held out", transformer.Model.Model.Provenance.TrainingData, StringComparison.Ordinal);

        using var byOption = Trainer(options => options.ValidationSet = View(wrong)).Fit(View(TinyBackbone.Rows(60)));
        Assert.Contains("60 rows of 3 labels, 12 held out", byOption.Model.Model.Provenance.TrainingData, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_keys_that_are_numbered_otherwise_mean_the_same_labels()
    {
        TinyBackbone.Row[] reversed = [.. TinyBackbone.Rows(30, seed: 9).Reverse()];
        IDataView view = _context.Data.LoadFromEnumerable(reversed);
        IDataView byOccurrence = _context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        var seen = new List<Metrics>();

        using var transformer = Trainer(options => options.MetricsCallback = seen.Add).Fit(View(TinyBackbone.Rows(90)), byOccurrence);

        Assert.InRange(seen.Where(metrics => metrics.Train?.DatasetUsed == Dataset.Validation).Max(metrics => metrics.Train!.Accuracy), 0.9f, 1);
    }

    [Fact]
    public void A_validation_label_unseen_in_training_is_named_with_column_and_expected_labels()
    {
        IDataView other = View(TinyBackbone.Rows(8, classes: 4));

        string message = Assert.Throws<ArgumentException>(() => Trainer().Fit(View(TinyBackbone.Rows(30)), other)).Message;

        Assert.StartsWith(
            "Validation row 3: expected in column 'Label' one of the training's labels (class 0, class 1, class 2), got 'class 3'.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_do_not_share_early_stopping_state()
    {
        var epochs = new List<int>();
        ImageClassificationTrainer trainer = Trainer(options =>
        {
            options.EarlyStoppingCriteria = new(patience: 5);
            options.Epoch = 200;
            options.MetricsCallback = metrics => epochs.Add(metrics.Train?.Epoch ?? -1);
        });
        IDataView data = View(TinyBackbone.Rows(60));

        using var first = trainer.Fit(data);
        int ended = epochs[^1];
        epochs.Clear();
        using var second = trainer.Fit(data);

        // The accuracy settles long before epoch 200, and five epochs later training ends: in the second fit, too, and no earlier.
        Assert.InRange(ended, 5, 150);
        Assert.Equal(ended, epochs[^1]);
        Assert.Equal(first.Model.Model.WeightsSha256(), second.Model.Model.WeightsSha256());
    }

    [Fact]
    public void The_best_epoch_is_kept_not_the_last()
    {
        // A rate this large overshoots; accuracy goes up and down from epoch to epoch.
        using var transformer = Trainer(options =>
        {
            options.LearningRate = 3;
            options.EarlyStoppingCriteria = null;
            options.ValidationSetFraction = 0.4f;
        }).Fit(View(TinyBackbone.Rows(60)));
        IReadOnlyList<EpochRecord> history = transformer.Model.Model.Provenance.History;

        EpochRecord best = history.OrderByDescending(epoch => epoch.ValidationAccuracy).ThenBy(epoch => epoch.ValidationLoss).First();
        Assert.Equal(best.ValidationAccuracy, transformer.Model.Model.Metrics!.Values["microAccuracy"]);
        Assert.Equal(best.ValidationLoss, transformer.Model.Model.Metrics.Values["logLoss"]);
        Assert.Equal(best.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture), transformer.Model.Model.Provenance.Options["keptEpoch"]);
    }

    [Fact]
    public void Callbacks_tell_totals_in_both_phases_with_an_object_of_its_own_each_time()
    {
        var seen = new List<Metrics>();

        using var transformer = Trainer(options => (options.MetricsCallback, options.Epoch) = (seen.Add, 3)).Fit(View(TinyBackbone.Rows(30)));

        Metrics[] images = [.. seen.TakeWhile(metrics => metrics.Train is null)];
        Metrics[] epochs = [.. seen.Skip(images.Length)];
        Assert.Equal(Enumerable.Range(1, 30), images.Select(metrics => metrics.Bottleneck!.Index));
        Assert.All(images, metrics => Assert.Equal((Dataset.Train, (int?)30), (metrics.Bottleneck!.DatasetUsed, metrics.Bottleneck.Total)));

        // Three of thirty rows are held out; 27 rows are three batches of ten.
        Assert.Equal([0, 0, 1, 1, 2, 2], epochs.Select(metrics => metrics.Train!.Epoch));
        Assert.Equal([3, 1, 3, 1, 3, 1], epochs.Select(metrics => metrics.Train!.BatchProcessedCount));
        Assert.All(epochs, metrics => Assert.Equal((3, true), (metrics.Train!.TotalEpochs, metrics.Bottleneck is null)));
        Assert.Equal(seen.Count, seen.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void Lines_are_ML_NETs_in_every_culture_and_go_to_the_log_where_there_is_no_callback()
    {
        System.Globalization.CultureInfo culture = System.Globalization.CultureInfo.CurrentCulture;
        var withComma = (System.Globalization.CultureInfo)culture.Clone();
        withComma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = withComma;
            var metrics = new ImageClassificationTrainer.TrainMetrics
            {
                DatasetUsed = Dataset.Train, BatchProcessedCount = 18, Epoch = 5, Accuracy = 0.5f, CrossEntropy = 1.25f, LearningRate = 0.01f,
            };
            Assert.Equal(
                "Phase: Training, Dataset used:      Train, Batch Processed Count:  18, Epoch:   5, Accuracy:        0.5, Cross-Entropy:       1.25, " +
                "Learning Rate:       0.01",
                metrics.ToString());
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }

        using var transformer = Trainer(options => options.Epoch = 1).Fit(View(TinyBackbone.Rows(30)));

        string[] lines = [.. _told.Where(message => message.StartsWith("[Source=ImageClassificationTrainer;", StringComparison.Ordinal))];
        Assert.Contains(
            "[Source=ImageClassificationTrainer; Trainer, Kind=Trace] Phase: Bottleneck Computation, Dataset used:      Train, Image Index:   1", lines);
        Assert.Contains(lines, line => line.Contains("Phase: Training, Dataset used: Validation, Batch Processed Count:   1, Epoch:   0", StringComparison.Ordinal));
    }

    [Fact]
    public void Columns_of_other_names_are_read_and_written()
    {
        using var transformer = _context.MulticlassClassification.Trainers.ImageClassification(With(options =>
        {
            options.ScoreColumnName = "Probabilities";
            options.PredictedLabelColumnName = "Answer";
        })).Fit(View(TinyBackbone.Rows(30)));

        DataViewSchema schema = transformer.GetOutputSchema(View(TinyBackbone.Rows(3)).Schema);

        Assert.Equal(["Answer", "Probabilities"], schema.TakeLast(2).Select(column => column.Name));
        Assert.Equal("Image", transformer.FeatureColumnName);
    }

    [Fact]
    public void Wrong_columns_are_named_with_what_was_expected_and_got()
    {
        IDataView texts = _context.Data.LoadFromEnumerable(TinyBackbone.Rows(3));

        string label = Assert.Throws<ArgumentException>(() => Trainer().Fit(texts)).Message;
        string absent = Assert.Throws<ArgumentException>(() => Trainer(options => options.FeatureColumnName = "Picture").Fit(View(TinyBackbone.Rows(3)))).Message;
        string wrong = Assert.Throws<ArgumentException>(() => Trainer(options => options.FeatureColumnName = "ImagePath").Fit(View(TinyBackbone.Rows(3)))).Message;
        string single = Assert.Throws<ArgumentException>(() => Trainer().Fit(View(TinyBackbone.Rows(3, classes: 1)))).Message;
        string shape = Assert.Throws<ArgumentException>(() => Trainer().GetOutputSchema(SchemaShape.Create(texts.Schema))).Message;

        Assert.StartsWith("ImageClassificationTrainer: expected the label column 'Label' to be a key, got String.", label, StringComparison.Ordinal);
        Assert.StartsWith("ImageClassificationTrainer needs column 'Picture'; there are ", absent, StringComparison.Ordinal);
        Assert.StartsWith(
            "ImageClassificationTrainer: expected column 'ImagePath' to be Vector<Byte>, the bytes of an encoded image, got String.", wrong, StringComparison.Ordinal);
        Assert.StartsWith("Only one class found in the 'Label' column", single, StringComparison.Ordinal);
        Assert.StartsWith("ImageClassificationTrainer: expected the label column 'Label' to be a key, got 'Label' (String).", shape, StringComparison.Ordinal);
    }

    [Fact]
    public void Early_stopping_with_nothing_to_watch_is_refused_and_with_held_out_rows_is_not()
    {
        void NoTest(Options options) => options.TestOnTrainSet = false;
        IDataView data = View(TinyBackbone.Rows(30));

        using var held = Trainer(NoTest).Fit(data);

        string message = Assert.Throws<ArgumentException>(() => Trainer(options =>
        {
            NoTest(options);
            options.ValidationSetFraction = null;
        }).Fit(data)).Message;
        Assert.Contains("early stopping has nothing to watch", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_fit_ends_with_an_exception_and_leaves_nothing_behind()
    {
        using var source = new CancellationTokenSource();
        string temporary = Path.Combine(_backbone.Folder, "temporary");
        Directory.CreateDirectory(temporary);
        _context.TempFilePath = temporary;
        ImageClassificationTrainer trainer = Trainer(options =>
        {
            options.CancellationToken = source.Token;
            options.MetricsCallback = metrics =>
            {
                if (metrics.Train is { Epoch: 2 })
                {
                    source.Cancel();
                }
            };
        });

        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Fit(View(TinyBackbone.Rows(30))));

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    [Fact]
    public void Options_changed_after_the_trainer_was_made_change_nothing_and_the_seed_decides()
    {
        Options options = With(_ => { });
        ImageClassificationTrainer trainer = _context.MulticlassClassification.Trainers.ImageClassification(options);
        options.Epoch = 1;
        options.Seed = 99;
        IDataView data = View(TinyBackbone.Rows(30));

        using var first = trainer.Fit(data);
        using var same = Trainer().Fit(data);
        using var other = Trainer(changed => changed.Seed = 99).Fit(data);

        Assert.Equal(first.Model.Model.WeightsSha256(), same.Model.Model.WeightsSha256());
        Assert.NotEqual(first.Model.Model.WeightsSha256(), other.Model.Model.WeightsSha256());
    }

    private static TinyBackbone.Row[] Damaged(TinyBackbone.Row[] rows, params int[] which) =>
        [.. rows.Select((row, i) => which.Contains(i) ? row with { Image = row.Image[..60] } : row)];

    private static float[][] Scores(ITransformer transformer, TinyBackbone.Row[] rows) =>
        [.. transformer.Transform(View(new MLContext(1), rows)).GetColumn<VBuffer<float>>("Score").Select(score => score.DenseValues().ToArray())];

    private static IDataView View(MLContext context, TinyBackbone.Row[] rows) => TinyBackbone.View(context, rows);

    private IDataView View(TinyBackbone.Row[] rows) => TinyBackbone.View(_context, rows);

    private Options With(Action<Options> change)
    {
        Options options = _backbone.Options();
        change(options);
        return options;
    }

    private ImageClassificationTrainer Trainer(Action<Options>? change = null) =>
        _context.MulticlassClassification.Trainers.ImageClassification(With(change ?? (_ => { })));

    /// <summary>The rate of the last step of the first three epochs.</summary>
    private float[] Rates(Action<Options> change)
    {
        var rates = new List<float>();
        using var transformer = Trainer(options =>
        {
            options.Epoch = 3;
            options.MetricsCallback = metrics => rates.AddRange(metrics.Train is { DatasetUsed: Dataset.Train } epoch ? [epoch.LearningRate] : []);
            change(options);
        }).Fit(View(TinyBackbone.Rows(30)));
        return [.. rates];
    }

    private sealed class KeyAnswer
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }

    /// <summary>A scheduler of a user's own.</summary>
    private sealed class Halving : LearningRateScheduler
    {
        public override float GetLearningRate(TrainState state) => 0.25f / (1 << state.CurrentEpoch);
    }
}
