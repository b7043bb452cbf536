using System.Runtime.Intrinsics;
using ResNetMl.Engine.General;
using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Tests.General;

/// <summary>Element-wise functions on vectors of every width and on single numbers, against their definitions in double.</summary>
public sealed unsafe class ElementFunctionTests
{
    private const int MostLanes = 16;

    /// <summary>Every function, the bounds of x, and the error allowed beside rounding, in units of fp32's last place of y.</summary>
    public static TheoryData<ActivationKind, float, float, double> Functions => new()
    {
        { ActivationKind.Relu, -100, 100, 0 },
        { ActivationKind.LeakyRelu, -100, 100, 0.5 },
        { ActivationKind.Elu, -20, 20, 2 },
        { ActivationKind.Selu, -20, 20, 3 },
        { ActivationKind.Sigmoid, -80, 80, 2.5 },
        { ActivationKind.HardSigmoid, -6, 6, 1 },
        { ActivationKind.Tanh, -12, 12, 3.5 },
        { ActivationKind.HardSwish, -6, 6, 2.5 },
        { ActivationKind.Silu, -80, 80, 2.5 },
        { ActivationKind.Gelu, -1, 9, 4 },
        { ActivationKind.Softplus, -80, 80, 2 },
        { ActivationKind.Softsign, -100, 100, 1 },
        { ActivationKind.Affine, -100, 100, 0 },
        { ActivationKind.Exp, -87, 88, 1.5 },
        { ActivationKind.Log, 1e-30f, 100, 1 },
        { ActivationKind.Sqrt, 0, 100, 0.5 },
        { ActivationKind.Abs, -100, 100, 0 },
        { ActivationKind.Negate, -100, 100, 0 },
        { ActivationKind.Reciprocal, 1e-30f, 100, 0.5 },
    };

    [Theory, MemberData(nameof(Functions))]
    public void Values_are_those_of_the_definition_to_the_last_places(ActivationKind kind, float least, float most, double places)
    {
        var layer = new Activation(kind);
        float[] x = Sweep(least, most);

        foreach (float[] y in (float[][])[Pass(layer, x), OnWidth(kind, layer, x, 8), OnWidth(kind, layer, x, 4), OnWidth(kind, layer, x, 1)])
        {
            for (int i = 0; i < x.Length; i++)
            {
                double expected = Definition(layer, x[i]);

                // Where y is denormal, half a place is all that fp32 has.
                double place = Math.Max(PlaceOf((float)expected), 1e-38);
                Assert.True(
                    Math.Abs(expected - y[i]) <= (places + 0.5) * place,
                    $"{kind}({x[i]:R}): expected {expected:R}, got {y[i]:R}, {Math.Abs(expected - y[i]) / place:F2} places away.");
            }
        }
    }

    [Theory]
    [InlineData(ActivationKind.Relu)]
    [InlineData(ActivationKind.LeakyRelu)]
    [InlineData(ActivationKind.Elu)]
    [InlineData(ActivationKind.Sigmoid)]
    [InlineData(ActivationKind.HardSigmoid)]
    [InlineData(ActivationKind.Tanh)]
    [InlineData(ActivationKind.HardSwish)]
    [InlineData(ActivationKind.Silu)]
    [InlineData(ActivationKind.Gelu)]
    [InlineData(ActivationKind.Clip)]
    [InlineData(ActivationKind.Softplus)]
    [InlineData(ActivationKind.Affine)]
    [InlineData(ActivationKind.Exp)]
    public void What_is_no_number_stays_none_so_that_a_training_that_diverges_is_noticed(ActivationKind kind)
    {
        float[] x = new float[37];
        Array.Fill(x, float.NaN);

        Assert.All(Pass(new Activation(kind), x), y => Assert.True(float.IsNaN(y)));
    }

