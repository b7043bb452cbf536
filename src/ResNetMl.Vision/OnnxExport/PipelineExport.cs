using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Runtime;
using ResNetMl.Tensors;
using ResNetMl.Trainers;
using ResNetMl.Transforms;
using ResNetMl.Transforms.Image;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Vision;

/// <summary>Follows the columns of a pipeline from its input to its outputs, and writes what the transformers do to them as an ONNX graph.</summary>
/// <remarks>A column is written when something that is exported reads it, so that what trains or explains a pipeline costs nothing.</remarks>
internal sealed class PipelineExport
{
    private const string GraphName = "pipeline";

    private readonly IHostEnvironment _environment;
    private readonly OnnxPipelineGraph _graph;
    private readonly Dictionary<string, ExportedColumn.Planes> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ExportedColumn.Numbers> _numberInputs = new(StringComparer.Ordinal);
    private Dictionary<string, ExportedColumn> _columns;
    private DataViewSchema _schema;

    private PipelineExport(IHostEnvironment environment, DataViewSchema schema, OnnxPipelineGraph graph)
    {
        _environment = environment;
        _graph = graph;
        _schema = schema;
        _columns = schema.Where(column => !column.IsHidden)
            .ToDictionary(column => column.Name, ExportedColumn (DataViewSchema.Column column) => new ExportedColumn.Given(column.Name, column.Type), StringComparer.Ordinal);
    }

    internal OnnxPipelineGraph Graph => _graph;

    /// <summary>Writes a pipeline.</summary>
    /// <param name="environment">Who is told where the graph begins, if not at the image.</param>
    /// <param name="transform">A transformer or a chain.</param>
    /// <param name="schema">The columns of its input.</param>
    /// <param name="opset">Version of ONNX's operators.</param>
    /// <param name="outputColumns">The columns to export; none for the classifier's.</param>
    internal static byte[] ToBytes(
        IHostEnvironment environment, ITransformer transform, DataViewSchema schema, int opset, IReadOnlyList<string> outputColumns)
    {
        ITransformer[] steps = [.. Flatten(transform)];
        DataViewSchema result = transform.GetOutputSchema(schema);
        string[] candidates = outputColumns.Count > 0 ? [.. outputColumns.Distinct()] : DefaultOutputs(schema, result);
        foreach (string output in candidates)
        {
            if (result.GetColumnOrNull(output) is null)
            {
                throw new ArgumentException(
                    $"The pipeline has no column '{output}' to export; there are {string.Join(", ", result.Where(column => !column.IsHidden).Select(column => $"'{column.Name}'"))}.",
                    nameof(outputColumns));
            }
        }

        var export = new PipelineExport(environment, schema, new OnnxPipelineGraph(GraphName, opset, candidates));
        foreach (ITransformer step in steps)
        {
            export.Follow(step);
        }

        // Of the keys and texts that the pipeline makes, those that a classifier predicts.
        IEnumerable<string> outputs = outputColumns.Count > 0
            ? candidates
            : candidates.Where(name => result[name].Type is VectorDataViewType || export._columns[name] is ExportedColumn.Label);
        foreach (string output in outputs)
        {
            export.AddOutput(output);
        }

        return export._graph.ToBytes();
    }

    /// <summary>The vectors of Single that a column holds.</summary>
    /// <param name="name">The column.</param>
    /// <param name="neededBy">What reads it.</param>
    internal ExportedColumn.Numbers NumbersOf(string name, string neededBy) => _columns[name] switch
    {
        ExportedColumn.Numbers numbers => numbers,
        ExportedColumn.Given { Type: VectorDataViewType { IsKnownSize: true, ItemType: NumberDataViewType item } vector } given when item.Equals(NumberDataViewType.Single)
            => Input(given.Name, [.. vector.Dimensions]),
        ExportedColumn.Given { Type: NumberDataViewType item } given when item.Equals(NumberDataViewType.Single) => Input(given.Name, [1]),
        var other => throw Cannot(neededBy, name, "vectors of Single of known size", other),
    };

    /// <summary>Rows of numbers, whatever shape the vectors have.</summary>
    internal ExportedColumn.Numbers RowsOf(string name, string neededBy)
    {
        ExportedColumn.Numbers numbers = NumbersOf(name, neededBy);
        int length = numbers.Lengths.Aggregate(1, (product, axis) => product * axis);
        return numbers.Lengths.Count == 1 ? numbers : new ExportedColumn.Numbers(_graph.Reshape(numbers.Value, [length]), [length]);
    }

