using System.Collections.Concurrent;
using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Runtime;
using ResNetMl.Tensors;
using ResNetMl.Vision;

[assembly: TransformerLoader(
    ResNetMl.Transforms.Onnx.DnnImageFeaturizingTransformer.LoaderName, newestVersion: 1, typeof(ResNetMl.Transforms.Onnx.DnnImageFeaturizingTransformer.Loader))]

namespace ResNetMl.Transforms.Onnx;

/// <summary>Makes features of images with a network without its classifier; threads may share one.</summary>
/// <remarks>
/// Adds a vector of Single of known size. An image that cannot be read gets features of NaN in a view, with a warning that names it, so that trainers leave
/// it out and classifiers do not score it; an engine for single examples throws <see cref="ImageFormatException"/>.
/// </remarks>
public sealed class DnnImageFeaturizingTransformer : RowMappingTransformer, ISavableTransformer, IDisposable
{
    internal const string LoaderName = "DnnImageFeaturizer";

    private const string ColumnsPart = "columns.json";
    private const string Unfeatured = "without features: they are NaN";

    private readonly IHostEnvironment _environment;
    private readonly Backbone _backbone;
    private readonly ScoringOptions _options;
    private readonly ConcurrentDictionary<(int Height, int Width), Lazy<NetworkScorer>> _scorers = [];

    internal DnnImageFeaturizingTransformer(IHostEnvironment environment, string output, string input, Backbone backbone, ScoringOptions options)
    {
        _environment = environment;
        _backbone = backbone;
        _options = options;
        OutputColumnName = output;
        InputColumnName = input;
    }

    /// <summary>The column of features.</summary>
    public string OutputColumnName { get; }

    /// <summary>The column of images or pixels.</summary>
    public string InputColumnName { get; }

    /// <summary>How many features an image has.</summary>
    public int NumberOfFeatures => _backbone.FeatureCount;

    /// <inheritdoc/>
    public SavedComponent Save()
    {
        IReadOnlyList<NamedTensor> weights = NamedTensor.Of(_backbone.Weights);
        return new SavedComponent(
            LoaderName, 1,
            [
                ModelPart.FromText(ColumnsPart, JsonSerializer.Serialize(new SavedColumns(OutputColumnName, InputColumnName, _backbone.Name), FileJson.Options)),
                ModelPart.FromText(ModelFile.NetworkPart, NetworkJson.Write(_backbone.Definition)),
                ModelPart.FromText(ModelFile.PreprocessingPart, _backbone.Preprocessing.ToJson()),
                new ModelPart(ModelFile.WeightsPart, stream => SafetensorsPart.Write(stream, weights)),
            ]);
    }

    /// <summary>Frees the prepared networks. No pass over a view of it may be in progress.</summary>
    public void Dispose()
    {
        foreach (Lazy<NetworkScorer> scorer in _scorers.Values.Where(scorer => scorer.IsValueCreated))
        {
            scorer.Value.Dispose();
        }
    }

    /// <summary>Writes the network behind what its input column is in a graph.</summary>
    internal ExportedColumn.Numbers Export(PipelineExport export)
    {
        if (export.HoldsImages(InputColumnName))
        {
            string prepared = export.Prepared(InputColumnName, _backbone.Preprocessing, nameof(DnnImageFeaturizingTransformer));
            return Features(export, prepared, _backbone.Definition);
        }

        ExportedColumn.Numbers pixels = export.NumbersOf(InputColumnName, nameof(DnnImageFeaturizingTransformer));
        (int height, int width) = SizeOf(new VectorDataViewType(NumberDataViewType.Single, [.. pixels.Lengths]))!.Value;
        string planes = pixels.Lengths.Count == 3 ? pixels.Value : export.Graph.Reshape(pixels.Value, [RgbImage.Channels, height, width]);
        Preprocessing numbers = _backbone.Preprocessing;
        string normalised = export.Graph.ExtractPixels(planes, Channels(numbers), 255, numbers.Mean, numbers.StandardDeviation, divides: true, interleaves: false);
        return Features(export, normalised, _backbone.Definition.WithInputShape([RgbImage.Channels, height, width]));
    }

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        DataViewSchema.Column column = Require(inputSchema, InputColumnName);
        Func<Block, int, Tensor> prepare;
        (int Height, int Width) size = InputSize;
        if (column.Type is VectorDataViewType { ItemType: NumberDataViewType item } && item.Equals(NumberDataViewType.Byte))
        {
            prepare = (block, row) => _backbone.Preprocessing.Apply(
                ImageDecoder.Decode(Vision.ImageColumn.BytesOf(block, column.Index, row), $"row {row}", _options.Predictor.Decoding));
        }
        else if (column.Type is Image.ImageDataViewType)
        {
            prepare = (block, row) => block.Values<MLImage?>(column.Index)[row] is { } image
                ? _backbone.Preprocessing.Apply(new RgbImage(image.Width, image.Height, Image.FilteredResize.Rgb(image)))
                : throw new ImageFormatException($"row {row}", "expected an image, got none.");
        }
        else if (SizeOf(column.Type) is { } pixels && Channels(_backbone.Preprocessing).Length == RgbImage.Channels)
        {
            size = pixels;
            prepare = (block, row) => Normalise(block.Values<VBuffer<float>>(column.Index)[row], size.Height, size.Width);
        }
        else
        {
            throw new ArgumentException(
                $"{nameof(DnnImageFeaturizingTransformer)}: expected column '{column.Name}' to hold images ({new VectorDataViewType(NumberDataViewType.Byte)} or Image) or " +
                $"pixels ({new VectorDataViewType(NumberDataViewType.Single, 3, 224, 224)}, any height and width), got {column.Type}. " +
                "Load images with LoadImages or LoadRawImageBytes, or resize them and use ExtractPixels.",
                nameof(inputSchema));
        }

