using System.Globalization;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>Moves the parameters of one training along their gradients. One user at a time; a step allocates nothing.</summary>
/// <remarks>Element-wise passes without sums: the result is the same bits for any number of threads and any vector width.</remarks>
public abstract class Optimizer
{
    private readonly ParallelRunner _parallel;

    private protected Optimizer(
        OptimizerOptions options, ParameterArena parameters, ParallelRunner parallel, Func<string, double>? learningRateFactor)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(parallel);
        Parameters = parameters;
        _parallel = parallel;
        Runs = ParameterRun.Of(parameters, options.DecaysBatchNormAndBiases, learningRateFactor);
    }

    /// <summary>Updates made so far. Set when a training is resumed: AdamW corrects its means by it.</summary>
    public long StepsDone { get; set; }

    /// <summary>What is remembered between steps, by name, laid out as <see cref="ParameterArena.Values"/>: saved and restored in place.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Tensor)> State { get; }

    private protected ParameterArena Parameters { get; }

    /// <summary>Stretches of the arena whose elements are moved alike; those of parameters that stay are in none.</summary>
    private protected ParameterRun[] Runs { get; }

    /// <summary>Moves every parameter by one step, unless its learning rate factor is 0; the gradients stay as they are.</summary>
    /// <param name="learningRate">Of this step, ≥ 0.</param>
    /// <param name="gradientScale">What the gradients are multiplied by first: <see cref="GradientNorm.ClipScale"/>, or 1.</param>
    public void Step(double learningRate, float gradientScale = 1)
    {
        StepsDone++;
        Move(learningRate, gradientScale, _parallel);
    }

    private protected abstract void Move(double learningRate, float gradientScale, ParallelRunner parallel);
}

/// <summary>A stretch [Start, End) of the arena, in whole vectors of 16, whose elements are moved alike.</summary>
/// <param name="Start">Index of its first element.</param>
/// <param name="End">Index after its last.</param>
/// <param name="Decays">Whether decay and penalties hold for it.</param>
/// <param name="RateFactor">What the learning rate is multiplied by, &gt; 0.</param>
internal readonly record struct ParameterRun(int Start, int End, bool Decays, double RateFactor)
{
    /// <summary>The arena's stretches, neighbours that are alike joined; parameters with a factor of 0 are left out.</summary>
    internal static ParameterRun[] Of(ParameterArena parameters, bool decaysAll, Func<string, double>? learningRateFactor)
    {
        int total = parameters.Values.Span.Length;
        var runs = new List<ParameterRun>();
        for (int i = 0; i < parameters.Parameters.Count; i++)
        {
            ArenaEntry entry = parameters.Parameters[i];
            int end = i + 1 < parameters.Parameters.Count ? parameters.Parameters[i + 1].Offset : total;
            var run = new ParameterRun(entry.Offset, end, decaysAll || entry.Spec.Shape.Rank > 1, FactorOf(entry.Spec.Name, learningRateFactor));
            if (run.RateFactor == 0)
            {
                continue;
            }

            if (runs.Count > 0 && runs[^1].End == run.Start && runs[^1] with { Start = run.Start, End = run.End } == run)
            {
                runs[^1] = runs[^1] with { End = end };
            }
            else
            {
                runs.Add(run);
            }
        }

        return [.. runs];
    }

    private static double FactorOf(string name, Func<string, double>? learningRateFactor)
    {
        double factor = learningRateFactor?.Invoke(name) ?? 1;
        return factor >= 0 && double.IsFinite(factor)
            ? factor
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{name}: expected a learning rate factor ≥ 0, got {factor}. Use 0 to leave it as it is."),
                nameof(learningRateFactor));
    }
}
