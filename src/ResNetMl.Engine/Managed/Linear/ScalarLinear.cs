namespace ResNetMl.Engine.Managed;

/// <summary>Matrix products by their definition in double: the twin that <see cref="Kernels.MatrixProductPass"/> is tested against.</summary>
internal static class ScalarLinear
{
    /// <summary>C[m, n] = Σₖ A[m, k]·B[k, n], each element given by its indices.</summary>
    internal static double[] Multiply(int rows, int columns, int terms, Func<int, int, double> left, Func<int, int, double> right)
    {
        double[] product = new double[rows * columns];
        for (int m = 0; m < rows; m++)
        {
            for (int n = 0; n < columns; n++)
            {
                for (int k = 0; k < terms; k++)
                {
                    product[(m * columns) + n] += left(m, k) * right(k, n);
                }
            }
        }

        return product;
    }
}
