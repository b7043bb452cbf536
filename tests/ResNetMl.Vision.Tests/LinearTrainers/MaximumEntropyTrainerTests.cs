using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Trainers;
using Xunit;

namespace ResNetMl.Vision.Tests.LinearTrainers;

public sealed class MaximumEntropyTrainerTests
{
    private static readonly MLContext _context = new(seed: 1);

    public static TheoryData<string> Trainers => ["lbfgs", "sdca"];

    [Theory]
    [InlineData(null, "l2")]
    [InlineData("Weight", "weighted")]
    public void Lbfgs_in_a_pipeline_gives_scikit_learns_probabilities_weights_and_biases(string? weightColumn, string name)
    {
        LinearReference.Case expected = LinearReference.Find("lbfgs", name);
        IDataView rows = _context.Data.LoadFromEnumerable(FeatureRow.Reference());
        EstimatorChain<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> pipeline =
            _context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                    exampleWeightColumnName: weightColumn, l1Regularization: 0, optimizationTolerance: 1e-14f));

        using TransformerChain<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> model = pipeline.Fit(rows);

        float[] scores = [.. model.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score)];
        Assert.Equal(expected.Probabilities.Length, scores.Length);
        for (int i = 0; i < scores.Length; i++)
        {
            Assert.Equal(expected.Probabilities[i], scores[i], 1e-5);
        }

        VBuffer<float>[]? weights = null;
        model.LastTransformer.Model.GetWeights(ref weights, out int classes);
        Assert.Equal(4, classes);
        double[] biases = [.. model.LastTransformer.Model.GetBiases().Select(bias => (double)bias)];
        expected.AssertFound([.. biases, .. weights!.SelectMany(vector => vector.DenseValues()).Select(weight => (double)weight)], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void A_saved_classifier_scores_as_the_fitted_one(string trainer)
    {
        IDataView rows = _context.Data.LoadFromEnumerable(FeatureRow.Reference());
        using TransformerChain<ITransformer> model = Pipeline(trainer).Fit(rows);
        using var file = new MemoryStream();
        _context.Model.Save(model, rows.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema? schema);

        Assert.Equal(rows.Schema.Select(column => column.Name), schema!.Select(column => column.Name));
        Assert.Equal(
            model.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score),
            loaded.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score));
        Assert.Equal(
            model.Transform(rows).GetColumn<string>("PredictedLabel"), loaded.Transform(rows).GetColumn<string>("PredictedLabel"));
        PredictionEngine<FeatureRow, Outcome> engine = _context.Model.CreatePredictionEngine<FeatureRow, Outcome>(loaded);
        Assert.Equal(
            model.Transform(rows).GetColumn<string>("PredictedLabel").First(), engine.Predict(FeatureRow.Reference()[0]).PredictedLabel);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void The_same_seed_gives_the_same_classifier_and_most_training_rows_are_right(string trainer)
    {
        IDataView rows = _context.Data.LoadFromEnumerable(FeatureRow.Reference());
        float[] Scores()
        {
            using TransformerChain<ITransformer> model = Pipeline(trainer).Fit(rows);
            return [.. model.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score)];
        }

        float[] first = Scores();

        Assert.Equal(first, Scores());
        int right = first.Chunk(4).Where((score, row) => Array.IndexOf(score, score.Max()) == LinearReference.Labels[row]).Count();
        Assert.InRange(right, 70, 90);
    }

    [Fact]
    public void A_large_L1_factor_makes_most_weights_zero()
    {
        IDataView rows = _context.Data.LoadFromEnumerable(FeatureRow.Reference());
        int ZerosWith(float l1)
        {
            using TransformerChain<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> model = _context.Transforms.Conversion.MapValueToKey("Label")
                .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: l1)).Fit(rows);
            VBuffer<float>[]? weights = null;
            model.LastTransformer.Model.GetWeights(ref weights, out _);
            return weights!.Sum(vector => vector.DenseValues().Count(weight => weight == 0));
        }

        Assert.Equal(0, ZerosWith(0));
        Assert.InRange(ZerosWith(10), 20, 44);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Rows_with_features_that_are_no_numbers_or_without_label_are_left_out_and_told_of(string trainer)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, message) => warnings.AddRange(message.Kind == ChannelMessageKind.Warning ? [message.RawMessage] : Array.Empty<string>());
        List<FeatureRow> whole = FeatureRow.Reference();
        List<FeatureRow> withBad = FeatureRow.Reference();
        withBad.Insert(7, new FeatureRow { Features = [0, 0, float.NaN, .. new float[8]], Label = "class a" });
        withBad.Insert(20, new FeatureRow { Features = [.. new float[10], float.PositiveInfinity], Label = "class b" });
        withBad.Insert(30, new FeatureRow { Features = new float[11], Label = "" });
        IDataView rows = _context.Data.LoadFromEnumerable(whole);

        using TransformerChain<ITransformer> expected = Pipeline(trainer).Fit(rows);
        using TransformerChain<ITransformer> model = Pipeline(trainer, context).Fit(context.Data.LoadFromEnumerable(withBad));

        Assert.Equal(
            expected.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score),
            model.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score));
        Assert.Equal(
            [
                "column 'Features', row 7: feature 2 is NaN, which is no number to compute with. It is left out of the training.",
                "column 'Features', row 20: feature 10 is Infinity, which is no number to compute with. It is left out of the training.",
                "column 'Features', row 30: its label 'Label' is missing. It is left out of the training.",
            ],
            warnings);
    }

    [Fact]
    public void A_row_whose_features_are_no_numbers_is_not_scored()
    {
        IDataView rows = _context.Data.LoadFromEnumerable(FeatureRow.Reference());
        using TransformerChain<ITransformer> model = Pipeline("lbfgs").Fit(rows);
        IDataView bad = _context.Data.LoadFromEnumerable<FeatureRow>([FeatureRow.Reference()[0], new() { Features = [.. new float[10], float.NaN] }]);

        float[][] scores = [.. model.Transform(bad).GetColumn<float[]>("Score")];
        string[] labels = [.. model.Transform(bad).GetColumn<string>("PredictedLabel")];

        Assert.All(scores[0], score => Assert.InRange(score, 0, 1));
        Assert.All(scores[1], score => Assert.Equal(float.NaN, score));
        Assert.Equal("", labels[1]);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void No_whole_row_is_an_error_that_says_so(string trainer)
    {
        List<FeatureRow> rows = FeatureRow.Reference();
        rows.ForEach(row => row.Features[3] = float.NaN);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => Pipeline(trainer).Fit(_context.Data.LoadFromEnumerable(rows)));

        Assert.EndsWith(
            "expected rows with features, a label and a positive weight, got none: 90 rows were left out. Check the data's source.", exception.Message);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Features_too_large_to_compute_with_are_an_error_that_says_what_to_do(string trainer)
    {
        List<FeatureRow> rows = FeatureRow.Reference();
        rows.ForEach(row => row.Features = Array.ConvertAll(row.Features, feature => feature * 1e37f));

        Exception? exception = Record.Exception(() => Pipeline(trainer).Fit(_context.Data.LoadFromEnumerable(rows)).Dispose());

        // The one or the other may find a way to numbers that are finite; none may run for ever or keep numbers that are not.
        Assert.True(exception is null || (exception is InvalidOperationException && exception.Message.Contains("NormalizeMeanVariance", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_column_that_is_no_vector_of_known_size_is_refused_by_name_expected_and_got()
    {
        IDataView rows = _context.Data.LoadFromEnumerable(FeatureRow.Reference());
        EstimatorChain<ITransformer> pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append((IEstimator<ITransformer>)_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: "Weight"));

        ArgumentException exception = Assert.Throws<ArgumentException>(() => pipeline.Fit(rows));

        Assert.Equal(
            "LbfgsMaximumEntropyMulticlassTrainer: expected column 'Weight' to be a vector of Single of known size, got 'Weight' (Single). " +
            "Make the features with ApplyOnnxModel or DnnFeaturizeImage, or join number columns with Transforms.Concatenate.",
            exception.Message);
    }

    [Fact]
    public void Scoring_rows_of_another_length_is_refused_by_name_expected_and_got()
    {
        using TransformerChain<ITransformer> model = Pipeline("lbfgs").Fit(_context.Data.LoadFromEnumerable(FeatureRow.Reference()));
        IDataView other = _context.Data.LoadFromEnumerable<ShortRow>([new()]);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => model.Transform(other));

        Assert.StartsWith(
            "MaximumEntropyModelParameters: expected column 'Features' to be Vector<Single, 11>, as in training, got Vector<Single, 3>.",
            exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_goes_on_from_a_model_and_options_are_copied()
    {
        IDataView rows = _context.Transforms.Conversion.MapValueToKey("Label").Fit(_context.Data.LoadFromEnumerable(FeatureRow.Reference()))
            .Transform(_context.Data.LoadFromEnumerable(FeatureRow.Reference()));
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, MaximumNumberOfIterations = 3, ShowTrainingStatistics = true };
        LbfgsMaximumEntropyMulticlassTrainer trainer = _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options);
        options.MaximumNumberOfIterations = 500;

        MaximumEntropyModelParameters begun = trainer.Fit(rows).Model;
        MaximumEntropyModelParameters further = trainer.Fit(rows, begun).Model;
        MaximumEntropyModelParameters ended = _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options).Fit(rows).Model;

        Assert.True(begun.Statistics!.Deviance > further.Statistics!.Deviance && further.Statistics.Deviance > ended.Statistics!.Deviance);
        Assert.Equal(90, ended.Statistics.TrainingExampleCount);
        Assert.Equal(4 * 12, ended.Statistics.ParametersCount);

        // −2·Σ n·ln(n/90) of the labels' counts.
        double expected = LinearReference.Labels.GroupBy(label => label).Sum(group => -2 * group.Count() * Math.Log(group.Count() / 90.0));
        Assert.Equal(expected, ended.Statistics.NullDeviance, 1e-3);
    }

    [Fact]
    public void The_defaults_are_ML_NETs()
    {
        var lbfgs = new LbfgsMaximumEntropyMulticlassTrainer.Options();
        Assert.Equal(
            ("Label", "Features", null, 1f, 1f, 1e-7f, 20, false, int.MaxValue),
            (lbfgs.LabelColumnName, lbfgs.FeatureColumnName, lbfgs.ExampleWeightColumnName, lbfgs.L1Regularization, lbfgs.L2Regularization,
                lbfgs.OptimizationTolerance, lbfgs.HistorySize, lbfgs.EnforceNonNegativity, lbfgs.MaximumNumberOfIterations));
        var sdca = new SdcaMaximumEntropyMulticlassTrainer.Options();
        Assert.Equal(
            ((float?)null, (float?)null, (int?)null, 0.1f, true),
            (sdca.L2Regularization, sdca.L1Regularization, sdca.MaximumNumberOfIterations, sdca.ConvergenceTolerance, sdca.Shuffle));
    }

    private static EstimatorChain<ITransformer> Pipeline(string trainer, MLContext? context = null)
    {
        context ??= new MLContext(seed: 1);
        MulticlassClassificationCatalog.MulticlassClassificationTrainers trainers = context.MulticlassClassification.Trainers;
        IEstimator<ITransformer> chosen = trainer == "lbfgs" ? trainers.LbfgsMaximumEntropy() : trainers.SdcaMaximumEntropy();
        return context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(chosen).Append((IEstimator<ITransformer>)context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    }

    private sealed class Outcome
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private sealed class ShortRow
    {
        [VectorType(3)]
        public float[] Features { get; set; } = new float[3];

        public string Label { get; set; } = "class a";
    }
}
