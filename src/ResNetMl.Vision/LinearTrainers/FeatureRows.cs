using System.Diagnostics.CodeAnalysis;
using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl.Trainers;

/// <summary>Reads the rows that a linear classifier learns from.</summary>
internal static class FeatureRows
{
    /// <summary>Whether a column holds vectors of Single of one length.</summary>
    /// <param name="type">The column's type.</param>
    /// <param name="length">Receives the length.</param>
    public static bool IsVectorOfSingle([NotNullWhen(true)] DataViewType? type, out int length)
    {
        length = type is VectorDataViewType { IsKnownSize: true, ItemType: NumberDataViewType item } vector && item.Equals(NumberDataViewType.Single)
            ? vector.Size
            : 0;
        return length > 0;
    }

    /// <summary>What is wrong with a row's features; null for nothing.</summary>
    /// <param name="features">The row.</param>
    public static string? Fault(ReadOnlySpan<float> features)
    {
        for (int i = 0; i < features.Length; i++)
        {
            if (!float.IsFinite(features[i]))
            {
                return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"feature {i} is {features[i]}, which is no number to compute with.");
            }
        }

        return null;
    }

    /// <summary>Refuses a shape that cannot become features, before there is data.</summary>
    /// <param name="shape">The columns that there will be.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="neededBy">Who needs it, for messages.</param>
    /// <exception cref="ArgumentException">There is no such column, or it is of another type.</exception>
    public static void Check(SchemaShape shape, string name, string neededBy)
    {
        SchemaShape.Column column = shape.Require(name, neededBy);
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.IsKey || !column.ItemType.Equals(NumberDataViewType.Single))
        {
            throw WrongType(neededBy, name, column.ToString());
        }
    }

    /// <summary>Reads all rows that are whole into memory; the others are left out and told of.</summary>
    /// <param name="input">The training rows.</param>
    /// <param name="label">Their labels.</param>
    /// <param name="options">Names of the columns.</param>
    /// <param name="environment">Who is told of rows left out.</param>
    /// <param name="neededBy">Who reads, for messages.</param>
    /// <exception cref="ArgumentException">A column is absent or of another type.</exception>
    /// <exception cref="InvalidOperationException">No row is whole.</exception>
    public static TrainingExamples Read(
        IDataView input, LabelColumn label, TrainerInputBaseWithWeight options, IHostEnvironment environment, string neededBy)
    {
        BlockView view = BlockView.Of(input);
        DataViewSchema.Column features = Require(view.Schema, options.FeatureColumnName, neededBy);
        if (!IsVectorOfSingle(features.Type, out int length))
        {
            throw WrongType(neededBy, features.Name, $"{features.Type}");
        }

        DataViewSchema.Column? weight = options.ExampleWeightColumnName is { Length: > 0 } name ? Require(view.Schema, name, neededBy) : null;
        if (weight is { } column && !column.Type.Equals(NumberDataViewType.Single))
        {
            throw new ArgumentException($"{neededBy}: expected the weight column '{column.Name}' to be {NumberDataViewType.Single}, got {column.Type}.", nameof(input));
        }

        var leftOut = new LeftOutRows(environment, neededBy, "left out of the training");
        var names = new RowNames(view.Schema, features.Name);
        DataViewSchema.Column[] needed =
            [features, label.Column, .. weight is { } given ? [given] : Array.Empty<DataViewSchema.Column>(), .. names.Columns.Select(index => view.Schema[index])];
        var rows = new List<float[]>();
        var labels = new List<int>();
        var weights = new List<float>();
        using BlockReader reader = view.OpenReader(needed.DistinctBy(item => item.Index));
        while (reader.Read(BlockView.DefaultBlockRows) is { } block)
        {
            int[] classes = label.ClassesOf(block);
            ReadOnlySpan<VBuffer<float>> vectors = block.Values<VBuffer<float>>(features.Index);
            for (int row = 0; row < block.RowCount; row++)
            {
                var dense = new float[length];
                vectors[row].CopyTo(dense);
                float rowWeight = weight is { } present ? block.Values<float>(present.Index)[row] : 1;
                string? fault = classes[row] < 0 ? $"its label '{label.Column.Name}' is missing."
                    : float.IsFinite(rowWeight) && rowWeight >= 0 ? Fault(dense)
                    : $"its weight is {rowWeight}, expected a number of at least 0.";
                if (fault is not null)
                {
                    leftOut.Add(names.Of(block, row), fault);
                    continue;
                }

                rows.Add(dense);
                labels.Add(classes[row]);
                weights.Add(rowWeight);
            }
        }

        leftOut.Complete();
        return weights.Any(item => item > 0)
            ? new TrainingExamples([.. rows], [.. labels], weight is null ? null : [.. weights], label.Labels.Count)
            : throw new InvalidOperationException(
                $"{neededBy}: expected rows with features, a label and a positive weight, got none: {leftOut.Count} rows were left out. Check the data's source.");
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, string neededBy) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentException(
            $"{neededBy} needs column '{name}'; there are {string.Join(", ", schema.Where(column => !column.IsHidden).Select(column => $"'{column.Name}' ({column.Type})"))}.",
            nameof(schema));

    private static ArgumentException WrongType(string neededBy, string name, string got) => new(
        $"{neededBy}: expected column '{name}' to be a vector of Single of known size, got {got}. " +
        "Make the features with ApplyOnnxModel or DnnFeaturizeImage, or join number columns with Transforms.Concatenate.");
}
