using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.Managed;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Managed;

/// <summary>The products of linear layers. Witness: <see cref="ScalarLinear"/>, the definition in double.</summary>
public sealed unsafe class MatrixProductTests
{
    // fp32 sums of up to 70 products: 1e-5 of the largest is far above their rounding and far below a wrong term.
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 10, 64)]
    [InlineData(7, 67, 70)]
    [InlineData(128, 10, 3)]
    public void Product_with_bias_matches_the_definition(int rows, int columns, int terms)
    {
        using var team = new ThreadTeam(2);
        Tensor left = ManagedFixture.Random([rows, terms], seed: 1);
        Tensor right = ManagedFixture.Random([terms, columns], seed: 2);
        Tensor bias = ManagedFixture.Random([columns], seed: 3);
        var product = new Tensor([rows, columns]);

        new MatrixProductPass(rows, columns, terms)
        {
            Left = (float*)left.Address,
            LeftRowStep = terms,
            LeftTermStep = 1,
            Right = (float*)right.Address,
            Bias = (float*)bias.Address,
            Product = (float*)product.Address,
        }.Run(team);

        double[] expected = ScalarLinear.Multiply(
            rows, columns, terms, (m, k) => left.Span[(m * terms) + k], (k, n) => right.Span[(k * columns) + n]);
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] += bias.Span[i % columns];
        }

        ManagedFixture.AssertClose(expected, product.Span, Tolerance);
    }

    [Fact]
    public void Product_with_a_transposed_left_side_matches_the_definition()
    {
        const int Rows = 9;
        const int Columns = 33;
        const int Terms = 21;
        using var team = new ThreadTeam(2);
        Tensor left = ManagedFixture.Random([Terms, Rows], seed: 1);
        Tensor right = ManagedFixture.Random([Terms, Columns], seed: 2);
        var product = new Tensor([Rows, Columns]);

        new MatrixProductPass(Rows, Columns, Terms)
        {
            Left = (float*)left.Address,
            LeftRowStep = 1,
            LeftTermStep = Rows,
            Right = (float*)right.Address,
            Product = (float*)product.Address,
        }.Run(team);

        double[] expected = ScalarLinear.Multiply(
            Rows, Columns, Terms, (m, k) => left.Span[(k * Rows) + m], (k, n) => right.Span[(k * Columns) + n]);
        ManagedFixture.AssertClose(expected, product.Span, Tolerance);
    }
}
