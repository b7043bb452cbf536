using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>Products of matrices, one pair after another: C = A·B, ∂A = ∂C·Bᵀ, ∂B = Aᵀ·∂C.</summary>
internal sealed unsafe class MatMulPass : GeneralPass
{
    private readonly long _matrices;
    private readonly int _rows;
    private readonly int _terms;
    private readonly int _columns;
    private readonly MatrixProductPass _product;
    private readonly MatrixProductPass _leftGradient;
    private readonly MatrixProductPass _rightGradient;
    private readonly TransposePass _transpose;

    /// <summary>Prepares a layer.</summary>
    /// <param name="left">[N, …, m, k].</param>
    /// <param name="right">[N, …, k, n].</param>
    internal MatMulPass(Shape left, Shape right)
        : base(inputCount: 2)
    {
        (_rows, _terms, _columns) = (left[^2], left[^1], right[^1]);
        _matrices = Product(left, 0, left.Rank - 2);
        _product = new MatrixProductPass(_rows, _columns, _terms) { LeftRowStep = _terms, LeftTermStep = 1 };
        _leftGradient = new MatrixProductPass(_rows, _terms, _columns) { LeftRowStep = _columns, LeftTermStep = 1 };
        _rightGradient = new MatrixProductPass(_terms, _columns, _rows) { LeftRowStep = 1, LeftTermStep = _terms };
        _transpose = new TransposePass(_terms, _columns);
    }

    internal override bool BackwardReadsInputs => true;

    private long LeftLength => (long)_rows * _terms;

    private long RightLength => (long)_terms * _columns;

    private long ProductLength => (long)_rows * _columns;

    internal override long BackwardScratch(int threadCount) => RightLength;

    internal override void RunForward(ParallelRunner runner)
    {
        for (long matrix = 0; matrix < _matrices; matrix++)
        {
            _product.Left = Inputs[0] + (matrix * LeftLength);
            _product.Right = Inputs[1] + (matrix * RightLength);
            _product.Product = Output + (matrix * ProductLength);
            _product.Run(runner);
        }
    }

    internal override void RunBackward(ParallelRunner runner)
    {
        for (long matrix = 0; matrix < _matrices; matrix++)
        {
            float* gradient = OutputGradient + (matrix * ProductLength);
            if (InputGradients[0] != null)
            {
                _transpose.Source = Inputs[1] + (matrix * RightLength);
                _transpose.Target = Scratch;
                _transpose.Run(runner);
                _leftGradient.Left = gradient;
                _leftGradient.Right = Scratch;
                _leftGradient.Product = InputGradients[0] + (matrix * LeftLength);
                _leftGradient.Run(runner);
            }

            if (InputGradients[1] != null)
            {
                _rightGradient.Left = Inputs[0] + (matrix * LeftLength);
                _rightGradient.Right = gradient;
                _rightGradient.Product = InputGradients[1] + (matrix * RightLength);
                _rightGradient.Run(runner);
            }
        }
    }

    protected override void Forward(int thread, int threadCount) =>
        throw new InvalidOperationException("Each matrix is a work of its own.");

    protected override void Backward(int thread, int threadCount) => Forward(thread, threadCount);
}
