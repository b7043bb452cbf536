using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Runtime;

[assembly: TransformerLoader(
    ResNetMl.Vision.ModelFile.Loader, ResNetMl.Vision.ModelFile.LoaderVersion, typeof(ResNetMl.Vision.ImageClassificationTransformer.Loader))]
[assembly: TransformerLoader(
    ResNetMl.Vision.ImageClassificationModelParameters.LoaderName, ResNetMl.Vision.ImageClassificationModelParameters.LoaderVersion,
    typeof(ResNetMl.Vision.ImageClassificationModelParameters.Loader))]

namespace ResNetMl.Vision;

/// <summary>A model as a transformer: reads encoded images, adds the label it predicts and the probability of each.</summary>
/// <remarks>
/// Reads <c>ImageSource</c> (a vector of bytes, the whole file); adds <c>PredictedLabel</c> (text) and <c>Score</c> (a vector of Single, its slot
/// names the labels), in ML.NET's order. A block is a batch. Where there is a text column <c>ImagePath</c>, messages name the image by it. An unreadable
/// image gets scores of NaN and an empty label in a view, with a warning, and is an error of an engine for single examples.
/// </remarks>
internal sealed class ImageClassificationTransformer : RowMappingTransformer, ISavableTransformer, IDecodedImageClassifier, IDisposable
{
    internal const string LabelColumn = "Label";
    internal const string ImageColumnName = "ImageSource";

    private readonly IHostEnvironment _environment;
    private readonly ImageClassificationModelParameters _model;

    /// <summary>Makes a model ready.</summary>
    /// <param name="environment">Who is told of images that cannot be read.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">What computes, and how.</param>
    internal ImageClassificationTransformer(IHostEnvironment environment, Model model, ScoringOptions options)
    {
        _environment = environment;
        _model = new ImageClassificationModelParameters(model, options);
    }

    /// <summary>The columns that a model's examples have; its label is not needed for scoring.</summary>
    internal static DataViewSchema ExampleSchema { get; } = MakeExampleSchema();

    string IDecodedImageClassifier.ImageColumnName => ImageColumnName;

    Model IDecodedImageClassifier.ExportedModel => _model.Model;

    /// <inheritdoc/>
    public SavedComponent Save() => new(ModelFile.Loader, ModelFile.LoaderVersion, [.. ModelFile.Parts(_model.Model)]);

    /// <summary>Frees what scoring needs. No pass over a view of it may be in progress.</summary>
    public void Dispose() => _model.Dispose();

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        DataViewSchema.Column image = Require(inputSchema, ImageColumnName);
        ImageColumn.Check(image, nameof(ImageClassificationTransformer));
        return new Mapping(this, inputSchema, image);
    }

    private static DataViewSchema MakeExampleSchema()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(LabelColumn, TextDataViewType.Instance);
        builder.AddColumn(ImageColumnName, new VectorDataViewType(NumberDataViewType.Byte));
        return builder.ToSchema();
    }

    private sealed class Mapping(ImageClassificationTransformer transformer, DataViewSchema schema, DataViewSchema.Column image)
        : BlockMapping(schema, AddedColumns(transformer._model.Model.Labels))
    {
        private readonly RowNames _names = new(schema, image.Name);

        public override IEnumerable<int> InputsOf(int added) => [image.Index, .. _names.Columns];

        public override BlockMap Open(ColumnSet added) => new Scoring(
            transformer._model, image.Index, _names, added,
            new LeftOutRows(transformer._environment, nameof(ImageClassificationTransformer), MulticlassColumns.Unscored));

        public override BlockMap OpenForExamples(ColumnSet added) => new Scoring(transformer._model, image.Index, _names, added, leftOut: null);

        private static DataViewSchema.DetachedColumn[] AddedColumns(IReadOnlyList<string> labels)
        {
            var predicted = new DataViewSchema.Annotations.Builder();
            MulticlassColumns.AddKind(predicted, MulticlassColumns.PredictedLabel);
            var score = new DataViewSchema.Annotations.Builder();
            score.AddSlotNames(labels);
            score.AddTexts(AnnotationKinds.TrainingLabelValues, labels);
            MulticlassColumns.AddKind(score, MulticlassColumns.Score);
            return
            [
                new(MulticlassColumns.PredictedLabel, TextDataViewType.Instance, predicted.ToAnnotations()),
                new(MulticlassColumns.Score, new VectorDataViewType(NumberDataViewType.Single, labels.Count), score.ToAnnotations()),
            ];
        }
    }

    private sealed class Scoring(ImageClassificationModelParameters model, int image, RowNames names, ColumnSet added, LeftOutRows? leftOut) : BlockMap
    {
        private readonly ReadOnlyMemory<char>[] _labels = [.. model.Model.Labels.Select(label => label.AsMemory())];
        private MulticlassScorer? _scorer;

        public override void Map(Block input, Span<BlockColumn?> output)
        {
            if (!added.Any())
            {
                return;
            }

            _scorer ??= model.OpenScorer();
            VBuffer<float>[] scores = MulticlassColumns.ScoreRows(_scorer, input, image, names, model.NumberOfClasses, leftOut);
            output[0] = added.Contains(0) ? new BlockColumn<ReadOnlyMemory<char>>(Array.ConvertAll(scores, LabelOf)) : null;
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

        /// <summary>Empty, which is a missing text, where the row has no scores.</summary>
        private ReadOnlyMemory<char> LabelOf(VBuffer<float> score) => MulticlassColumns.BestOf(score.GetValues()) is >= 0 and var best ? _labels[best] : default;
    }

    /// <summary>Makes the transformer of a model that was saved alone or in a pipeline; the context's <see cref="ScoringOptions"/> say what computes.</summary>
    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader)
        {
            Model model = ModelFile.Read(reader);
            ScoringOptions options = ScoringOptions.Of(reader.Environment);
            string executor = options.Executor is { } chosen ? $"{chosen.Name}: {chosen.Description}" : Backends.DefaultReason;
            reader.Environment.Report(
                nameof(ImageClassificationTransformer), Runtime.ChannelMessageKind.Info, $"'{reader.FileName}' is scored by {executor}");
            return new ImageClassificationTransformer(reader.Environment, model, options);
        }
    }
}