    [Fact]
    public void Far_out_functions_reach_their_limits_without_overflow()
    {
        float[] x = [-1e30f, -200, 200, 1e30f];

        Assert.Equal([0, 0, 1, 1], Pass(new Activation(ActivationKind.Sigmoid), x));
        Assert.Equal([-1, -1, 1, 1], Pass(new Activation(ActivationKind.Tanh), x));
        Assert.Equal([-1, -1, 200, 1e30f], Pass(new Activation(ActivationKind.Elu), x));
        Assert.Equal([0, 0, 200, 1e30f], Pass(new Activation(ActivationKind.Softplus), x));
        Assert.Equal([0, 0, 200, 1e30f], Pass(new Activation(ActivationKind.Gelu), x));
        Assert.Equal([0, 0, 6, 6], Pass(new Activation(ActivationKind.Clip, 0, 6), x));
    }

    [Theory]
    [InlineData(ActivationKind.Silu)]
    [InlineData(ActivationKind.Tanh)]
    public void A_result_depends_neither_on_its_place_nor_on_the_threads(ActivationKind kind)
    {
        var layer = new Activation(kind);
        float[] x = Sweep(-5, 5);

        float[] whole = Pass(layer, x, threads: 1);

        Assert.Equal(whole, Pass(layer, x, threads: 3));
        Assert.Equal(whole[5..], Pass(layer, x[5..], threads: 2));
    }

    private static float[] Sweep(float least, float most)
    {
        const int Count = 4001;
        var x = new List<float>();
        for (int i = 0; i < Count; i++)
        {
            x.Add((float)(least + ((double)(most - least) * i / (Count - 1))));
        }

        // Small numbers of both signs, where differences from 1 cancel.
        for (float small = 1; small > 1e-20f; small /= 3)
        {
            x.AddRange(((float[])[small, -small]).Where(element => element >= least && element <= most));
        }

        return [.. x];
    }

    private static float[] Pass(Activation layer, float[] x, int threads = 1)
    {
        var pass = new ActivationPass(layer, x.Length);
        float[] y = new float[x.Length];
        fixed (float* from = x, to = y)
        {
            pass.Inputs[0] = from;
            pass.Output = to;
            pass.RunForward(new Kernels.SequentialRunner(threads));
        }

        return y;
    }

    private static float[] OnWidth(ActivationKind kind, Activation layer, float[] x, int width) => width switch
    {
        8 => OnWidth<Lanes8, Vector256<float>>(kind, layer, x),
        4 => OnWidth<Lanes4, Vector128<float>>(kind, layer, x),
        _ => OnWidth<Lanes1, float>(kind, layer, x),
    };

