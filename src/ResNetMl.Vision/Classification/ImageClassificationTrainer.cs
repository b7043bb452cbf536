using System.Security.Cryptography;
using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Trainers;

namespace ResNetMl.Vision;

/// <summary>Learns to classify images from few examples: a published network makes features of them, and a linear classifier of those is trained.</summary>
/// <remarks>
/// <para>The label is a key, the images are encoded files in a vector of bytes. Each image is decoded, squashed to the network's size and normalised as its
/// weights expect; features are standardised over the training rows, and the scaling is folded into the classifier afterwards.</para>
/// <para>The best epoch is kept: by validation accuracy, ties by cross-entropy. Rows whose image cannot be read or whose label is missing are left out, each with a
/// warning through <see cref="MLContext.Log"/>, and listed in <see cref="ImageClassificationModelParameters.LeftOut"/>.</para>
/// </remarks>
public sealed partial class ImageClassificationTrainer
    : ITrainerEstimator<MulticlassPredictionTransformer<ImageClassificationModelParameters>, ImageClassificationModelParameters>
{
    /// <summary>Who speaks in <see cref="MLContext.Log"/>.</summary>
    internal const string Source = $"{nameof(ImageClassificationTrainer)}; Trainer";

    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal ImageClassificationTrainer(IHostEnvironment environment, Options options)
    {
        _environment = environment;
        _options = options.Copy();
        OptionsCheck.Check(_options);
    }

    /// <summary>Learns from a view, read once; validation rows are those of <see cref="Options.ValidationSet"/>, or a share of the view's.</summary>
    /// <param name="input">The training rows.</param>
    /// <returns>The fitted classifier, which adds predicted label and score.</returns>
    /// <exception cref="ArgumentException">A column is absent, of another type, or has one class; the message names column, expected and got.</exception>
    /// <exception cref="Images.DatasetException">No row can be used.</exception>
    /// <exception cref="WeightsException">The backbone's weights are not here and cannot be downloaded.</exception>
    /// <exception cref="Interchange.InterchangeException">The backbone's file cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> ended it.</exception>
    public MulticlassPredictionTransformer<ImageClassificationModelParameters> Fit(IDataView input) => Train(input, _options.ValidationSet);

    /// <summary>Learns from a view and validates on another, which goes before <see cref="Options.ValidationSet"/>.</summary>
    /// <param name="trainData">The training rows.</param>
    /// <param name="validationData">The validation rows; their labels are keys of the same values.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public MulticlassPredictionTransformer<ImageClassificationModelParameters> Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(validationData);
        return Train(trainData, validationData);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column label = LabelColumn.Check(inputSchema, _options.LabelColumnName, nameof(ImageClassificationTrainer));
        SchemaShape.Column features = inputSchema.Require(_options.FeatureColumnName, nameof(ImageClassificationTrainer));
        if (features.Kind == SchemaShape.Column.VectorKind.Scalar || !features.ItemType.Equals(NumberDataViewType.Byte) || features.IsKey)
        {
            throw new ArgumentException(
                $"{nameof(ImageClassificationTrainer)}: expected column '{features.Name}' to be {new VectorDataViewType(NumberDataViewType.Byte)}, the bytes of an " +
                $"encoded image, got {features}. Give the image files' content as byte[], as LoadRawImageBytes does.",
                nameof(inputSchema));
        }

        return inputSchema.With(MulticlassColumns.ShapesOf(label, _options.ScoreColumnName, _options.PredictedLabelColumnName));
    }

    private MulticlassPredictionTransformer<ImageClassificationModelParameters> Train(IDataView training, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ulong seed = unchecked((ulong)(_options.Seed ?? _environment.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue)));
        var fit = new ImageClassificationFit(_environment, _options, seed);
        LabelColumn label = LabelColumn.Find(training.Schema, _options.LabelColumnName, nameof(ImageClassificationTrainer));
        ImageClassificationModelParameters model = fit.Run(BlockView.Of(training), validation is null ? null : BlockView.Of(validation), label);
        return new MulticlassPredictionTransformer<ImageClassificationModelParameters>(
            _environment, model, label.Labels, _options.FeatureColumnName, training.Schema[_options.FeatureColumnName].Type, _options.ScoreColumnName,
            _options.PredictedLabelColumnName);
    }
}
