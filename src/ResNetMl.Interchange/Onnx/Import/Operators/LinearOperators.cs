using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Gemm and MatMul: a linear layer where the right side is constant and the left side is rows, else a product of matrices.</summary>
internal static class LinearOperators
{
    /// <summary>alpha·A·B + beta·C, A or B transposed first where asked.</summary>
    internal static void Gemm(OnnxNode node)
    {
        node.Ignore("broadcast");
        bool transposesA = node.Flag("transA");
        bool transposesB = node.Flag("transB");
        float alpha = node.Float("alpha", 1);
        float beta = node.Float("beta", 1);
        OnnxValue right = node.Input(1);
        DataValue left = node.Data(0);
        if (node.RankOf(left) != 2 || node.RankOf(right) != 2)
        {
            throw node.Error("matrices A and B", $"{left.Shape} and an input of rank {node.RankOf(right)}");
        }

        if (right is ConstantValue weight && node.Shift == 0)
        {
            if (transposesA)
            {
                throw node.TouchesBatch("transposes A");
            }

            Tensor rows = LinearWeight(node, weight, transposesB, 1);
            Tensor? bias = alpha == 1 && beta == 1 && node.HasInput(2) ? LinearBias(node, rows.Shape[0]) : null;
            DataValue product = AddLinear(node, left, rows, bias, node.ParameterName(1));
            node.Bind(0, bias is not null ? product : AddScaled(node, product, alpha, beta));
            return;
        }

        if (node.Shift == 0)
        {
            throw node.TouchesBatch("multiplies two computed matrices");
        }

        DataValue a = transposesA ? node.AddPart("transA", new Transpose([0, 2, 1]), left) : left;
        DataValue b = right is ConstantValue constant ? node.Graph.ToData(node, constant, 2) : (DataValue)right;
        b = transposesB ? node.AddPart("transB", new Transpose([0, 2, 1]), b) : b;
        node.Bind(0, AddScaled(node, node.Add(new MatMul(), a, b), alpha, beta));
    }

    /// <summary>NumPy's matmul: vectors are rows or columns, the axes before the last two are broadcast.</summary>
    internal static void MatMul(OnnxNode node)
    {
        (OnnxValue left, OnnxValue right) = (node.Input(0), node.Input(1));
        (int leftRank, int rightRank) = (node.RankOf(left), node.RankOf(right));
        if (leftRank == 0 || rightRank == 0)
        {
            throw node.Error("matrices or vectors", "a scalar");
        }

        if (left is DataValue rows && right is ConstantValue { Shape.Rank: 2, IsInteger: false } weight && rows.Shape.Rank == 2 && node.Shift == 0)
        {
            node.Bind(0, AddLinear(node, rows, LinearWeight(node, weight, isTransposed: false, 1), bias: null, node.ParameterName(1)));
            return;
        }

        if (node.Shift == 0 && ((left is DataValue && leftRank < 3) || (right is DataValue && rightRank < 3)))
        {
            throw node.TouchesBatch("multiplies along axis 0");
        }

        int rank = Math.Max(2, Math.Max(leftRank, rightRank));
        DataValue a = Matrix(node, left, rank, isRow: leftRank == 1);
        DataValue b = Matrix(node, right, rank, isRow: false, isColumn: rightRank == 1);
        (a, b) = EqualLeadingAxes(node, a, b);
        DataValue product = node.Add(new MatMul(), a, b);
        Shape result = product.ElementShape();
        int[] kept = [.. result.AsSpan()[..^2], .. leftRank == 1 ? Array.Empty<int>() : [result[^2]], .. rightRank == 1 ? Array.Empty<int>() : [result[^1]]];
        node.Bind(0, node.Reshape(product, new Shape(kept), "vector"));
    }

    private static DataValue AddLinear(OnnxNode node, DataValue rows, Tensor weight, Tensor? bias, string name)
    {
        Linear layer = node.Make(() => new Linear(weight.Shape[1], weight.Shape[0], bias is not null));
        return bias is null
            ? node.Composer.Add(node.Where, layer, name, [rows], ("weight", weight))
            : node.Composer.Add(node.Where, layer, name, [rows], ("weight", weight), ("bias", bias));
    }

    // Linear layers hold [out, in]; Gemm without transB and MatMul hold [in, out].
    private static Tensor LinearWeight(OnnxNode node, ConstantValue weight, bool isTransposed, int input)
    {
        if (isTransposed)
        {
            return node.Weights(input, "B");
        }

        if (weight.IsInteger)
        {
            throw node.Error("B as floating-point numbers", "whole numbers");
        }

        Shape shape = weight.Shape;
        return weight.View(node.Where, node.Graph.Tensors, [shape[1], shape[0]], [1, shape[1]]).TakeFloats(node.Where, node.Graph.Tensors);
    }

    private static Tensor? LinearBias(OnnxNode node, int features)
    {
        if (node.Input(2) is not ConstantValue { IsInteger: false } bias || bias.Shape.ElementCount is 0 || bias.Shape.Rank > 2)
        {
            return null;
        }

        if (bias.Shape.ElementCount == features && (bias.Shape.Rank == 0 || bias.Shape[^1] == features))
        {
            return bias.Reshaped(node.Where, node.Graph.Tensors, [features]).TakeFloats(node.Where, node.Graph.Tensors);
        }

        return bias.Shape.ElementCount == 1
            ? bias.View(node.Where, node.Graph.Tensors, [features], [0]).TakeFloats(node.Where, node.Graph.Tensors)
            : null;
    }

    private static DataValue AddScaled(OnnxNode node, DataValue product, float alpha, float beta)
    {
        if (alpha != 1)
        {
            product = node.AddPart("alpha", new Activation(ActivationKind.Affine, alpha, 0), product);
        }

        if (!node.HasInput(2))
        {
            return product;
        }

        DataValue addend = ArithmeticOperators.Operand(node, node.Input(2), node.RankOf(product), axis: null);
        if (beta != 1)
        {
            addend = node.AddPart("beta", new Activation(ActivationKind.Affine, beta, 0), addend);
        }

        return ArithmeticOperators.Apply(node, ArithmeticKind.Add, product, addend, $"{node.Name}/sum");
    }

    private static DataValue Matrix(OnnxNode node, OnnxValue value, int rank, bool isRow, bool isColumn = false)
    {
        int own = node.RankOf(value);
        if (value is ConstantValue constant)
        {
            Shape shape = isColumn ? [constant.Shape[0], 1] : isRow ? [1, constant.Shape[0]] : constant.Shape;
            return node.Graph.ToData(node, constant.Reshaped(node.Where, node.Graph.Tensors, shape), rank);
        }

        var data = (DataValue)value;
        if (own == 1)
        {
            int length = data.Shape[^1];
            if (node.Shift == 0)
            {
                throw node.TouchesBatch("multiplies along axis 0");
            }

            data = node.Reshape(data, isColumn ? [length, 1] : [1, length], "matrix");
        }

        return node.WithRank(data, rank);
    }

    private static (DataValue A, DataValue B) EqualLeadingAxes(OnnxNode node, DataValue a, DataValue b)
    {
        int leading = a.Shape.Rank - 2;
        int[] lengths = [.. Enumerable.Range(1, Math.Max(0, leading - 1)).Select(axis => a.Shape[axis] == 1 ? b.Shape[axis] : a.Shape[axis])];
        return (Expand(a, "left"), Expand(b, "right"));

        DataValue Expand(DataValue value, string part) =>
            MovementOperators.ExpandTo(node, value, new Shape([.. lengths, value.Shape[^2], value.Shape[^1]]), $"{node.Name}/{part}");
    }
}
