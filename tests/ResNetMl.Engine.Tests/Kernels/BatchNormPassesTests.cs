using System.Collections.Concurrent;
using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Kernels;

/// <summary>
/// Batch norm with what is fused into it, in every width of vectors, against its definition in double precision and, backward, against
/// finite differences of that definition.
/// </summary>
public sealed unsafe class BatchNormPassesTests
{
    private const int Images = 3;
    private const int Channels = 20;
    private const int Height = 3;
    private const int Width = 5;
    private const int Count = Images * Channels * Height * Width;
    private const float Epsilon = 1e-5f;
    private const float Momentum = 0.1f;

    private static readonly ConcurrentDictionary<
        (bool Adds, bool Relu), (double[] X, double[] Weight, double[] Bias, double[] Addend)> SlopesOf = new();

    /// <summary>Lanes 16, 8, 4 and 1 are one width each; 20 is [N, H, W, C] with a vector of 16 and one of 4.</summary>
    public static TheoryData<int, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<int, bool, bool>();
            foreach (int lanes in (int[])[16, 8, 4, 1, 20])
            {
                foreach (bool adds in (bool[])[false, true])
                {
                    cases.Add(lanes, adds, false);
                    cases.Add(lanes, adds, true);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_is_its_definition_and_moves_the_running_statistics(int lanes, bool adds, bool relu)
    {
        var problem = new Problem(adds, relu);
        var run = new Run(problem, lanes);

        run.Forward();

        // Values are of order 1 to 10 and pass through three roundings of 6e-8.
        Close(problem.Forward(problem.X), run.Y.Elements, 5e-6);
        Assert.All(run.Y.Padding, padding => Assert.Equal(0, padding));
        for (int channel = 0; channel < Channels; channel++)
        {
            (double mean, double variance) = problem.Statistics(problem.X, channel);
            double count = Images * Height * Width;
            Assert.Equal((0.9 * 0.5) + (0.1 * mean), run.RunningMean.Span[channel], 1e-5);
            Assert.Equal((0.9 * 2) + (0.1 * variance * count / (count - 1)), run.RunningVariance.Span[channel], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_is_the_slope_of_forward(int lanes, bool adds, bool relu)
    {
        var problem = new Problem(adds, relu);
        var run = new Run(problem, lanes);
        run.Forward();

        run.Backward(splitsGradient: false);

        Check(problem, run, adds);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_adds_the_gradients_of_two_readers(int lanes, bool adds, bool relu)
    {
        var problem = new Problem(adds, relu);
        var run = new Run(problem, lanes);
        run.Forward();

        run.Backward(splitsGradient: true);

        Check(problem, run, adds);
    }

    [Fact]
    public void Variance_survives_a_mean_a_thousand_deviations_away()
    {
        var problem = new Problem(adds: false, relu: false);
        for (int i = 0; i < problem.X.Length; i++)
        {
            // A multiple of 1/1024 that single precision holds exactly.
            problem.X[i] = 1000 + (Math.Round(problem.X[i] * 1024) / 1024);
        }

        var run = new Run(problem, lanes: 16);
        run.Forward();

        // shift = β − 1000·γ/σ is rounded to 6e-8 of about 1,000.
        Close(problem.Forward(problem.X), run.Y.Elements, 5e-4);
    }

    [Fact]
    public void Scoring_uses_the_running_statistics_and_leaves_them()
    {
        var problem = new Problem(adds: true, relu: true);
        var run = new Run(problem, lanes: 8);

        run.Score();

        double[] expected = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            int channel = problem.ChannelOf(i);
            double normal = (problem.X[i] - 0.5) / Math.Sqrt(2 + (double)Epsilon);
            expected[i] = Math.Max(0, (normal * problem.Weight[channel]) + problem.Bias[channel] + problem.Addend[i]);
        }

        Close(expected, run.Y.Elements, 5e-6);
        Assert.All(run.RunningMean.Span.ToArray(), mean => Assert.Equal(0.5f, mean));
    }

    private static void Check(Problem problem, Run run, bool adds)
    {
        // Taken with a step of 1e-4 in double precision: exact to some 1e-8.
        (double[] x, double[] weight, double[] bias, double[] addend) = SlopesOf.GetOrAdd((problem.Adds, problem.Relu), _ => (
            Slopes(problem.X, problem.Loss),
            Slopes(problem.Weight, problem.Loss),
            Slopes(problem.Bias, problem.Loss),
            Slopes(problem.Addend, problem.Loss)));
        Close(x, run.XGradient.Elements, 2e-5);
        Close(weight, run.WeightGradient, 2e-5);
        Close(bias, run.BiasGradient, 2e-5);
        if (adds)
        {
            Close(addend, run.AddendGradient.Elements, 2e-5);
        }
    }

    private static double[] Slopes(double[] variables, Func<double> loss)
    {
        const double step = 1e-4;
        var slopes = new double[variables.Length];
        for (int i = 0; i < variables.Length; i++)
        {
            double value = variables[i];
            variables[i] = value + step;
            double above = loss();
            variables[i] = value - step;
            double below = loss();
            variables[i] = value;
            slopes[i] = (above - below) / (2 * step);
        }

        return slopes;
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"element {i}: expected {expected[i]}, got {actual[i]}");
        }
    }

    /// <summary>Batch norm by its definition, in double precision.</summary>
    private sealed class Problem
    {
        private readonly bool _adds;
        private readonly bool _relu;

        internal Problem(bool adds, bool relu)
        {
            _adds = adds;
            _relu = relu;
            var random = new Random(17);
            X = Draw(Count, -2, 4);
            Addend = Draw(Count, -1, 1);
            Direction = Draw(Count, -1, 1);
            Weight = Draw(Channels, 0.5, 1.5);
            Bias = Draw(Channels, -0.5, 0.5);

            // Rectified values keep their distance from the corner, where there is no slope.
            for (int round = 0; relu && round < 50; round++)
            {
                double[] sums = Sums(X);
                for (int i = 0; i < Count; i++)
                {
                    X[i] = Math.Abs(sums[i]) < 0.01 ? Math.Round((X[i] + 0.05) * 1024) / 1024 : X[i];
                }
            }

            // All numbers are multiples of 1/1024: the same in single precision.
            double[] Draw(int count, double low, double high) =>
                [.. Enumerable.Range(0, count).Select(_ => Math.Round((low + (random.NextDouble() * (high - low))) * 1024) / 1024)];
        }

        internal bool Adds => _adds;

        internal bool Relu => _relu;

        internal double[] X { get; }

        internal double[] Addend { get; }

        internal double[] Direction { get; }

        internal double[] Weight { get; }

        internal double[] Bias { get; }

        internal int ChannelOf(int index) => index / (Height * Width) % Channels;

        internal double Loss()
        {
            double[] y = Forward(X);
            double loss = 0;
            for (int i = 0; i < Count; i++)
            {
                loss += y[i] * Direction[i];
            }

            return loss;
        }

        internal double[] Forward(double[] x)
        {
            double[] sums = Sums(x);
            return _relu ? [.. sums.Select(sum => Math.Max(0, sum))] : sums;
        }

        internal (double Mean, double Variance) Statistics(double[] x, int channel)
        {
            double sum = 0;
            double squares = 0;
            int count = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += ChannelOf(i) == channel ? x[i] : 0;
                count += ChannelOf(i) == channel ? 1 : 0;
            }

            double mean = sum / count;
            for (int i = 0; i < Count; i++)
            {
                squares += ChannelOf(i) == channel ? (x[i] - mean) * (x[i] - mean) : 0;
            }

            return (mean, squares / count);
        }

        private double[] Sums(double[] x)
        {
            (double Mean, double Variance)[] statistics = [.. Enumerable.Range(0, Channels).Select(channel => Statistics(x, channel))];
            var sums = new double[Count];
            for (int i = 0; i < Count; i++)
            {
                int channel = ChannelOf(i);
                double normal = (x[i] - statistics[channel].Mean) / Math.Sqrt(statistics[channel].Variance + Epsilon);
                sums[i] = (normal * Weight[channel]) + Bias[channel] + (_adds ? Addend[i] : 0);
            }

            return sums;
        }
    }

    /// <summary>The passes on a problem in one layout, with three threads' shares.</summary>
    private sealed class Run
    {
        private readonly Problem _problem;
        private readonly bool _adds;
        private readonly bool _relu;
        private readonly ImageLayout _layout;
        private readonly BatchNormPasses _passes;
        private readonly LaidOut _x;
        private readonly LaidOut _addend;
        private readonly Tensor _weight;
        private readonly Tensor _bias;
        private readonly Tensor _weightGradient = new([Channels]);
        private readonly Tensor _biasGradient = new([Channels]);

        internal Run(Problem problem, int lanes)
        {
            _problem = problem;
            _adds = problem.Adds;
            _relu = problem.Relu;
            _layout = new ImageLayout(Images, Channels, Height, Width, lanes);
            _passes = new BatchNormPasses(_layout, new SequentialRunner(3), Epsilon, Momentum);
            _x = new LaidOut(_layout, problem.X);
            _addend = new LaidOut(_layout, problem.Addend);
            Y = new LaidOut(_layout);
            XGradient = new LaidOut(_layout);
            AddendGradient = new LaidOut(_layout);
            _weight = new Tensor([Channels], [.. problem.Weight.Select(w => (float)w)]);
            _bias = new Tensor([Channels], [.. problem.Bias.Select(b => (float)b)]);
            RunningMean.Span.Fill(0.5f);
            RunningVariance.Span.Fill(2);
        }

        internal LaidOut Y { get; }

        internal LaidOut XGradient { get; }

        internal LaidOut AddendGradient { get; }

        internal Tensor RunningMean { get; } = new([Channels]);

        internal Tensor RunningVariance { get; } = new([Channels]);

        internal double[] WeightGradient => [.. _weightGradient.Span.ToArray().Select(g => (double)g)];

        internal double[] BiasGradient => [.. _biasGradient.Span.ToArray().Select(g => (double)g)];

        internal void Forward() => _passes.Forward(Tensors());

        internal void Score() => _passes.Score(Tensors());

        internal void Backward(bool splitsGradient)
        {
            double[] part = [.. _problem.Direction.Select((d, i) => splitsGradient ? d + (i % 3) : d)];
            double[] rest = [.. _problem.Direction.Select((_, i) => -(double)(i % 3))];
            var gradient = new LaidOut(_layout, part);
            var other = new LaidOut(_layout, rest);
            _passes.Backward(new BatchNormBackward
            {
                X = _x.Address,
                Y = Y.Address,
                HasRelu = _relu,
                HasAddend = _adds,
                YGradient = gradient.Address,
                OtherYGradient = splitsGradient ? other.Address : null,
                AddendGradient = _adds || splitsGradient ? AddendGradient.Address : null,
                XGradient = XGradient.Address,
                Weight = (float*)_weight.Address,
                WeightGradient = (float*)_weightGradient.Address,
                BiasGradient = (float*)_biasGradient.Address,
            });
            GC.KeepAlive(gradient);
            GC.KeepAlive(other);
        }

        private BatchNormForward Tensors() => new()
        {
            X = _x.Address,
            Addend = _adds ? _addend.Address : null,
            Y = Y.Address,
            Weight = (float*)_weight.Address,
            Bias = (float*)_bias.Address,
            RunningMean = (float*)RunningMean.Address,
            RunningVariance = (float*)RunningVariance.Address,
            HasRelu = _relu,
        };
    }
}
