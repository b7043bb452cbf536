using ResNetMl.Evaluation;

namespace ResNetMl.Data;

/// <summary>How often each class was predicted for the examples of each class: rows actual, columns predicted.</summary>
/// <remarks>Shaped as ML.NET's type of the same name. Examples whose label no class of the model stands for are not in it, as in
/// ML.NET.</remarks>
public sealed class ConfusionMatrix
{
    internal ConfusionMatrix(IReadOnlyList<string> classNames, double[][] counts)
    {
        int classCount = classNames.Count;
        double[] actual = new double[classCount];
        double[] predicted = new double[classCount];
        double[] precision = new double[classCount];
        double[] recall = new double[classCount];

        for (int row = 0; row < classCount; row++)
        {
            for (int column = 0; column < classCount; column++)
            {
                actual[row] += counts[row][column];
                predicted[column] += counts[row][column];
            }
        }

        for (int index = 0; index < classCount; index++)
        {
            precision[index] = RatioOrZero(counts[index][index], predicted[index]);
            recall[index] = RatioOrZero(counts[index][index], actual[index]);
        }

        ClassNames = classNames;
        Counts = Array.AsReadOnly(Array.ConvertAll(counts, row => (IReadOnlyList<double>)Array.AsReadOnly(row)));
        PerClassPrecision = Array.AsReadOnly(precision);
        PerClassRecall = Array.AsReadOnly(recall);
        ActualCounts = actual;
        PredictedCounts = predicted;
    }

    /// <summary>Name of each class, in the order of the rows and of the columns. ML.NET keeps these internal.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of rows, and of columns; at least 1.</summary>
    public int NumberOfClasses => ClassNames.Count;

    /// <summary>Number of examples by actual class (outer list, rows) and predicted class (inner list, columns).</summary>
    /// <value>Whole numbers, 0 or more; doubles as in ML.NET.</value>
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    /// <summary>For each class, the share of the examples predicted as it that are of it: diagonal / sum of its column.</summary>
    /// <value>In [0, 1]; higher is better; 0 for a class never predicted.</value>
    public IReadOnlyList<double> PerClassPrecision { get; }

    /// <summary>For each class, the share of its examples predicted as it: diagonal / sum of its row.</summary>
    /// <value>In [0, 1]; higher is better; 0 for a class without examples.</value>
    public IReadOnlyList<double> PerClassRecall { get; }

    /// <summary>Sum of each row.</summary>
    internal double[] ActualCounts { get; }

    /// <summary>Sum of each column.</summary>
    internal double[] PredictedCounts { get; }

    /// <summary>Number of examples of one class that were predicted as another. The predicted class comes first, as in ML.NET.</summary>
    /// <param name="predictedClassIndicatorIndex">Column, in [0, <see cref="NumberOfClasses"/>).</param>
    /// <param name="actualClassIndicatorIndex">Row, in [0, <see cref="NumberOfClasses"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the matrix.</exception>
    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        CheckIndex(predictedClassIndicatorIndex, nameof(predictedClassIndicatorIndex));
        CheckIndex(actualClassIndicatorIndex, nameof(actualClassIndicatorIndex));
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    /// <summary>The whole matrix as text, in ML.NET's layout: a row for each actual class with its recall, a column for each predicted class
    /// with its precision.</summary>
    /// <returns>Lines as wide as the classes make them, after an empty one; for lines within a width there is
    /// <see cref="MetricsReport.ConfusionMatrix"/>.</returns>
    public string GetFormattedConfusionTable() => ConfusionTable.Format(this);

    private static double RatioOrZero(double part, double whole) => whole > 0 ? part / whole : 0;

    private void CheckIndex(int index, string name)
    {
        if (index < 0 || index >= NumberOfClasses)
        {
            throw new ArgumentOutOfRangeException(
                name, index, $"{name}: expected a class index from 0 to {NumberOfClasses - 1}, got {index}.");
        }
    }
}
