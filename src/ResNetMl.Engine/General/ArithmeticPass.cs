using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>An element-wise function of two values with broadcasting. The gradient of an input that repeats is summed over what it repeats along.</summary>
internal sealed unsafe class ArithmeticPass : GeneralPass
{
    private readonly ArithmeticKind _kind;
    private readonly Shape _output;
    private readonly nint _value;
    private readonly ElementLoop _loop;
    private readonly Side[] _sides;

    /// <summary>Prepares a layer.</summary>
    /// <param name="kind">Which function.</param>
    /// <param name="left">Shape of the first input.</param>
    /// <param name="right">Shape of the second.</param>
    /// <param name="output">Shape of the output.</param>
    internal ArithmeticPass(ArithmeticKind kind, Shape left, Shape right, Shape output)
        : base(inputCount: 2)
    {
        _kind = kind;
        _output = output;
        _loop = new ElementLoop(output, left, right, output);
        (_value, nint leftGradient, nint rightGradient) = Choose(kind);
        _sides = [new Side(this, 0, left, leftGradient), new Side(this, 1, right, rightGradient)];
    }

    internal override bool BackwardReadsInputs => _kind is not (ArithmeticKind.Add or ArithmeticKind.Subtract);

    internal override bool KeepsZeros => _kind is not (ArithmeticKind.Divide or ArithmeticKind.Power);

    internal override long BackwardScratch(int threadCount) => _sides.Any(side => side.Sum is not null) ? _output.ElementCount : 0;

    internal override void RunBackward(ParallelRunner runner)
    {
        // A full gradient that is to be summed waits in the scratch, which both sides use in turn.
        foreach (Side side in _sides)
        {
            if (InputGradients[side.Index] != null)
            {
                side.Gradient.Run(runner);
                if (side.Sum is not null)
                {
                    side.SumWork.Run(runner);
                }
            }
        }
    }

    protected override void Forward(int thread, int threadCount) =>
        _loop.Run(_value, Inputs[0], Inputs[1], null, Output, thread, threadCount);

    protected override void Backward(int thread, int threadCount) =>
        throw new InvalidOperationException("Each side's gradient is a work of its own.");

    private static (nint Value, nint Left, nint Right) Choose(ArithmeticKind kind) => kind switch
    {
        ArithmeticKind.Add => (ElementLoop.Of<SumOf>(), ElementLoop.Of<Gradient>(), ElementLoop.Of<Gradient>()),
        ArithmeticKind.Subtract => (ElementLoop.Of<DifferenceOf>(), ElementLoop.Of<Gradient>(), ElementLoop.Of<NegativeGradient>()),
        ArithmeticKind.Multiply => (ElementLoop.Of<ProductOf>(), ElementLoop.Of<GradientTimesRight>(), ElementLoop.Of<GradientTimesLeft>()),
        ArithmeticKind.Divide => (ElementLoop.Of<QuotientOf>(), ElementLoop.Of<DividendGradient>(), ElementLoop.Of<DivisorGradient>()),
        ArithmeticKind.Maximum =>
            (ElementLoop.Of<LargerOf>(), ElementLoop.Of<GradientWhereLeftIsLarger>(), ElementLoop.Of<GradientWhereRightIsLarger>()),
        ArithmeticKind.Minimum =>
            (ElementLoop.Of<SmallerOf>(), ElementLoop.Of<GradientWhereRightIsLarger>(), ElementLoop.Of<GradientWhereLeftIsLarger>()),
        ArithmeticKind.Power => (ElementLoop.Of<PowerOf>(), ElementLoop.Of<BaseGradient>(), ElementLoop.Of<ExponentGradient>()),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such arithmetic."),
    };

    /// <summary>One input's gradient.</summary>
    private sealed class Side
    {
        internal Side(ArithmeticPass pass, int index, Shape shape, nint function)
        {
            Index = index;
            Sum = shape == pass._output ? null : new Reduction(pass._output, shape);
            Gradient = new SharedWork((thread, threadCount) => pass._loop.Run(
                function,
                pass.BackwardReadsInputs ? pass.Inputs[0] : null,
                pass.BackwardReadsInputs ? pass.Inputs[1] : null,
                pass.OutputGradient,
                Sum is null ? pass.InputGradients[index] : pass.Scratch,
                thread,
                threadCount));
            SumWork = new SharedWork((thread, threadCount) =>
                Sum!.Run<SumReduction>(pass.Scratch, pass.InputGradients[index], 1, thread, threadCount));
        }

        internal int Index { get; }

        internal Reduction? Sum { get; }

        internal SharedWork Gradient { get; }

        internal SharedWork SumWork { get; }
    }
}
