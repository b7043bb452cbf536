using System.Text.Json;
using ResNetMl.Images;
using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>Scores rows with a classifier: adds the predicted label, a key, and the probability of each class.</summary>
/// <remarks>
/// <para>Added are, in ML.NET's order, the predicted label (a key whose values are those of the training labels; the lowest of equally likely classes) and the
/// score (a vector of Single, its slot names the labels). A block is a batch.</para>
/// <para>A row that cannot be scored, such as an unreadable image, never gets numbers: in a view all its scores are NaN and its predicted label is missing
/// (key 0), and a warning names it; an engine for single examples throws <see cref="ImageFormatException"/>.</para>
/// </remarks>
/// <typeparam name="TModel">The classifier.</typeparam>
public sealed class MulticlassPredictionTransformer<TModel>
    : RowMappingTransformer, ISingleFeaturePredictionTransformer<TModel>, ISavableTransformer, IDisposable
    where TModel : class, IMulticlassModel
{
    private const string ColumnsPart = "columns.json";

    private readonly IHostEnvironment _environment;
    private readonly ClassLabels _labels;
    private readonly string _scoreColumnName;
    private readonly string _predictedLabelColumnName;

    /// <summary>Makes a transformer; it owns the model.</summary>
    /// <param name="environment">Who is told of rows that cannot be scored.</param>
    /// <param name="model">The classifier.</param>
    /// <param name="labels">What its classes stand for.</param>
    /// <param name="featureColumnName">The column to score.</param>
    /// <param name="featureColumnType">Its type in the training rows.</param>
    /// <param name="scoreColumnName">Name of the probabilities.</param>
    /// <param name="predictedLabelColumnName">Name of the predicted label.</param>
    /// <exception cref="ArgumentException">The model has another number of classes than there are labels, or two columns have one name.</exception>
    public MulticlassPredictionTransformer(
        IHostEnvironment environment, TModel model, ClassLabels labels, string featureColumnName, DataViewType featureColumnType,
        string scoreColumnName = MulticlassColumns.Score, string predictedLabelColumnName = MulticlassColumns.PredictedLabel)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentException.ThrowIfNullOrEmpty(featureColumnName);
        ArgumentNullException.ThrowIfNull(featureColumnType);
        MulticlassColumns.CheckNames(scoreColumnName, predictedLabelColumnName);
        if (model.NumberOfClasses != labels.Count)
        {
            throw new ArgumentException($"The model tells {model.NumberOfClasses} classes apart, got {labels.Count} labels. Give one label a class.", nameof(labels));
        }

        _environment = environment;
        Model = model;
        _labels = labels;
        FeatureColumnName = featureColumnName;
        FeatureColumnType = featureColumnType;
        _scoreColumnName = scoreColumnName;
        _predictedLabelColumnName = predictedLabelColumnName;
    }

    /// <summary>The classifier.</summary>
    public TModel Model { get; }

    /// <inheritdoc/>
    public string FeatureColumnName { get; }

    /// <inheritdoc/>
    public DataViewType FeatureColumnType { get; }

    /// <summary>Makes a saved transformer again; what the model's loader calls.</summary>
    /// <param name="reader">The parts that <see cref="Save"/> wrote.</param>
    /// <param name="model">The model, read from them.</param>
    /// <exception cref="ModelFormatException">The columns' part is absent, damaged or does not fit the model.</exception>
    public static MulticlassPredictionTransformer<TModel> Load(ComponentReader reader, TModel model)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.ReadJson(ColumnsPart, root => new MulticlassPredictionTransformer<TModel>(
            reader.Environment,
            model,
            ClassLabels.Read(root.GetProperty("labels")),
            root.GetProperty("features").GetString()!,
            TypeJson.Read(root.GetProperty("featuresType")),
            root.GetProperty("score").GetString()!,
            root.GetProperty("predictedLabel").GetString()!));
    }

    /// <inheritdoc/>
    public SavedComponent Save()
    {
        SavedComponent model = Model.Save();
        var columns = new ModelPart(ColumnsPart, stream =>
        {
            using var json = new Utf8JsonWriter(stream);
            json.WriteStartObject();
            json.WriteString("features", FeatureColumnName);
            json.WritePropertyName("featuresType");
            TypeJson.Write(json, FeatureColumnType);
            json.WriteString("score", _scoreColumnName);
            json.WriteString("predictedLabel", _predictedLabelColumnName);
            json.WritePropertyName("labels");
            _labels.Write(json);
            json.WriteEndObject();
        });
        return model with { Parts = [.. model.Parts, columns] };
    }

    /// <summary>Frees what the model holds. No pass over a view of it may be in progress.</summary>
    public void Dispose() => (Model as IDisposable)?.Dispose();

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        DataViewSchema.Column features = Require(inputSchema, FeatureColumnName);
        Model.CheckFeatures(features);
        return new Mapping(this, inputSchema, features);
    }

    private DataViewSchema.DetachedColumn[] AddedColumns()
    {
        var predicted = new DataViewSchema.Annotations.Builder();
        _labels.AddValues(predicted, AnnotationKinds.KeyValues);
        MulticlassColumns.AddKind(predicted, MulticlassColumns.PredictedLabel);
        var score = new DataViewSchema.Annotations.Builder();
        _labels.AddSlotNames(score);
        _labels.AddValues(score, AnnotationKinds.TrainingLabelValues);
        MulticlassColumns.AddKind(score, MulticlassColumns.Score);
        return
        [
            new(_predictedLabelColumnName, new KeyDataViewType(typeof(uint), _labels.Count), predicted.ToAnnotations()),
            new(_scoreColumnName, new VectorDataViewType(NumberDataViewType.Single, _labels.Count), score.ToAnnotations()),
        ];
    }

    private sealed class Mapping(MulticlassPredictionTransformer<TModel> transformer, DataViewSchema schema, DataViewSchema.Column features)
        : BlockMapping(schema, transformer.AddedColumns())
    {
        private readonly RowNames _names = new(schema, features.Name);

        public override IEnumerable<int> InputsOf(int added) => [features.Index, .. _names.Columns];

        public override BlockMap Open(ColumnSet added) => new ScoringMap(
            transformer.Model, features.Index, _names, added,
            new LeftOutRows(transformer._environment, nameof(MulticlassPredictionTransformer<>), MulticlassColumns.Unscored));

        public override BlockMap OpenForExamples(ColumnSet added) => new ScoringMap(transformer.Model, features.Index, _names, added, leftOut: null);
    }

    private sealed class ScoringMap(IMulticlassModel model, int features, RowNames names, ColumnSet added, LeftOutRows? leftOut) : BlockMap
    {
        private MulticlassScorer? _scorer;

        public override void Map(Block input, Span<BlockColumn?> output)
        {
            if (!added.Any())
            {
                return;
            }

            _scorer ??= model.OpenScorer();
            VBuffer<float>[] scores = MulticlassColumns.ScoreRows(_scorer, input, features, names, model.NumberOfClasses, leftOut);
            output[0] = added.Contains(0) ? new BlockColumn<uint>(Array.ConvertAll(scores, score => (uint)(MulticlassColumns.BestOf(score.GetValues()) + 1))) : null;
            output[1] = added.Contains(1) ? new BlockColumn<VBuffer<float>>(scores) : null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                leftOut?.Complete();
                _scorer?.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
