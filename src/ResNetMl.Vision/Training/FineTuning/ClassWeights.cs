using System.Globalization;

namespace ResNetMl.Vision;

/// <summary>How much the examples of each label count in the loss, so that rare labels are not drowned by frequent ones.</summary>
public sealed record ClassWeights
{
    private readonly double[]? _weights;

    private ClassWeights(double[]? weights) => _weights = weights;

    /// <summary>examples / (labels · examples of the label), counted over the training examples: all labels count the same in sum. scikit-learn's "balanced".</summary>
    public static ClassWeights Balanced { get; } = new(weights: null);

    /// <summary>The weights given; null for <see cref="Balanced"/>, whose weights depend on the examples.</summary>
    public IReadOnlyList<double>? Weights => _weights;

    /// <summary>Given weights.</summary>
    /// <param name="weights">One for each label of the training source, in its order; finite and &gt; 0.</param>
    /// <exception cref="ArgumentException">A weight is out of range.</exception>
    public static ClassWeights Of(params IEnumerable<double> weights)
    {
        double[] copy = [.. weights];
        foreach (double weight in copy)
        {
            if (!(weight > 0 && double.IsFinite(weight)))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A class weight must be finite and > 0, got {weight}."), nameof(weights));
            }
        }

        return new ClassWeights(copy);
    }

    /// <summary>The weight of each label.</summary>
    /// <param name="counts">Training examples of each label. A label without any weighs 1: no example asks for it.</param>
    /// <exception cref="ArgumentException">There are other labels than weights.</exception>
    public IReadOnlyList<double> For(IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (_weights is null)
        {
            double total = counts.Sum(count => (double)count);
            int labels = counts.Count(count => count > 0);
            return [.. counts.Select(count => count == 0 ? 1 : total / (labels * (double)count))];
        }

        return _weights.Length == counts.Count
            ? _weights
            : throw new ArgumentException($"Expected {counts.Count} class weights, one for each label, got {_weights.Length}.");
    }

    /// <summary><c>balanced</c>, or the weights in order.</summary>
    public override string ToString() => _weights is null
        ? "balanced"
        : string.Join(", ", _weights.Select(weight => weight.ToString("R", CultureInfo.InvariantCulture)));
}
