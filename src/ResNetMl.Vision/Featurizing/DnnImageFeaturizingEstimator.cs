using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Runtime;
using ResNetMl.Vision;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Makes features of images with a network without its classifier. Learns nothing; fitting finds the weights.</summary>
public sealed class DnnImageFeaturizingEstimator : IEstimator<DnnImageFeaturizingTransformer>
{
    private static readonly ImageSize DefaultSize = new(224, 224);

    private readonly IHostEnvironment _environment;
    private readonly DnnImageFeaturizerOptions _options;
    private readonly string _input;

    internal DnnImageFeaturizingEstimator(IHostEnvironment environment, DnnImageFeaturizerOptions options)
    {
        _environment = environment;
        _options = options.Copy();
        ArgumentException.ThrowIfNullOrEmpty(_options.OutputColumnName, nameof(_options.OutputColumnName));
        ArgumentException.ThrowIfNullOrEmpty(_options.Architecture, nameof(_options.Architecture));
        _input = string.IsNullOrEmpty(_options.InputColumnName) ? _options.OutputColumnName : _options.InputColumnName;
    }

    /// <summary>Finds the weights and makes the network ready.</summary>
    /// <param name="input">The rows; their columns are looked at.</param>
    /// <exception cref="WeightsException">The weights are neither on this machine nor can they be downloaded; the message says where to put which file.</exception>
    /// <exception cref="Interchange.InterchangeException">The file cannot be read, or its network makes no features of images.</exception>
    /// <exception cref="ArgumentException">The column is absent or holds neither images nor pixels.</exception>
    public DnnImageFeaturizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = GetOutputSchema(SchemaShape.Create(input.Schema));
        DnnImageFeaturizerOptions options = _options.Copy();
        Backbone backbone = Backbone.Load(
            new BackboneRequest(options.Architecture)
            {
                WeightsPath = options.WeightsPath,
                Store = options.WeightsFolder is { } folder ? new WeightsStore(new WeightsStoreOptions { Folder = folder }) : null,
                Preprocessing = options.Preprocessing,
                Size = options.ImageSize ?? (options.Preprocessing is null ? DefaultSize : null),
            },
            _environment, nameof(DnnImageFeaturizingEstimator), CancellationToken.None);
        ScoringOptions scoring = ScoringOptions.Of(_environment);
        var transformer = new DnnImageFeaturizingTransformer(
            _environment, options.OutputColumnName, _input, backbone, options.Executor is { } executor ? scoring with { Executor = executor } : scoring);
        _ = transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _ = inputSchema.Require(_input, nameof(DnnImageFeaturizingEstimator));
        return inputSchema.With(new SchemaShape.Column(_options.OutputColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false));
    }
}
