using ResNetMl.Trainers;
using Xunit;

namespace ResNetMl.Vision.Tests.LinearTrainers;

public sealed class OptimiserTests
{
    // Both sides end where the derivatives vanish to about 1e-8; the least curvature of the cases is their L2.
    [Theory]
    [InlineData("l2", 1e-6)]
    [InlineData("weighted", 1e-6)]
    [InlineData("little l2", 1e-5)]
    [InlineData("l1 and l2", 1e-6)]
    [InlineData("non-negative", 1e-6)]
    public void Lbfgs_finds_the_minimum_that_scikit_learn_and_scipy_find(string name, double tolerance)
    {
        LinearReference.Case expected = LinearReference.Find("lbfgs", name);
        var objective = new SoftmaxObjective(LinearReference.Examples(expected.IsWeighted), expected.L2);

        double[] found = LimitedMemoryBfgs.Minimise(
            objective.Evaluate, new double[objective.Length],
            new LimitedMemoryOptions(LinearReference.Classes, expected.L1, name == "non-negative", 20, 1e-16, 20000), token: TestContext.Current.CancellationToken);

        expected.AssertFound(found, tolerance);
        Assert.Equal(expected.Weights.Count(weight => weight == 0), found.Skip(LinearReference.Classes).Count(weight => Math.Abs(weight) < 1e-9));
    }

    // Without squares the minimum is not one point: of four classes' weights for a feature, all can be moved between the middle two. The probabilities are.
    [Fact]
    public void Lbfgs_with_an_L1_term_alone_finds_the_probabilities_that_scikit_learn_finds()
    {
        LinearReference.Case expected = LinearReference.Find("lbfgs", "l1");
        var objective = new SoftmaxObjective(LinearReference.Examples(weighted: false), 0);

        double[] found = LimitedMemoryBfgs.Minimise(
            objective.Evaluate, new double[objective.Length], new LimitedMemoryOptions(LinearReference.Classes, expected.L1, false, 20, 1e-16, 20000),
            token: TestContext.Current.CancellationToken);

        var scores = new double[LinearReference.Classes];
        for (int row = 0; row < LinearReference.Features.Length; row++)
        {
            for (int k = 0; k < scores.Length; k++)
            {
                scores[k] = found[k] + MixedPrecision.Dot(LinearReference.Features[row], found.AsSpan(scores.Length + (k * LinearReference.FeatureCount), LinearReference.FeatureCount));
            }

            SoftmaxObjective.Softmax(scores);
            for (int k = 0; k < scores.Length; k++)
            {
                Assert.Equal(expected.Probabilities[(row * scores.Length) + k], scores[k], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("l2")]
    [InlineData("weighted")]
    public void Dual_ascent_finds_the_minimum_that_scikit_learn_finds(string name)
    {
        LinearReference.Case expected = LinearReference.Find("sdca", name);
        TrainingExamples examples = LinearReference.Examples(expected.IsWeighted);

        DualAscentResult found = SoftmaxDualAscent.Minimise(
            examples, new DualAscentOptions(expected.L2 / examples.TotalWeight(), 0, 1e-13, 2000, 10, ShuffleSeed: 3), token: TestContext.Current.CancellationToken);

        // The bias is a weight of its own here: the reference has it so, too, and not its mean of 0.
        Assert.InRange(found.Gap / found.Loss, -1e-12, 1e-12);
        expected.AssertFound(found.Parameters, 1e-6);
    }

    [Fact]
    public void Dual_ascent_with_an_L1_term_finds_the_minimum_that_owlqn_finds_with_the_bias_as_a_feature()
    {
        TrainingExamples examples = LinearReference.Examples(weighted: false);
        const double l2 = 0.02;
        const double l1 = 1.5;

        DualAscentResult dual = SoftmaxDualAscent.Minimise(examples, new DualAscentOptions(l2, l1, 1e-13, 5000, 10, ShuffleSeed: 3), token: TestContext.Current.CancellationToken);

        // OWL-QN leaves biases free; half their squares are added here by hand, so that both minimise the same.
        double rows = examples.Count;
        var sum = new SoftmaxObjective(examples, l2 * rows);
        double[] primal = LimitedMemoryBfgs.Minimise(
            (parameters, gradient) =>
            {
                double value = sum.Evaluate(parameters, gradient);
                for (int k = 0; k < examples.Classes; k++)
                {
                    value += 0.5 * l2 * rows * parameters[k] * parameters[k];
                    gradient[k] += l2 * rows * parameters[k];
                }

                return value;
            },
            new double[sum.Length],
            new LimitedMemoryOptions(examples.Classes, l1 * l2 * rows, false, 20, 1e-16, 20000),
            token: TestContext.Current.CancellationToken);

        for (int i = 0; i < primal.Length; i++)
        {
            Assert.Equal(primal[i], dual.Parameters[i], 1e-5);
        }

        Assert.Contains(dual.Parameters.Skip(examples.Classes), weight => weight == 0);
        Assert.Contains(dual.Parameters.Skip(examples.Classes), weight => weight != 0);
    }

    [Fact]
    public void The_gradient_of_the_objective_is_that_of_finite_differences()
    {
        var objective = new SoftmaxObjective(LinearReference.Examples(weighted: true), 0.7);
        var random = new Random(5);
        double[] parameters = [.. Enumerable.Range(0, objective.Length).Select(_ => random.NextDouble() - 0.5)];
        var gradient = new double[parameters.Length];
        objective.Evaluate(parameters, gradient);

        for (int i = 0; i < parameters.Length; i++)
        {
            // Central differences of a value near 200 are off by about 1e-16·200/1e-5 and 1e-10 of curvature.
            const double step = 1e-5;
            double Value(double change)
            {
                var moved = (double[])parameters.Clone();
                moved[i] += change;
                return objective.Evaluate(moved, new double[moved.Length]);
            }

            Assert.Equal((Value(step) - Value(-step)) / (2 * step), gradient[i], 1e-6);
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        double[] With(int threads)
        {
            var objective = new SoftmaxObjective(LinearReference.Examples(weighted: false), 1, threads);
            return LimitedMemoryBfgs.Minimise(
                objective.Evaluate, new double[objective.Length], new LimitedMemoryOptions(LinearReference.Classes, 0, false, 20, 1e-10, 1000),
                token: TestContext.Current.CancellationToken);
        }

        Assert.Equal(With(1), With(4));
    }

    [Fact]
    public void Cancelling_ends_both_optimisers()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        TrainingExamples examples = LinearReference.Examples(weighted: false);
        var objective = new SoftmaxObjective(examples, 1);

        Assert.Throws<OperationCanceledException>(() => LimitedMemoryBfgs.Minimise(
            objective.Evaluate, new double[objective.Length], new LimitedMemoryOptions(4, 0, false, 20, 1e-10, 1000), token: source.Token));
        Assert.Throws<OperationCanceledException>(() => SoftmaxDualAscent.Minimise(
            examples, new DualAscentOptions(0.1, 0, 1e-3, 1000, 1, 1), token: source.Token));
    }
}
