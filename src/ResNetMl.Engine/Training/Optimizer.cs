using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>Moves the parameters of one training along their gradients. One user at a time; a step allocates nothing.</summary>
/// <remarks>Element-wise passes without sums: the result is the same bits for any number of threads and any vector width.</remarks>
public abstract class Optimizer
{
    private readonly ParallelRunner _parallel;

    private protected Optimizer(OptimizerOptions options, ParameterArena parameters, ParallelRunner parallel)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(parallel);
        Parameters = parameters;
        _parallel = parallel;
        Runs = DecayRun.Of(parameters, options.DecaysBatchNormAndBiases);
    }

    /// <summary>Updates made so far. Set when a training is resumed: AdamW corrects its means by it.</summary>
    public long StepsDone { get; set; }

    /// <summary>What is remembered between steps, by name, laid out as <see cref="ParameterArena.Values"/>: saved and restored in place.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Tensor)> State { get; }

    private protected ParameterArena Parameters { get; }

    /// <summary>Stretches of the arena whose elements decay alike.</summary>
    private protected DecayRun[] Runs { get; }

    /// <summary>Moves every parameter by one step; the gradients stay as they are.</summary>
    /// <param name="learningRate">Of this step, ≥ 0.</param>
    /// <param name="gradientScale">What the gradients are multiplied by first: <see cref="GradientNorm.ClipScale"/>, or 1.</param>
    public void Step(double learningRate, float gradientScale = 1)
    {
        StepsDone++;
        Move(learningRate, gradientScale, _parallel);
    }

    private protected abstract void Move(double learningRate, float gradientScale, ParallelRunner parallel);
}

/// <summary>A stretch [Start, End) of the arena, in whole vectors of 16, whose elements all decay or all do not.</summary>
internal readonly record struct DecayRun(int Start, int End, bool Decays)
{
    /// <summary>The arena's stretches, those alike joined.</summary>
    internal static DecayRun[] Of(ParameterArena parameters, bool decaysAll)
    {
        int total = parameters.Values.Span.Length;
        var runs = new List<DecayRun>();
        for (int i = 0; i < parameters.Parameters.Count; i++)
        {
            ArenaEntry entry = parameters.Parameters[i];
            int end = i + 1 < parameters.Parameters.Count ? parameters.Parameters[i + 1].Offset : total;
            bool decays = decaysAll || entry.Spec.Shape.Rank > 1;
            if (runs.Count > 0 && runs[^1].Decays == decays)
            {
                runs[^1] = runs[^1] with { End = end };
            }
            else
            {
                runs.Add(new DecayRun(entry.Offset, end, decays));
            }
        }

        return [.. runs];
    }
}
