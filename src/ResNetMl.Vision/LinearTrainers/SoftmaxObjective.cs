namespace ResNetMl.Trainers;

/// <summary>What maximum entropy minimises, but for the L1 term: Σ weight·(−ln softmax(W·x + b)[label]) + L2/2·‖W‖².</summary>
/// <remarks>
/// <para>Parameters are one array: the classes' biases, then their weights, class after class. Biases are not regularised.</para>
/// <para>Rows are summed in chunks whose number follows from the rows alone, and the chunks in their order: any number of threads gives the same
/// bits.</para>
/// </remarks>
internal sealed class SoftmaxObjective
{
    private const int RowsWorthAChunk = 32;
    private const int MostChunks = 8;

    private readonly TrainingExamples _examples;
    private readonly double _l2;
    private readonly ParallelOptions _parallel;
    private readonly double[][] _gradients;
    private readonly double[] _losses;

    /// <summary>Prepares the sums.</summary>
    /// <param name="examples">The training rows.</param>
    /// <param name="l2">The factor of the squared weights, ≥ 0.</param>
    /// <param name="threads">Most threads to use; null for as many as there are processors.</param>
    public SoftmaxObjective(TrainingExamples examples, double l2, int? threads = null)
    {
        _examples = examples;
        _l2 = l2;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount };
        int chunks = Math.Clamp(examples.Count / RowsWorthAChunk, 1, MostChunks);
        _gradients = [.. Enumerable.Range(0, chunks).Select(_ => new double[Length])];
        _losses = new double[chunks];
    }

    /// <summary>How many parameters there are: a bias and the features' weights for each class.</summary>
    public int Length => _examples.Classes * (_examples.Length + 1);

    /// <summary>The value and its gradient.</summary>
    /// <param name="parameters">Biases, then weights.</param>
    /// <param name="gradient">Receives the derivative by each parameter.</param>
    public double Evaluate(double[] parameters, double[] gradient)
    {
        int chunks = _gradients.Length;
        Parallel.For(0, chunks, _parallel, chunk => _losses[chunk] = Sum(chunk, parameters, _gradients[chunk]));
        gradient.AsSpan().Clear();
        double value = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            value += _losses[chunk];
            for (int i = 0; i < gradient.Length; i++)
            {
                gradient[i] += _gradients[chunk][i];
            }
        }

        double squares = 0;
        for (int i = _examples.Classes; i < parameters.Length; i++)
        {
            squares += parameters[i] * parameters[i];
            gradient[i] += _l2 * parameters[i];
        }

        return value + (0.5 * _l2 * squares);
    }

    /// <summary>Turns scores into probabilities in place.</summary>
    /// <param name="scores">One a class.</param>
    /// <returns>ln Σ exp(score).</returns>
    public static double Softmax(Span<double> scores)
    {
        double most = double.NegativeInfinity;
        foreach (double score in scores)
        {
            most = Math.Max(most, score);
        }

        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = Math.Exp(scores[i] - most);
            sum += scores[i];
        }

        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] /= sum;
        }

        return most + Math.Log(sum);
    }

    private double Sum(int chunk, double[] parameters, double[] gradient)
    {
        int classes = _examples.Classes;
        int features = _examples.Length;
        gradient.AsSpan().Clear();
        Span<double> scores = classes <= 256 ? stackalloc double[classes] : new double[classes];
        int first = (int)((long)_examples.Count * chunk / _gradients.Length);
        int after = (int)((long)_examples.Count * (chunk + 1) / _gradients.Length);
        double loss = 0;
        for (int row = first; row < after; row++)
        {
            float[] x = _examples.Features[row];
            double weight = _examples.WeightOf(row);
            int label = _examples.Labels[row];
            for (int k = 0; k < classes; k++)
            {
                scores[k] = parameters[k] + MixedPrecision.Dot(x, parameters.AsSpan(classes + (k * features), features));
            }

            double labelScore = scores[label];
            loss += weight * (Softmax(scores) - labelScore);
            scores[label] -= 1;
            for (int k = 0; k < classes; k++)
            {
                double factor = weight * scores[k];
                gradient[k] += factor;
                MixedPrecision.AddScaled(factor, x, gradient.AsSpan(classes + (k * features), features));
            }
        }

        return loss;
    }
}