    private static float[] OnWidth<TOperations, TVector>(ActivationKind kind, Activation layer, float[] x)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct => kind switch
        {
            ActivationKind.Relu => Values<ReluFunction, TOperations, TVector>(layer, x),
            ActivationKind.LeakyRelu => Values<LeakyReluFunction, TOperations, TVector>(layer, x),
            ActivationKind.Elu => Values<EluFunction, TOperations, TVector>(layer, x),
            ActivationKind.Selu => Values<SeluFunction, TOperations, TVector>(layer, x),
            ActivationKind.Sigmoid => Values<SigmoidFunction, TOperations, TVector>(layer, x),
            ActivationKind.HardSigmoid => Values<HardSigmoidFunction, TOperations, TVector>(layer, x),
            ActivationKind.Tanh => Values<TanhFunction, TOperations, TVector>(layer, x),
            ActivationKind.HardSwish => Values<HardSwishFunction, TOperations, TVector>(layer, x),
            ActivationKind.Silu => Values<SiluFunction, TOperations, TVector>(layer, x),
            ActivationKind.Gelu => Values<GeluFunction, TOperations, TVector>(layer, x),
            ActivationKind.Softplus => Values<SoftplusFunction, TOperations, TVector>(layer, x),
            ActivationKind.Softsign => Values<SoftsignFunction, TOperations, TVector>(layer, x),
            ActivationKind.Affine => Values<AffineFunction, TOperations, TVector>(layer, x),
            ActivationKind.Exp => Values<ExpFunction, TOperations, TVector>(layer, x),
            ActivationKind.Log => Values<LogFunction, TOperations, TVector>(layer, x),
            ActivationKind.Sqrt => Values<SquareRootFunction, TOperations, TVector>(layer, x),
            ActivationKind.Abs => Values<AbsFunction, TOperations, TVector>(layer, x),
            ActivationKind.Negate => Values<NegateFunction, TOperations, TVector>(layer, x),
            ActivationKind.Reciprocal => Values<ReciprocalFunction, TOperations, TVector>(layer, x),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private static float[] Values<TFunction, TOperations, TVector>(Activation layer, float[] x)
        where TFunction : IElementFunction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        float[] y = new float[x.Length];
        float* lanes = stackalloc float[MostLanes];
        for (int i = 0; i < x.Length; i += TOperations.Width)
        {
            int count = Math.Min(TOperations.Width, x.Length - i);
            x.AsSpan(i, count).CopyTo(new Span<float>(lanes, count));
            TOperations.Store(lanes, TFunction.Value<TOperations, TVector>(
                TOperations.Load(lanes), TOperations.Broadcast(layer.Alpha), TOperations.Broadcast(layer.Beta)));
            new Span<float>(lanes, count).CopyTo(y.AsSpan(i));
        }

        return y;
    }

    private static double PlaceOf(float y) => MathF.BitIncrement(MathF.Abs(y)) - (double)MathF.Abs(y);

    /// <summary>As <see cref="ActivationKind"/> documents it, where the formula does not cancel, and the same number where it would.</summary>
    private static double Definition(Activation layer, float number)
    {
        double x = number;
        double alpha = layer.Alpha;
        double beta = layer.Beta;
        return layer.Kind switch
        {
            ActivationKind.Relu => Math.Max(x, 0),
            ActivationKind.LeakyRelu => x >= 0 ? x : alpha * x,
            ActivationKind.Elu => x >= 0 ? x : alpha * ExpMinusOne(x),
            ActivationKind.Selu => x > 0 ? beta * x : beta * alpha * ExpMinusOne(x),
            ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
            ActivationKind.HardSigmoid => Math.Clamp((alpha * x) + beta, 0, 1),
            ActivationKind.Tanh => Math.Tanh(x),
            ActivationKind.HardSwish => x * Math.Clamp((x / 6) + 0.5, 0, 1),
            ActivationKind.Silu => x / (1 + Math.Exp(-x)),
            ActivationKind.Gelu => x * NormalDistribution(x),
            ActivationKind.Softplus => x > 0 ? x + LogOnePlus(Math.Exp(-x)) : LogOnePlus(Math.Exp(x)),
            ActivationKind.Softsign => x / (1 + Math.Abs(x)),
            ActivationKind.Affine => (alpha * x) + beta,
            ActivationKind.Exp => Math.Exp(x),
            ActivationKind.Log => Math.Log(x),
            ActivationKind.Sqrt => Math.Sqrt(x),
            ActivationKind.Abs => Math.Abs(x),
            ActivationKind.Negate => -x,
            ActivationKind.Reciprocal => 1 / x,
            _ => throw new ArgumentOutOfRangeException(nameof(layer)),
        };
    }

    private static double ExpMinusOne(double x) => Math.Abs(x) > 1e-5 ? Math.Exp(x) - 1 : x + (x * x / 2);

    private static double LogOnePlus(double x) => x > 1e-5 ? Math.Log(1 + x) : x - (x * x / 2);

    /// <summary>1/2 + φ(x)·Σ x^(2n+1)/(2n+1)!!: all terms have x's sign, so nothing cancels for x above 0.</summary>
    private static double NormalDistribution(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= x * x / ((2 * n) + 1);
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