    /// <summary>The images that a column holds, decoded.</summary>
    internal ExportedColumn.Planes ImagesOf(string name, string neededBy) => _columns[name] switch
    {
        ExportedColumn.Planes planes => planes,
        ExportedColumn.Outside outside => Input(outside.Name, outside.Size),
        ExportedColumn.Given { Type: ImageDataViewType type } given => Input(given.Name, type.IsKnownSize ? new ImageSize(type.Height, type.Width) : null),
        ExportedColumn.Given { Type: VectorDataViewType { ItemType: NumberDataViewType item } } given when item.Equals(NumberDataViewType.Byte) => Input(given.Name, size: null),
        var other => throw Cannot(neededBy, name, "images", other),
    };

    /// <summary>Whether a column holds images, encoded or decoded, rather than numbers.</summary>
    internal bool HoldsImages(string name) => _columns[name] is ExportedColumn.Planes or ExportedColumn.Outside or ExportedColumn.Given { Type: ImageDataViewType }
        || (_columns[name] is ExportedColumn.Given { Type: VectorDataViewType { ItemType: NumberDataViewType item } } && item.Equals(NumberDataViewType.Byte));

    /// <summary>Images prepared for a network; without resizing where this version of the operators has none, and then the graph's input has the network's size.</summary>
    internal string Prepared(string name, Preprocessing preprocessing, string neededBy)
    {
        bool canResize = preprocessing.Resize is null || _graph.Opset >= OnnxPipelineGraph.ResizingOpset;
        bool isInside = _columns[name] is ExportedColumn.Planes;
        if (canResize || isInside)
        {
            return _graph.Prepare(ImagesOf(name, neededBy).Value, preprocessing, hasSize: false);
        }

        BeginAt(name, preprocessing.OutputSize!, $"opset {_graph.Opset} has no resizing that averages (opset {OnnxPipelineGraph.ResizingOpset} has)");
        return _graph.Prepare(Input(name, preprocessing.OutputSize).Value, preprocessing, hasSize: true);
    }

    /// <summary>Says that the graph's input is what an earlier step makes of the image.</summary>
    internal void BeginAt(string name, ImageSize size, string reason) => _environment.Report(
        nameof(OnnxExportExtensions.ConvertToOnnx), ChannelMessageKind.Info, $"The exported graph takes images of {size} as its input '{name}': {reason}.");

    private static IEnumerable<ITransformer> Flatten(ITransformer transform) =>
        transform is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [transform];

