using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Engine;

[assembly: TransformerLoader(
    ResNetMl.Vision.ModelFile.Loader, ResNetMl.Vision.ModelFile.LoaderVersion, typeof(ResNetMl.Vision.ImageClassificationTransformer.Loader))]

namespace ResNetMl.Vision;

/// <summary>A model as a transformer: reads encoded images, adds the label it predicts and the probability of each.</summary>
/// <remarks>
/// Reads <c>ImageSource</c> (a vector of bytes, the whole file); adds <c>PredictedLabel</c> (text) and <c>Score</c> (a vector of Single, its slot
/// names the labels), in ML.NET's order. A block is a batch. Where there is a text column <c>ImagePath</c>, errors name the image by it.
/// </remarks>
internal sealed class ImageClassificationTransformer : RowMappingTransformer, ISavableTransformer, IDisposable
{
    internal const string LabelColumn = "Label";
    internal const string ImageColumn = "ImageSource";
    internal const string PathColumn = "ImagePath";
    internal const string PredictedLabelColumn = "PredictedLabel";
    internal const string ScoreColumn = "Score";

    private readonly Predictor _predictor;

    /// <summary>Makes a model ready.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What computes, and how.</param>
    internal ImageClassificationTransformer(Model model, ScoringOptions options) =>
        _predictor = model.CreatePredictor(options.EffectiveExecutor, options.Predictor);

    /// <summary>The columns that a model's examples have; its label is not needed for scoring.</summary>
    internal static DataViewSchema ExampleSchema { get; } = MakeExampleSchema();

    /// <inheritdoc/>
    public SavedComponent Save() => new(ModelFile.Loader, ModelFile.LoaderVersion, [.. ModelFile.Parts(_predictor.Model)]);

    /// <summary>Frees what scoring needs. No pass over a view of it may be in progress.</summary>
    public void Dispose() => _predictor.Dispose();

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        DataViewSchema.Column image = Require(inputSchema, ImageColumn);
        if (image.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var raw } } || raw != typeof(byte))
        {
            throw new ArgumentException(
                $"{nameof(ImageClassificationTransformer)}: expected column '{ImageColumn}' to be {new VectorDataViewType(NumberDataViewType.Byte)}, " +
                $"the bytes of an encoded image, got {image.Type}. Give the image files' content as byte[].",
                nameof(inputSchema));
        }

        int? path = inputSchema.GetColumnOrNull(PathColumn) is { Type: TextDataViewType } text ? text.Index : null;
        return new Mapping(inputSchema, image.Index, path, _predictor);
    }

    private static DataViewSchema MakeExampleSchema()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(LabelColumn, TextDataViewType.Instance);
        builder.AddColumn(ImageColumn, new VectorDataViewType(NumberDataViewType.Byte));
        return builder.ToSchema();
    }

    private sealed class Mapping(DataViewSchema schema, int image, int? path, Predictor predictor)
        : BlockMapping(schema, AddedColumns(predictor.Model.Labels))
    {
        private readonly ReadOnlyMemory<char>[] _labels = [.. predictor.Model.Labels.Select(label => label.AsMemory())];

        public override IEnumerable<int> InputsOf(int added) => path is { } index ? [image, index] : [image];

        public override BlockMap Open(ColumnSet added) => new Scoring(this, added);

        private static DataViewSchema.DetachedColumn[] AddedColumns(IReadOnlyList<string> labels)
        {
            var predicted = new DataViewSchema.Annotations.Builder();
            AddKind(predicted, PredictedLabelColumn);
            var score = new DataViewSchema.Annotations.Builder();
            score.AddSlotNames(labels);
            score.AddTexts(AnnotationKinds.TrainingLabelValues, labels);
            AddKind(score, ScoreColumn);
            return
            [
                new(PredictedLabelColumn, TextDataViewType.Instance, predicted.ToAnnotations()),
                new(ScoreColumn, new VectorDataViewType(NumberDataViewType.Single, labels.Count), score.ToAnnotations()),
            ];
        }

        private static void AddKind(DataViewSchema.Annotations.Builder annotations, string kind) =>
            annotations.AddPrimitiveValue(AnnotationKinds.ScoreValueKind, TextDataViewType.Instance, kind.AsMemory());

        private Prediction[] Score(Block input)
        {
            var encoded = new ReadOnlyMemory<byte>[input.RowCount];
            for (int row = 0; row < encoded.Length; row++)
            {
                ref readonly VBuffer<byte> file = ref input.Values<VBuffer<byte>>(image)[row];
                byte[] bytes = new byte[file.Length];
                file.CopyTo(bytes);
                encoded[row] = bytes;
            }

            return [.. predictor.PredictEncoded(encoded, row => NameOf(input, row))];
        }

        /// <summary>A source numbers its rows in their ids, which shuffling and filtering keep.</summary>
        private string NameOf(Block input, int row)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"row {input.Ids[row].Low}");
            return path is { } index && input.Values<ReadOnlyMemory<char>>(index)[row] is { IsEmpty: false } name
                ? $"{name} ({place})"
                : $"column '{ImageColumn}', {place}";
        }

        private sealed class Scoring(Mapping mapping, ColumnSet added) : BlockMap
        {
            public override void Map(Block input, Span<BlockColumn?> output)
            {
                if (!added.Any())
                {
                    return;
                }

                Prediction[] predictions = mapping.Score(input);
                output[0] = added.Contains(0)
                    ? new BlockColumn<ReadOnlyMemory<char>>(Array.ConvertAll(predictions, prediction => mapping._labels[prediction.Best.Index]))
                    : null;
                output[1] = added.Contains(1)
                    ? new BlockColumn<VBuffer<float>>(Array.ConvertAll(predictions, ScoreOf))
                    : null;
            }

            private static VBuffer<float> ScoreOf(Prediction prediction) =>
                new(prediction.Probabilities.Length, prediction.ProbabilityArray);
        }
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
            return new ImageClassificationTransformer(model, options);
        }
    }
}
