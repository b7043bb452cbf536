using System.Diagnostics;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Transforms.Image;

namespace ResNetMl.Vision;

/// <summary>A pipeline that <c>mlContext.Model.Save</c> wrote, used as a classifier of images without a class for its rows.</summary>
/// <remarks>
/// It is fed through the one column that its scores are computed from: encoded bytes, an <see cref="MLImage"/>, or the path that <c>LoadImages</c> or
/// <c>LoadRawImageBytes</c> reads. Its labels are the slot names of its scores. One thread at a time.
/// </remarks>
public sealed class SavedPipeline : IImageClassifier
{
    private static readonly DecodingOptions Decoding = DecodingOptions.Default;

    private readonly ITransformer _pipeline;
    private readonly ExampleView _example;
    private readonly BlockReader _reader;
    private readonly int _scoreColumn;
    private readonly DataViewSchema.Column _input;

    private SavedPipeline(ITransformer pipeline, DataViewSchema inputSchema, string name)
    {
        _pipeline = pipeline;
        DataViewSchema output = pipeline.GetOutputSchema(inputSchema);
        DataViewSchema.Column score = FindScore(output, name);
        Labels = LabelsOf(score);
        _input = FindInput(pipeline, inputSchema, score, name);
        _example = new ExampleView(inputSchema, _input.Name);
        BlockView result = BlockView.Of(pipeline.Transform(_example));
        _scoreColumn = score.Index;
        _reader = result.OpenReader([result.Schema[_scoreColumn]]);
    }

    /// <summary>Name of the column that images are given by.</summary>
    public string InputColumnName => _input.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether a file holds a pipeline rather than a <see cref="Model"/>.</summary>
    /// <param name="path">A file of this product.</param>
    /// <exception cref="ModelFormatException">It is no file of this product, or damaged.</exception>
    public static bool IsPipeline(string path)
    {
        using ModelArchive archive = ModelArchive.Open(path);
        return archive.Manifest.Loader is not (ModelFile.Loader or CheckpointFile.Loader);
    }

    /// <summary>Loads a pipeline.</summary>
    /// <param name="path">A file that <c>mlContext.Model.Save</c> wrote.</param>
    /// <param name="context">Says how it computes and is told what it says; null for one with the defaults.</param>
    /// <exception cref="ModelFormatException">Not a model, damaged, cut short, too new or unsafe; the message says which.</exception>
    /// <exception cref="PipelineInputException">It has no scores, or is not fed by one image column; the message names the columns.</exception>
    public static SavedPipeline Load(string path, MLContext? context = null)
    {
        ITransformer pipeline = (context ?? new MLContext()).Model.Load(path, out DataViewSchema? inputSchema);
        try
        {
            return new SavedPipeline(
                pipeline,
                inputSchema ?? throw new PipelineInputException(
                    $"{path}: the pipeline was saved without its input's columns, so nothing says how to feed it. Save it with the schema of the training data."),
                path);
        }
        catch
        {
            (pipeline as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Prediction PredictFile(string path)
    {
        if (_input.Type is TextDataViewType)
        {
            // A transform that looks in a folder of its own takes a full path as it is.
            return Predict(Path.GetFullPath(path).AsMemory(), path);
        }

        byte[] encoded;
        try
        {
            var file = new FileInfo(path);
            if (file.Length > Decoding.MaxEncodedBytes)
            {
                throw new ImageFormatException(path, $"The file has {file.Length:N0} bytes; at most {Decoding.MaxEncodedBytes:N0} are read.");
            }

            encoded = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageFormatException(path, exception.Message, exception);
        }

        return Predict(encoded, path);
    }

    /// <inheritdoc/>
    public IEnumerable<ScoredExample> Score(IExampleSource source, Action<ScoringProgress>? progress = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return ScoreInOrder(source, progress, token);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        (_pipeline as IDisposable)?.Dispose();
    }

    private static DataViewSchema.Column FindScore(DataViewSchema output, string name)
    {
        DataViewSchema.Column[] scores =
        [
            .. output.Where(column => !column.IsHidden && column.Type is VectorDataViewType { IsKnownSize: true } vector &&
                vector.ItemType == NumberDataViewType.Single && column.HasSlotNames() && IsScore(column)),
        ];
        return scores.Length > 0
            ? scores[^1]
            : throw new PipelineInputException(
                $"{name}: expected a pipeline with a column of class scores whose slot names are the labels, as ImageClassification makes it; got {Describe(output)}.");
    }

    private static bool IsScore(DataViewSchema.Column column) =>
        column.Name == MulticlassColumns.Score || column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.TrainingLabelValues) is not null;

    private static string[] LabelsOf(DataViewSchema.Column score)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(label => label.ToString())];
    }