    private static string[] DefaultOutputs(DataViewSchema before, DataViewSchema after)
    {
        DataViewSchema.Column[] made = [.. after.Where(column => !column.IsHidden && !before.Any(given => given.Name == column.Name && given.Type.Equals(column.Type)))];
        string[] scores = [.. made.Where(column => column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.TrainingLabelValues) is not null).Select(column => column.Name)];
        string[] labels = [.. made.Where(column => column.Type is TextDataViewType or KeyDataViewType).Select(column => column.Name)];
        string[] numbers = [.. made.Where(column => column.Type is VectorDataViewType { ItemType: NumberDataViewType item } && item.Equals(NumberDataViewType.Single)).Select(column => column.Name)];
        return scores.Length > 0 ? [.. scores, .. labels]
            : numbers.Length > 0 ? [numbers[^1]]
            : throw new ArgumentException("The pipeline makes neither scores nor vectors of Single, so there is nothing to export. Name the columns to export.");
    }

    private void Follow(ITransformer step)
    {
        DataViewSchema after = step.GetOutputSchema(_schema);
        var made = new Dictionary<string, ExportedColumn>(StringComparer.Ordinal);
        switch (step)
        {
            case ImageTransformer images:
                ImageExport.Follow(this, images, _columns, after, made);
                break;
            case IDecodedImageClassifier { ExportedModel: var model } classifier:
                Classifier(after, made, () => ScoreModel(classifier, model), model.Labels);
                break;
            case MulticlassPredictionTransformer<ImageClassificationModelParameters> trained:
                Classifier(after, made, () => ScoreModel(trained.FeatureColumnName, trained.Model.Model, nameof(ImageClassificationTrainer)), TextsOf(after));
                break;
            case MulticlassPredictionTransformer<MaximumEntropyModelParameters> linear:
                Classifier(after, made, () => ScoreLinear(linear), TextsOf(after));
                break;
            case DnnImageFeaturizingTransformer featurizer:
                Lazily(made, featurizer.OutputColumnName, () => featurizer.Export(this));
                break;
            case IOnnxModelTransformer model:
                FollowModel(model, made);
                break;
            case ColumnCopyingTransformer or KeyToValueMappingTransformer:
                FollowRenaming(step, after, made);
                break;
            case ColumnConcatenatingTransformer concatenating:
                FollowConcatenation(concatenating, made);
                break;
            case NormalizingTransformer normalizing:
                FollowNormalizing(normalizing, made);
                break;
            default:
                break;
        }

        var columns = new Dictionary<string, ExportedColumn>(StringComparer.Ordinal);
        foreach (DataViewSchema.Column column in after.Where(column => !column.IsHidden))
        {
            bool isKept = _schema.GetColumnOrNull(column.Name) is { } before && before.Type.Equals(column.Type) && column.Index < _schema.Count;
            columns[column.Name] = made.TryGetValue(column.Name, out ExportedColumn? exported) ? exported
                : isKept || step is ColumnSelectingTransformer ? _columns[column.Name]
                : new ExportedColumn.Unsaid($"{step.GetType().Name}, which cannot be exported");
        }

        _columns = columns;
        _schema = after;
    }

    /// <summary>Makes a column, or where a step before it cannot be exported remembers why: it matters only if the column is read.</summary>
    private static void Lazily(Dictionary<string, ExportedColumn> made, string name, Func<ExportedColumn> make)
    {
        try
        {
            made[name] = make();
        }
        catch (Exception exception) when (exception is NotSupportedException or InterchangeException)
        {
            made[name] = new ExportedColumn.Unsaid(exception.Message);
        }
    }

    // Classifiers add the predicted label, then the score.
    private static void Classifier(DataViewSchema after, Dictionary<string, ExportedColumn> made, Func<ExportedColumn> score, IReadOnlyList<string> labels)
    {
        Lazily(made, after[^1].Name, score);
        made[after[^2].Name] = made[after[^1].Name] is ExportedColumn.Numbers numbers ? new ExportedColumn.Label(numbers.Value, labels) : made[after[^1].Name];
    }

    private static string[] TextsOf(DataViewSchema after) => TextsOf(after[^2]);

    private static string[] TextsOf(DataViewSchema.Column key)
    {
        ClassLabels labels = ClassLabels.Of(key);
        return [.. labels.Names];
    }

    private ExportedColumn.Numbers ScoreModel(IDecodedImageClassifier classifier, Model model) =>
        ScoreModel(classifier.ImageColumnName, model, classifier.GetType().Name);

    private ExportedColumn.Numbers ScoreModel(string image, Model model, string neededBy)
    {
        string prepared = Prepared(image, model.Preprocessing, neededBy);
        string logits = _graph.AddNetwork(prepared, new ImportedNetwork(model.Definition, model.Weights));
        return new ExportedColumn.Numbers(_graph.Softmax(logits), [model.Labels.Count]);
    }

    private ExportedColumn.Numbers ScoreLinear(MulticlassPredictionTransformer<MaximumEntropyModelParameters> linear)
    {
        ExportedColumn.Numbers features = RowsOf(linear.FeatureColumnName, nameof(MaximumEntropyModelParameters));
        string scores = _graph.Linear(features.Value, linear.Model.Weights, linear.Model.Biases);
        return new ExportedColumn.Numbers(_graph.Softmax(scores), [linear.Model.NumberOfClasses]);
    }

    private void FollowModel(IOnnxModelTransformer transformer, Dictionary<string, ExportedColumn> made)
    {
        foreach (string output in transformer.OutputColumnNames)
        {
            Lazily(made, output, () => Import(transformer));
        }
    }

    private ExportedColumn.Numbers Import(IOnnxModelTransformer transformer)
    {
        string name = transformer.GetType().Name;
        if (transformer.InputColumnNames.Count != 1 || transformer.ModelOutputCount != 1)
        {
            throw new NotSupportedException(
                $"{name}: expected an ONNX model of one input and one output to export, got {transformer.InputColumnNames.Count} and {transformer.ModelOutputCount}");
        }

        ExportedColumn.Numbers input = NumbersOf(transformer.InputColumnNames[0], name);
        try
        {
            ImportedNetwork network = Read(transformer.ReadModel(), input.Lengths);
            int[] lengths = [.. network.Definition.Inputs[0].Shape.Skip(1)];
            string value = lengths.SequenceEqual(input.Lengths) ? input.Value : _graph.Reshape(input.Value, lengths);
            string output = _graph.AddNetwork(value, network);
            return new ExportedColumn.Numbers(output, [.. network.Definition.ShapeOf(network.Definition.Outputs[0]).Skip(1)]);
        }
        catch (InterchangeException exception)
        {
            throw new NotSupportedException($"{name}, whose ONNX model cannot be put into another: {exception.Message}", exception);
        }
    }

    // A file that leaves axes open must be told them; one that does not must not be.
    private static ImportedNetwork Read(ReadOnlyMemory<byte> bytes, IReadOnlyList<int> lengths)
    {
        int[] axes = [.. lengths.Count == 4 && lengths[0] == 1 ? lengths.Skip(1) : lengths];
        try
        {
            return OnnxFile.Read(bytes, new OnnxImportOptions { InputShape = new Shape(axes) });
        }
        catch (InterchangeException)
        {
            return OnnxFile.Read(bytes);
        }
    }

    private void FollowRenaming(ITransformer step, DataViewSchema after, Dictionary<string, ExportedColumn> made)
    {
        IRowToRowMapper mapper = step.GetRowToRowMapper(_schema);
        foreach (DataViewSchema.Column column in after.Skip(_schema.Count))
        {
            DataViewSchema.Column read = mapper.GetDependencies([mapper.OutputSchema[column.Index]]).Single();
            ExportedColumn source = _columns[read.Name];
            made[column.Name] = step is KeyToValueMappingTransformer && source is not (ExportedColumn.Label or ExportedColumn.Unsaid)
                ? new ExportedColumn.Unsaid($"{step.GetType().Name} of '{read.Name}', which no classifier predicts")
                : source;
        }
    }

    private void FollowConcatenation(ColumnConcatenatingTransformer step, Dictionary<string, ExportedColumn> made)
    {
        Lazily(made, step.OutputColumnName, () =>
        {
            ExportedColumn.Numbers[] parts = [.. step.InputColumnNames.Select(name => RowsOf(name, nameof(ColumnConcatenatingTransformer)))];
            return new ExportedColumn.Numbers(
                parts.Length == 1 ? parts[0].Value : _graph.Concatenate([.. parts.Select(part => part.Value)]), [parts.Sum(part => part.Lengths[0])]);
        });
    }

    private void FollowNormalizing(NormalizingTransformer normalizing, Dictionary<string, ExportedColumn> made)
    {
        foreach (NormalizingTransformer.Column column in normalizing.Columns)
        {
            Lazily(made, column.OutputColumnName, () =>
            {
                ExportedColumn.Numbers rows = RowsOf(column.InputColumnName, nameof(NormalizingTransformer));
                return new ExportedColumn.Numbers(_graph.MoveAndScale(rows.Value, column.Offset, column.Scale), rows.Lengths);
            });
        }
    }

    private void AddOutput(string name)
    {
        switch (_columns[name])
        {
            case ExportedColumn.Numbers numbers:
                _graph.AddOutput(name, numbers.Value, numbers.Lengths);
                break;
            case ExportedColumn.Label label:
                _graph.AddOutput(name, _graph.TextOfHighest(label.Scores, label.Texts), [], isText: true);
                break;
            case var other:
                throw Cannot("The export", name, "numbers or a predicted label", other);
        }
    }

    private ExportedColumn.Planes Input(string name, ImageSize? size)
    {
        if (!_inputs.TryGetValue(name, out ExportedColumn.Planes? input))
        {
            input = new ExportedColumn.Planes(_graph.AddImages(name, size), size);
            _inputs.Add(name, input);
        }

        return input;
    }

    private ExportedColumn.Numbers Input(string name, IReadOnlyList<int> lengths)
    {
        if (!_numberInputs.TryGetValue(name, out ExportedColumn.Numbers? input))
        {
            input = new ExportedColumn.Numbers(_graph.AddNumbers(name, lengths), lengths);
            _numberInputs.Add(name, input);
        }

        return input;
    }

    private static NotSupportedException Cannot(string neededBy, string column, string expected, ExportedColumn got) => new(
        $"{neededBy}: expected column '{column}' to hold {expected} that an ONNX graph can compute, got " +
        got switch
        {
            ExportedColumn.Unsaid unsaid => $"one that is made by {unsaid.Reason}",
            ExportedColumn.Given given => given.Type.ToString(),
            ExportedColumn.Label => "a predicted label",
            ExportedColumn.Numbers => "numbers",
            _ => "images",
        } + ". Export the columns that do not need it, or compute it outside.");
}
