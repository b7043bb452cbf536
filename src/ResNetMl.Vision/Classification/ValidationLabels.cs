using ResNetMl.Data;

namespace ResNetMl.Vision;

/// <summary>The labels of validation rows as classes of the training's: keys may be numbered otherwise, what they stand for counts.</summary>
internal sealed class ValidationLabels
{
    private readonly LabelColumn _label;
    private readonly int[] _trainingClasses;
    private readonly ClassLabels _training;

    private ValidationLabels(LabelColumn label, ClassLabels training)
    {
        _label = label;
        _training = training;
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        for (int k = 0; k < training.Count; k++)
        {
            known.TryAdd(training.Names[k], k);
        }

        _trainingClasses = [.. label.Labels.Names.Select(name => known.GetValueOrDefault(name, -1))];
    }

    public DataViewSchema.Column Column => _label.Column;

    public static ValidationLabels Of(BlockView validation, LabelColumn training, ImageClassificationTrainer.Options options) => new(
        LabelColumn.Find(validation.Schema, options.LabelColumnName, $"The validation of {nameof(ImageClassificationTrainer)}"), training.Labels);

    /// <summary>The classes of a block's rows; −1 for a missing label.</summary>
    /// <exception cref="ArgumentException">A row has a label that training does not know.</exception>
    public int[] ClassesOf(Block block)
    {
        int[] classes = _label.ClassesOf(block);
        for (int row = 0; row < classes.Length; row++)
        {
            if (classes[row] < 0)
            {
                continue;
            }

            string name = _label.Labels.Names[classes[row]];
            classes[row] = _trainingClasses[classes[row]];
            if (classes[row] < 0)
            {
                throw new ArgumentException(
                    $"Validation row {block.Ids[row].Low}: expected in column '{_label.Column.Name}' one of the training's labels " +
                    $"({string.Join(", ", _training.Names.Take(10))}{(_training.Count > 10 ? ", …" : "")}), got '{name}'. " +
                    "Leave the row out, or map the labels of training and validation rows together.");
            }
        }

        return classes;
    }
}
