using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.General;

/// <summary>An element-wise function, on arrays of any layout.</summary>
/// <remarks>The last elements pass through a whole vector too, so that a result does not depend on its place.</remarks>
internal sealed unsafe class ActivationPass : GeneralPass
{
    private const int Grain = 16;
    private readonly Activation _layer;
    private readonly long _count;
    private readonly delegate*<in Arrays, void> _values;
    private readonly delegate*<in Arrays, void> _slopes;
    private readonly bool _isSlopeOfOutput;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">The function.</param>
    /// <param name="count">Elements.</param>
    internal ActivationPass(Activation layer, long count)
        : base(inputCount: 1)
    {
        _layer = layer;
        _count = count;
        (nint values, nint slopes, _isSlopeOfOutput) = Choose(layer.Kind);
        _values = (delegate*<in Arrays, void>)values;
        _slopes = (delegate*<in Arrays, void>)slopes;
    }

    internal override bool BackwardReadsInputs => !_isSlopeOfOutput;

    internal override bool BackwardReadsOutput => _isSlopeOfOutput;

    internal override bool BackwardWorksInPlace => true;

    internal override bool KeepsZeros => _layer.Kind switch
    {
        ActivationKind.Sigmoid or ActivationKind.Softplus or ActivationKind.Exp => false,

        // Infinite at 0, or their slopes are: 0 times that is no number.
        ActivationKind.Log or ActivationKind.Reciprocal or ActivationKind.Sqrt => false,
        ActivationKind.HardSigmoid => _layer.Beta <= 0,
        ActivationKind.Clip => _layer.Alpha <= 0 && _layer.Beta >= 0,
        ActivationKind.Affine => _layer.Beta == 0,
        _ => true,
    };

    protected override void Forward(int thread, int threadCount) => Run(_values, Inputs[0], null, Output, thread, threadCount);

    protected override void Backward(int thread, int threadCount) =>
        Run(_slopes, _isSlopeOfOutput ? Output : Inputs[0], OutputGradient, InputGradients[0], thread, threadCount);

    private void Run(delegate*<in Arrays, void> function, float* x, float* gradient, float* result, int thread, int threadCount)
    {
        (long start, long end) = Share(_count, thread, threadCount, Grain);
        long whole = (end - start) / Grain * Grain;
        var arrays = new Arrays
        {
            X = x + start,
            Gradient = gradient + start,
            Result = result + start,
            Count = (nint)whole,
            Alpha = _layer.Alpha,
            Beta = _layer.Beta,
        };
        function(arrays);
        int rest = (int)(end - start - whole);
        if (rest > 0)
        {
            float* last = stackalloc float[3 * Grain];
            new Span<float>(last, 3 * Grain).Clear();
            Copy(arrays.X + whole, last, rest);
            if (gradient != null)
            {
                Copy(arrays.Gradient + whole, last + Grain, rest);
            }

            arrays.X = last;
            arrays.Gradient = last + Grain;
            arrays.Result = last + (2 * Grain);
            arrays.Count = Grain;
            function(arrays);
            Copy(last + (2 * Grain), result + start + whole, rest);
        }
    }

    private static (nint Values, nint Slopes, bool IsSlopeOfOutput) Choose(ActivationKind kind) => kind switch
    {
        ActivationKind.Relu => Of<ReluFunction>(),
        ActivationKind.LeakyRelu => Of<LeakyReluFunction>(),
        ActivationKind.Elu => Of<EluFunction>(),
        ActivationKind.Selu => Of<SeluFunction>(),
        ActivationKind.Sigmoid => Of<SigmoidFunction>(),
        ActivationKind.HardSigmoid => Of<HardSigmoidFunction>(),
        ActivationKind.Tanh => Of<TanhFunction>(),
        ActivationKind.HardSwish => Of<HardSwishFunction>(),
        ActivationKind.Silu => Of<SiluFunction>(),
        ActivationKind.Gelu => Of<GeluFunction>(),
        ActivationKind.Clip => Of<ClipFunction>(),
        ActivationKind.Softplus => Of<SoftplusFunction>(),
        ActivationKind.Softsign => Of<SoftsignFunction>(),
        ActivationKind.Affine => Of<AffineFunction>(),
        ActivationKind.Exp => Of<ExpFunction>(),
        ActivationKind.Log => Of<LogFunction>(),
        ActivationKind.Sqrt => Of<SquareRootFunction>(),
        ActivationKind.Abs => Of<AbsFunction>(),
        ActivationKind.Negate => Of<NegateFunction>(),
        ActivationKind.Reciprocal => Of<ReciprocalFunction>(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such activation."),
    };

    private static (nint Values, nint Slopes, bool IsSlopeOfOutput) Of<TFunction>()
        where TFunction : IElementFunction
    {
        delegate*<in Arrays, void> values = &Values<TFunction, Lanes4, Vector128<float>>;
        delegate*<in Arrays, void> slopes = &Slopes<TFunction, Lanes4, Vector128<float>>;
        if (Vector512.IsHardwareAccelerated)
        {
            values = &Values<TFunction, Lanes16, Vector512<float>>;
            slopes = &Slopes<TFunction, Lanes16, Vector512<float>>;
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            values = &Values<TFunction, Lanes8, Vector256<float>>;
            slopes = &Slopes<TFunction, Lanes8, Vector256<float>>;
        }

        return ((nint)values, (nint)slopes, TFunction.IsSlopeOfOutput);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Values<TFunction, TOperations, TVector>(in Arrays arrays)
        where TFunction : IElementFunction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        TVector alpha = TOperations.Broadcast(arrays.Alpha);
        TVector beta = TOperations.Broadcast(arrays.Beta);
        float* x = arrays.X;
        float* result = arrays.Result;
        nint count = arrays.Count;
        for (nint i = 0; i < count; i += TOperations.Width)
        {
            TOperations.Store(result + i, TFunction.Value<TOperations, TVector>(TOperations.Load(x + i), alpha, beta));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Slopes<TFunction, TOperations, TVector>(in Arrays arrays)
        where TFunction : IElementFunction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        TVector alpha = TOperations.Broadcast(arrays.Alpha);
        TVector beta = TOperations.Broadcast(arrays.Beta);
        float* x = arrays.X;
        float* gradient = arrays.Gradient;
        float* result = arrays.Result;
        nint count = arrays.Count;
        for (nint i = 0; i < count; i += TOperations.Width)
        {
            TVector slope = TFunction.Slope<TOperations, TVector>(TOperations.Load(x + i), alpha, beta);
            TOperations.Store(result + i, TOperations.Multiply(TOperations.Load(gradient + i), slope));
        }
    }

    private struct Arrays
    {
        internal float* X;
        internal float* Gradient;
        internal float* Result;
        internal nint Count;
        internal float Alpha;
        internal float Beta;
    }
}
