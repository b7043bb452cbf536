using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>One number along some axes. The gradient of a maximum or minimum is shared evenly by the elements that equal it.</summary>
internal sealed unsafe class ReducePass : GeneralPass
{
    private readonly ReductionKind _kind;
    private readonly Reduction _reduction;
    private readonly ElementLoop _spread;
    private readonly nint _function;
    private readonly SharedWork _share;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">Kind and axes.</param>
    /// <param name="input">Shape of the input.</param>
    internal ReducePass(Reduce layer, Shape input)
        : base(inputCount: 1)
    {
        _kind = layer.Kind;
        Shape reduced = input;
        foreach (int axis in layer.Axes)
        {
            reduced = reduced.With(axis, 1);
        }

        _reduction = new Reduction(input, reduced);
        _spread = IsExtreme
            ? new ElementLoop(input, input, reduced, reduced)
            : new ElementLoop(input, reduced, Ones(input), reduced);
        _function = IsExtreme ? ElementLoop.Of<GradientWhereEqual>() : ElementLoop.Of<ProductOf>();
        _share = new SharedWork(ShareAmongEqual);
    }

    internal override bool BackwardReadsInputs => IsExtreme;

    internal override bool BackwardReadsOutput => IsExtreme;

    private bool IsExtreme => _kind is ReductionKind.Max or ReductionKind.Min;

    private float Factor => _kind == ReductionKind.Mean ? 1f / _reduction.TermCount : 1;

    internal override long BackwardScratch(int threadCount) => IsExtreme ? _reduction.Count : 1;

    internal override void RunBackward(ParallelRunner runner)
    {
        if (IsExtreme)
        {
            _share.Run(runner);
        }
        else
        {
            *Scratch = Factor;
        }

        base.RunBackward(runner);
    }

    protected override void Forward(int thread, int threadCount)
    {
        switch (_kind)
        {
            case ReductionKind.Max:
                _reduction.Run<MaximumReduction>(Inputs[0], Output, 1, thread, threadCount);
                break;
            case ReductionKind.Min:
                _reduction.Run<MinimumReduction>(Inputs[0], Output, 1, thread, threadCount);
                break;
            default:
                _reduction.Run<SumReduction>(Inputs[0], Output, Factor, thread, threadCount);
                break;
        }
    }

    protected override void Backward(int thread, int threadCount)
    {
        if (IsExtreme)
        {
            _spread.Run(_function, Inputs[0], Output, Scratch, InputGradients[0], thread, threadCount);
        }
        else
        {
            _spread.Run(_function, OutputGradient, Scratch, null, InputGradients[0], thread, threadCount);
        }
    }

    private void ShareAmongEqual(int thread, int threadCount)
    {
        (long start, long end) = Share(_reduction.Count, thread, threadCount);
        for (long i = start; i < end; i++)
        {
            Scratch[i] = OutputGradient[i] / _reduction.CountEqual(Inputs[0], Output, i);
        }
    }

    private static Shape Ones(Shape shape)
    {
        int[] lengths = new int[shape.Rank];
        Array.Fill(lengths, 1);
        return new Shape(lengths);
    }
}
