namespace ResNetMl.Vision;

/// <summary>One class and how likely the model holds it to be.</summary>
/// <param name="Index">The class, an index into the model's labels.</param>
/// <param name="Label">Its name.</param>
/// <param name="Probability">In [0, 1]; those of all classes sum to 1.</param>
public readonly record struct ClassScore(int Index, string Label, float Probability);

/// <summary>What a model says about one image.</summary>
public sealed class Prediction
{
    private readonly float[] _probabilities;
    private readonly IReadOnlyList<string> _labels;

    internal Prediction(float[] probabilities, IReadOnlyList<string> labels)
    {
        _probabilities = probabilities;
        _labels = labels;
        int best = 0;
        for (int k = 1; k < probabilities.Length; k++)
        {
            best = probabilities[k] > probabilities[best] ? k : best;
        }

        Best = new ClassScore(best, labels[best], probabilities[best]);
    }

    /// <summary>Softmax of the logits, by class, in the order of the model's labels.</summary>
    public ReadOnlyMemory<float> Probabilities => _probabilities;

    /// <summary>What <see cref="Probabilities"/> shows, not to be changed: for columns of blocks, whose values nobody changes either.</summary>
    internal float[] ProbabilityArray => _probabilities;

    /// <summary>The most likely class; of equally likely ones the lower index.</summary>
    public ClassScore Best { get; }

    /// <summary>Name of the most likely class.</summary>
    public string Label => Best.Label;

    /// <summary>The most likely classes, the most likely first; equally likely ones by index.</summary>
    /// <param name="count">How many, ≥ 1; all where there are fewer.</param>
    public IReadOnlyList<ClassScore> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return
        [
            .. Enumerable.Range(0, _probabilities.Length)
                .OrderByDescending(k => _probabilities[k])
                .Take(count)
                .Select(k => new ClassScore(k, _labels[k], _probabilities[k])),
        ];
    }
}
