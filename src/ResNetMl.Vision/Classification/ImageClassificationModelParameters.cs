using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>What <see cref="ImageClassificationTrainer"/> learned: backbone and head as one <see cref="Vision.Model"/>, ready to score encoded images.</summary>
/// <remarks>Threads may share it; single predictions of many threads are computed together, as <see cref="PredictorOptions"/> says.</remarks>
public sealed class ImageClassificationModelParameters : IMulticlassModel, IDisposable
{
    internal const string LoaderName = "MulticlassImageClassification";
    internal const int LoaderVersion = 1;

    private readonly Lazy<Predictor> _predictor;
    private bool _isDisposed;

    internal ImageClassificationModelParameters(Model model, ScoringOptions options, IReadOnlyList<BadImage>? leftOut = null)
    {
        Model = model;
        LeftOut = leftOut ?? [];
        _predictor = new Lazy<Predictor>(() => model.CreatePredictor(options.EffectiveExecutor, options.Predictor));
    }

    /// <summary>The classifier as a whole: network, weights, preprocessing and labels; what <c>resnetml predict</c> and exports take.</summary>
    public Model Model { get; }

    /// <summary>Training rows that could not be used, with the reason: unreadable images and missing labels. Not saved with the model.</summary>
    public IReadOnlyList<BadImage> LeftOut { get; }

    /// <inheritdoc/>
    public int NumberOfClasses => Model.Labels.Count;

    /// <inheritdoc/>
    public void CheckFeatures(DataViewSchema.Column features) => ImageColumn.Check(features, "The image classifier");

    /// <inheritdoc/>
    public MulticlassScorer OpenScorer()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new Scorer(_predictor.Value);
    }

    /// <inheritdoc/>
    public SavedComponent Save() => new(LoaderName, LoaderVersion, [.. ModelFile.Parts(Model)]);

    /// <summary>Frees what scoring needs once the runs in progress are done; the <see cref="Model"/> stays.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (_predictor.IsValueCreated)
        {
            _predictor.Value.Dispose();
        }
    }

    private sealed class Scorer(Predictor predictor) : MulticlassScorer
    {
        public override VBuffer<float>[] Score(Block block, int featureColumn, Action<int, string> unscorable)
        {
            var encoded = new ReadOnlyMemory<byte>[block.RowCount];
            for (int row = 0; row < encoded.Length; row++)
            {
                encoded[row] = ImageColumn.BytesOf(block, featureColumn, row);
            }

            var scores = new VBuffer<float>[encoded.Length];
            IReadOnlyList<(Prediction? Prediction, BadImage? Bad)> answers = predictor.PredictEncoded(encoded, row => $"row {row}");
            for (int row = 0; row < scores.Length; row++)
            {
                if (answers[row].Prediction is { } prediction)
                {
                    scores[row] = new VBuffer<float>(predictor.Labels.Count, prediction.ProbabilityArray);
                }
                else
                {
                    unscorable(row, answers[row].Bad!.Reason);
                }
            }

            return scores;
        }
    }

    /// <summary>Makes the transformer of a saved classifier; the context's <see cref="ScoringOptions"/> say what computes.</summary>
    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => MulticlassPredictionTransformer<ImageClassificationModelParameters>.Load(
            reader, new ImageClassificationModelParameters(ModelFile.Read(reader), ScoringOptions.Of(reader.Environment)));
    }
}
