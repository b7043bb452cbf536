using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl.Trainers;

/// <summary>What the two trainers of maximum entropy share around their optimisers.</summary>
internal static class MaximumEntropyFit
{
    /// <summary>The columns that the fitted transformer adds.</summary>
    /// <param name="shape">The columns of the training rows.</param>
    /// <param name="options">Names of the columns.</param>
    /// <param name="trainer">The trainer's name.</param>
    internal static SchemaShape OutputShape(SchemaShape shape, TrainerInputBaseWithWeight options, string trainer)
    {
        ArgumentNullException.ThrowIfNull(shape);
        SchemaShape.Column label = LabelColumn.Check(shape, options.LabelColumnName, trainer);
        FeatureRows.Check(shape, options.FeatureColumnName, trainer);
        return shape.With(MulticlassColumns.ShapesOf(label, MulticlassColumns.Score, MulticlassColumns.PredictedLabel));
    }

    /// <summary>Reads the rows, trains, and makes a transformer of what was found.</summary>
    /// <param name="environment">The context.</param>
    /// <param name="input">The training rows.</param>
    /// <param name="options">Names of the columns.</param>
    /// <param name="trainer">The trainer's name.</param>
    /// <param name="train">Biases, then weights, from the rows.</param>
    /// <param name="withStatistics">Whether to say how well the model fits the rows.</param>
    internal static MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(
        IHostEnvironment environment, IDataView input, TrainerInputBaseWithWeight options, string trainer, Func<TrainingExamples, double[]> train,
        bool withStatistics = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        LabelColumn label = LabelColumn.Find(input.Schema, options.LabelColumnName, trainer);
        TrainingExamples examples = FeatureRows.Read(input, label, options, environment, trainer);
        double[] found = train(examples);
        if (!found.All(parameter => float.IsFinite((float)parameter)))
        {
            throw new InvalidOperationException(
                $"{trainer}: expected weights that are finite numbers, got some that are not: the features of column '{options.FeatureColumnName}' are too large. " +
                "Put NormalizeMeanVariance before the trainer.");
        }

        float[] parameters = Array.ConvertAll(found, parameter => (float)parameter);
        var model = new MaximumEntropyModelParameters(
            parameters[examples.Classes..], parameters[..examples.Classes], withStatistics ? Statistics(examples, found) : null);
        return new MulticlassPredictionTransformer<MaximumEntropyModelParameters>(
            environment, model, label.Labels, options.FeatureColumnName, new VectorDataViewType(NumberDataViewType.Single, examples.Length));
    }

    /// <summary>Refuses a number outside its range.</summary>
    internal static void CheckNotNegative(float? value, string name)
    {
        if (value is { } number && !(number >= 0 && float.IsFinite(number)))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name}: expected a number of at least 0.");
        }
    }

    private static ModelStatisticsBase Statistics(TrainingExamples examples, double[] parameters)
    {
        var loss = new SoftmaxObjective(examples, l2: 0);
        double deviance = 2 * loss.Evaluate(parameters, new double[parameters.Length]);
        double nullDeviance = 0;
        double total = examples.TotalWeight();
        foreach (IGrouping<int, int> rows in Enumerable.Range(0, examples.Count).GroupBy(row => examples.Labels[row]))
        {
            double share = rows.Sum(examples.WeightOf);
            nullDeviance -= share > 0 ? 2 * share * Math.Log(share / total) : 0;
        }

        return new ModelStatisticsBase(examples.Count, (float)deviance, (float)nullDeviance, parameters.Count(parameter => parameter != 0));
    }
}