        return new Mapping(this, inputSchema, column, prepare, _scorers.GetOrAdd(size, key => new Lazy<NetworkScorer>(() => Prepare(key))));
    }

    private (int Height, int Width) InputSize => (_backbone.Definition.Inputs[0].Shape[2], _backbone.Definition.Inputs[0].Shape[3]);

    /// <summary>Height and width of pixels [3, H, W]; a vector without axes is a square.</summary>
    private static (int Height, int Width)? SizeOf(DataViewType type)
    {
        if (type is not VectorDataViewType { IsKnownSize: true, ItemType: NumberDataViewType item } vector || !item.Equals(NumberDataViewType.Single))
        {
            return null;
        }

        int[] axes = [.. vector.Dimensions];
        int side = (int)Math.Round(Math.Sqrt(vector.Size / 3.0));
        return axes is [RgbImage.Channels, var height, var width] ? (height, width)
            : axes is [1, RgbImage.Channels, var rows, var columns] ? (rows, columns)
            : axes.Length == 1 && RgbImage.Channels * side * side == vector.Size ? (side, side)
            : null;
    }

    private static int[] Channels(Preprocessing preprocessing) => preprocessing.ChannelOrder switch
    {
        ChannelOrder.Rgb => [0, 1, 2],
        ChannelOrder.Bgr => [2, 1, 0],
        _ => [],
    };

    private ExportedColumn.Numbers Features(PipelineExport export, string input, NetworkDefinition definition) =>
        new(export.Graph.AddNetwork(input, new ImportedNetwork(definition, _backbone.Weights)), [NumberOfFeatures]);

    private NetworkScorer Prepare((int Height, int Width) size)
    {
        NetworkDefinition definition = size == InputSize ? _backbone.Definition : _backbone.Definition.WithInputShape([_backbone.Preprocessing.Channels, size.Height, size.Width]);
        PredictorOptions predictor = _options.Predictor;
        PreparedNetwork network = _options.EffectiveExecutor.Prepare(
            definition, _backbone.Weights, new CompileOptions { Threads = predictor.Threads, Precision = predictor.Precision });
        return new NetworkScorer(
            network, definition.Inputs[0].Shape, predictor.Threads, predictor.CombinesConcurrentCalls ? predictor.CombinedBatchSize : 1);
    }

    private Tensor Normalise(VBuffer<float> pixels, int height, int width)
    {
        float[] values = new float[pixels.Length];
        pixels.CopyTo(values);
        Preprocessing numbers = _backbone.Preprocessing;
        var tensor = new Tensor([1, RgbImage.Channels, height, width]);
        int[] channels = Channels(numbers);
        int plane = height * width;
        for (int channel = 0; channel < channels.Length; channel++)
        {
            Span<float> to = tensor.Span.Slice(channel * plane, plane);
            for (int i = 0; i < plane; i++)
            {
                float value = values[(channels[channel] * plane) + i];
                to[i] = float.IsFinite(value)
                    ? ((value / 255f) - numbers.Mean[channel]) / numbers.StandardDeviation[channel]
                    : throw new ImageFormatException("pixels", $"pixel value {i} of channel {channel} is {value}.");
            }
        }

        return tensor;
    }

    private sealed class Mapping(
        DnnImageFeaturizingTransformer transformer, DataViewSchema schema, DataViewSchema.Column column, Func<Block, int, Tensor> prepare, Lazy<NetworkScorer> scorer)
        : BlockMapping(schema, [new DataViewSchema.DetachedColumn(
            transformer.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, transformer.NumberOfFeatures))])
    {
        private readonly RowNames _names = new(schema, column.Name);

        public override IEnumerable<int> InputsOf(int added) => [column.Index, .. _names.Columns];

        public override BlockMap Open(ColumnSet added) => new Pass(
            transformer, _names, added, prepare, scorer, new LeftOutRows(transformer._environment, nameof(DnnImageFeaturizingTransformer), Unfeatured));

        public override BlockMap OpenForExamples(ColumnSet added) => new Pass(transformer, _names, added, prepare, scorer, leftOut: null);
    }

    private sealed class Pass(
        DnnImageFeaturizingTransformer transformer, RowNames names, ColumnSet added, Func<Block, int, Tensor> prepare, Lazy<NetworkScorer> scorer, LeftOutRows? leftOut)
        : BlockMap
    {
        public override void Map(Block input, Span<BlockColumn?> output)
        {
            if (!added.Any())
            {
                return;
            }

            (Tensor? Image, string? Reason)[] prepared = Image.ParallelRows.Map(input.RowCount, row => Prepare(input, row));
            for (int row = 0; row < prepared.Length; row++)
            {
                if (prepared[row].Reason is { } reason)
                {
                    string name = names.Of(input, row);
                    (leftOut ?? throw new ImageFormatException(name, reason)).Add(name, reason);
                }
            }

            Tensor[] images = [.. prepared.Where(row => row.Image is not null).Select(row => row.Image!)];
            var computed = new Queue<float[]>(images.Length == 0 ? []
                : images.Length == 1 ? [scorer.Value.Score(images[0])]
                : images.Chunk(transformer._options.Predictor.BatchSize).SelectMany(chunk =>
                    scorer.Value.Score(chunk, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)chunk.Length))));
            output[0] = new BlockColumn<VBuffer<float>>(Array.ConvertAll(
                prepared, row => new VBuffer<float>(transformer.NumberOfFeatures, row.Image is null ? Missing() : computed.Dequeue())));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                leftOut?.Complete();
            }

            base.Dispose(disposing);
        }

        private (Tensor? Image, string? Reason) Prepare(Block input, int row)
        {
            try
            {
                return (prepare(input, row), null);
            }
            catch (ImageFormatException exception)
            {
                return (null, exception.Reason);
            }
        }

        private float[] Missing()
        {
            var missing = new float[transformer.NumberOfFeatures];
            Array.Fill(missing, float.NaN);
            return missing;
        }
    }

    private sealed record SavedColumns(string Output, string Input, string Network);

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader)
        {
            try
            {
                SavedColumns columns = FileJson.Read<SavedColumns>(reader, ColumnsPart);
                NetworkDefinition definition = NetworkJson.Read(reader.ReadText(ModelFile.NetworkPart));
                var preprocessing = Preprocessing.FromJson(reader.ReadText(ModelFile.PreprocessingPart));
                ArgumentException.ThrowIfNullOrEmpty(columns.Output);
                ArgumentException.ThrowIfNullOrEmpty(columns.Input);
                Shape input = definition.Inputs[0].Shape;
                if (definition.Inputs.Count != 1 || input.Rank != 4 || input[1] != preprocessing.Channels || definition.ShapeOf(definition.Outputs[0]).Rank != 2)
                {
                    throw new FormatException($"its network makes no features of images: {input} to {definition.ShapeOf(definition.Outputs[0])}");
                }

                return new DnnImageFeaturizingTransformer(
                    reader.Environment, columns.Output, columns.Input,
                    new Backbone(columns.Network, definition, ModelFile.ReadWeights(reader, definition), preprocessing), ScoringOptions.Of(reader.Environment));
            }
            catch (Exception exception) when (exception is NetworkFormatException or ArgumentException or (FormatException and not ModelFormatException))
            {
                throw new ModelFormatException(
                    ModelFormatError.Damaged, $"'{reader.FileName}' holds parts that make no image featurizer: {exception.Message}", exception);
            }
        }
    }
}
