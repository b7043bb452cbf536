using ResNetMl;
using ResNetMl.Data;
using Xunit;
using static ResNetMl.TrainCatalogBase;

namespace Compatibility.Evaluation;

/// <summary><c>mlContext.MulticlassClassification.CrossValidate</c>, with an estimator that remembers what it was fitted on.</summary>
public sealed class CrossValidateTests
{
    private readonly MLContext _context = new(seed: 3);

    [Fact]
    public void Every_fold_is_measured_on_rows_that_its_model_was_not_fitted_on()
    {
        var estimator = new Recorder(_context);

        IReadOnlyList<CrossValidationResult<MulticlassClassificationMetrics>> results =
            _context.MulticlassClassification.CrossValidate(Rows(60), estimator, numberOfFolds: 4);

        Assert.Equal([0, 1, 2, 3], results.Select(result => result.Fold));
        Assert.Equal(4, estimator.FittedOn.Count);
        var seen = new List<int>();
        foreach (CrossValidationResult<MulticlassClassificationMetrics> result in results)
        {
            int[] held = [.. result.ScoredHoldOutSet.GetColumn<int>("Number")];
            Assert.Empty(held.Intersect(estimator.FittedOn[result.Fold]));
            Assert.Equal(60, held.Length + estimator.FittedOn[result.Fold].Length);
            Assert.Equal(held.Length, result.Metrics.ExampleCount);
            Assert.Equal(1, result.Metrics.MicroAccuracy);
            seen.AddRange(held);
        }

        Assert.Equal(Enumerable.Range(0, 60), seen.Order());
        Assert.Equal(4, results.Select(result => result.Model).Distinct().Count());
    }

    [Fact]
    public void Rows_of_one_sampling_key_stay_in_one_fold()
    {
        IReadOnlyList<CrossValidationResult<MulticlassClassificationMetrics>> results = _context.MulticlassClassification.CrossValidate(
            Rows(60), new Recorder(_context), numberOfFolds: 3, labelColumnName: "Label", samplingKeyColumnName: "Group", seed: 5);

        Assert.All(
            Enumerable.Range(0, 10).Select(group => results.Count(result => result.ScoredHoldOutSet.GetColumn<int>("Group").Contains(group))),
            folds => Assert.Equal(1, folds));
    }

    [Fact]
    public void Exact_folds_stratified_by_class_are_taken_where_asked()
    {
        IReadOnlyList<CrossValidationResult<MulticlassClassificationMetrics>> results = _context.MulticlassClassification.CrossValidate(
            _context.Data.ExactCrossValidationSplit(Rows(60), numberOfFolds: 5, stratificationColumnName: "Label"), new Recorder(_context));

        Assert.All(results, result => Assert.Equal([6L, 6L], result.Metrics.PerClass.Select(of => of.Support)));
    }

    [Fact]
    public void An_empty_fold_is_refused_before_anything_is_trained()
    {
        var estimator = new Recorder(_context);

        string message = Assert.Throws<InvalidOperationException>(
            () => _context.MulticlassClassification.CrossValidate(Rows(3), estimator, numberOfFolds: 50)).Message;

        Assert.Matches(@"^Fold \d+ of 50 has no rows to test on\.", message);
        Assert.Empty(estimator.FittedOn);
    }

    [Fact]
    public void A_fold_that_fails_disposes_the_models_before_it()
    {
        var estimator = new Recorder(_context) { FailsAt = 2 };

        Assert.Throws<InvalidDataException>(() => _context.MulticlassClassification.CrossValidate(Rows(60), estimator));

        Assert.Equal([true, true], estimator.Models.Select(model => model.IsDisposed));
    }

    private IDataView Rows(int count) => _context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(number => new Row
    {
        Number = number, Group = number % 10, Label = number % 2, Score = number % 2 == 0 ? [0.9f, 0.1f] : [0.1f, 0.9f],
    }).ToArray());

    private sealed class Row
    {
        public int Number { get; set; }

        public int Group { get; set; }

        public float Label { get; set; }

        [VectorType(2)]
        public float[] Score { get; set; } = [];
    }

    private sealed class Recorder(MLContext context) : IEstimator<ITransformer>
    {
        public List<int[]> FittedOn { get; } = [];

        public List<Model> Models { get; } = [];

        public int FailsAt { get; init; } = int.MaxValue;

        public ITransformer Fit(IDataView input)
        {
            if (FittedOn.Count == FailsAt)
            {
                throw new InvalidDataException("asked to fail");
            }

            FittedOn.Add([.. input.GetColumn<int>("Number")]);
            Models.Add(new Model(context.Transforms.CopyColumns("Copy", "Number").Fit(input)));
            return Models[^1];
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => context.Transforms.CopyColumns("Copy", "Number").GetOutputSchema(inputSchema);
    }

    private sealed class Model(ITransformer inner) : ITransformer, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public bool IsRowToRowMapper => inner.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IDataView Transform(IDataView input) => inner.Transform(input);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public void Dispose() => IsDisposed = true;
    }
}