    private static DataViewSchema.Column FindInput(ITransformer pipeline, DataViewSchema inputSchema, DataViewSchema.Column score, string name)
    {
        if (!pipeline.IsRowToRowMapper)
        {
            throw new PipelineInputException($"{name}: expected a pipeline that makes one row from each, got one that chooses or reorders rows.");
        }

        DataViewSchema.Column[] needed = [.. pipeline.GetRowToRowMapper(inputSchema).GetDependencies([score])];
        return needed is [var single] && IsImage(single.Type)
            ? single
            : throw new PipelineInputException(
                $"{name}: expected '{score.Name}' to be computed from one column of images (encoded bytes, an image, or the path of one), got " +
                $"{Describe(needed)}. " +
                "Use it from a program, with a class for its rows.");
    }

    private static string Describe(IEnumerable<DataViewSchema.Column> columns) =>
        string.Join(", ", columns.Where(column => !column.IsHidden).Select(column => $"'{column.Name}' {column.Type}").DefaultIfEmpty("no column"));

    private static bool IsImage(DataViewType type) => type switch
    {
        TextDataViewType or ImageDataViewType => true,
        VectorDataViewType vector => vector.ItemType == NumberDataViewType.Byte,
        _ => false,
    };

    private IEnumerable<ScoredExample> ScoreInOrder(IExampleSource source, Action<ScoringProgress>? progress, CancellationToken token)
    {
        long start = Stopwatch.GetTimestamp();
        int bad = 0;
        for (int i = 0; i < source.Count; i++)
        {
            token.ThrowIfCancellationRequested();
            ScoredExample scored = ScoreOne(source, i);
            bad += scored.BadImage is null ? 0 : 1;
            double rate = (i + 1) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            progress?.Invoke(new ScoringProgress(i + 1, source.Count, bad, rate, TimeSpan.FromSeconds((source.Count - i - 1) / rate)));
            yield return scored;
        }
    }

    private ScoredExample ScoreOne(IExampleSource source, int index)
    {
        string path = source.GetPath(index);
        try
        {
            Prediction prediction = _input.Type is TextDataViewType ? PredictFile(path) : Predict(EncodedBytes(source.Get(index)), path);
            return new ScoredExample(index, path, source.GetLabelIndex(index), prediction, BadImage: null);
        }
        catch (ImageFormatException exception)
        {
            return new ScoredExample(index, path, source.GetLabelIndex(index), Prediction: null, new BadImage(path, exception.Reason));
        }
    }

    private static byte[] EncodedBytes(Example example) =>
        example.Encoded is { } encoded ? encoded.ToArray() : BitmapFile.Encode(example.Decode(Decoding));

    private Prediction Predict(byte[] encoded, string name)
    {
        if (_input.Type is not ImageDataViewType)
        {
            return Predict(new VBuffer<byte>(encoded.Length, encoded), name);
        }

        using MLImage image = MLImage.CreateFromStream(new MemoryStream(encoded));
        image.Tag = name;
        return Predict(image, name);
    }

    private Prediction Predict<T>(T value, string name)
    {
        _example.Set(value);
        try
        {
            Block block = _reader.Read(1) ?? throw new InvalidOperationException($"{name}: the pipeline gave no row for the image.");
            return new Prediction(block.Values<VBuffer<float>>(_scoreColumn)[0].DenseValues().ToArray(), Labels);
        }
        catch (ImageFormatException exception) when (exception.ImageName != name)
        {
            throw new ImageFormatException(name, exception.Reason, exception);
        }
    }
}
