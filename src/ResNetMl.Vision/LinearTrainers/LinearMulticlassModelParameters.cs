using ResNetMl.Data;

namespace ResNetMl.Trainers;

/// <summary>A linear classifier: the score of class k is W[k]·x + b[k] of a row's features x. Immutable; threads share it.</summary>
public abstract class LinearMulticlassModelParametersBase : IMulticlassModel
{
    private readonly float[] _weights;
    private readonly float[] _biases;

    private protected LinearMulticlassModelParametersBase(float[] weights, float[] biases)
    {
        _weights = weights;
        _biases = biases;
        NumberOfFeatures = weights.Length / biases.Length;
    }

    /// <summary>How many classes it tells apart, ≥ 2.</summary>
    public int NumberOfClasses => _biases.Length;

    /// <summary>How many features a row has.</summary>
    public int NumberOfFeatures { get; }

    /// <summary>[classes × features], class after class.</summary>
    internal ReadOnlySpan<float> Weights => _weights;

    internal ReadOnlySpan<float> Biases => _biases;

    private protected abstract string LoaderName { get; }

    /// <summary>The weights of each class.</summary>
    /// <param name="weights">Receives one vector a class, of <see cref="NumberOfFeatures"/> weights; memory that fits is used again.</param>
    /// <param name="numClasses">Receives the number of classes.</param>
    public void GetWeights(ref VBuffer<float>[]? weights, out int numClasses)
    {
        numClasses = NumberOfClasses;
        if (weights is null || weights.Length < numClasses)
        {
            weights = new VBuffer<float>[numClasses];
        }

        for (int k = 0; k < numClasses; k++)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref weights[k], NumberOfFeatures);
            WeightsOf(k).CopyTo(editor.Values);
            weights[k] = editor.Commit();
        }
    }

    /// <summary>The bias of each class, in the order of the keys.</summary>
    public IEnumerable<float> GetBiases() => [.. _biases];

    void IMulticlassModel.CheckFeatures(DataViewSchema.Column features)
    {
        if (!FeatureRows.IsVectorOfSingle(features.Type, out int length) || length != NumberOfFeatures)
        {
            throw new ArgumentException(
                $"{GetType().Name}: expected column '{features.Name}' to be {new VectorDataViewType(NumberDataViewType.Single, NumberOfFeatures)}, as in training, " +
                $"got {features.Type}. Make the features as they were made for training.",
                nameof(features));
        }
    }

    MulticlassScorer IMulticlassModel.OpenScorer() => new Scorer(this);

    SavedComponent IMulticlassModel.Save() => new(LoaderName, LinearModelParts.Version, LinearModelParts.Write(this));

    /// <summary>Turns the classes' scores into what the score column shows, in place.</summary>
    private protected abstract void Finish(Span<double> scores);

    private ReadOnlySpan<float> WeightsOf(int k) => _weights.AsSpan(k * NumberOfFeatures, NumberOfFeatures);

    private sealed class Scorer(LinearMulticlassModelParametersBase model) : MulticlassScorer
    {
        // Double precision costs nothing beside the features, and keeps single rows and batches the same to the last bit.
        private readonly double[] _weights = [.. model._weights.Select(weight => (double)weight)];
        private readonly double[] _scores = new double[model.NumberOfClasses];
        private readonly float[] _row = new float[model.NumberOfFeatures];

        public override VBuffer<float>[] Score(Block block, int featureColumn, Action<int, string> unscorable)
        {
            var scores = new VBuffer<float>[block.RowCount];
            ReadOnlySpan<VBuffer<float>> features = block.Values<VBuffer<float>>(featureColumn);
            for (int row = 0; row < scores.Length; row++)
            {
                features[row].CopyTo(_row);
                if (FeatureRows.Fault(_row) is { } fault)
                {
                    unscorable(row, fault);
                    continue;
                }

                for (int k = 0; k < _scores.Length; k++)
                {
                    _scores[k] = model._biases[k] + MixedPrecision.Dot(_row, _weights.AsSpan(k * _row.Length, _row.Length));
                }

                model.Finish(_scores);
                scores[row] = new VBuffer<float>(_scores.Length, Array.ConvertAll(_scores, score => (float)score));
            }

            return scores;
        }
    }
}

/// <summary>A maximum-entropy classifier (multinomial logistic regression): probabilities are softmax(W·x + b).</summary>
public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    internal const string Loader = "MaximumEntropy";

    internal MaximumEntropyModelParameters(float[] weights, float[] biases, ModelStatisticsBase? statistics = null)
        : base(weights, biases) => Statistics = statistics;

    /// <summary>How well it fits its training rows; null unless the trainer was asked, and after loading.</summary>
    public ModelStatisticsBase? Statistics { get; }

    private protected override string LoaderName => Loader;

    private protected override void Finish(Span<double> scores) => SoftmaxObjective.Softmax(scores);

    internal sealed class TransformerLoader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader)
        {
            (float[] weights, float[] biases) = LinearModelParts.Read(reader);
            return MulticlassPredictionTransformer<MaximumEntropyModelParameters>.Load(reader, new MaximumEntropyModelParameters(weights, biases));
        }
    }
}

/// <summary>How well a classifier fits the rows that it was trained on.</summary>
public sealed class ModelStatisticsBase
{
    internal ModelStatisticsBase(long trainingExampleCount, float deviance, float nullDeviance, int parametersCount)
    {
        TrainingExampleCount = trainingExampleCount;
        Deviance = deviance;
        NullDeviance = nullDeviance;
        ParametersCount = parametersCount;
    }

    /// <summary>How many rows it was trained on.</summary>
    public long TrainingExampleCount { get; }

    /// <summary>−2 · Σ weight · ln(probability of the row's label).</summary>
    public float Deviance { get; }

    /// <summary>The same for a model that knows only how frequent the labels are.</summary>
    public float NullDeviance { get; }

    /// <summary>How many weights and biases are not 0.</summary>
    public int ParametersCount { get; }
}
