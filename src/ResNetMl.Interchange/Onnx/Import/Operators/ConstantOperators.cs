using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Constants, and the questions about shapes that fold into them.</summary>
internal static class ConstantOperators
{
    internal static void Constant(OnnxNode node)
    {
        ConstantValue value;
        if (node.TensorOf("value") is { } tensor)
        {
            value = node.Graph.Tensors.Read(node.Where, tensor);
        }
        else if (node.Float("value_float") is { } number)
        {
            value = FloatConstant(node, [], [number]);
        }
        else if (node.Floats("value_floats") is { } numbers)
        {
            value = FloatConstant(node, [numbers.Length], numbers);
        }
        else if (node.Ints("value_ints") is { } integers)
        {
            value = new ConstantValue(Array.ConvertAll(integers, integer => (Number)integer));
        }
        else if (node.Has("value_int"))
        {
            Number integer = node.Int("value_int", 0);
            value = new ConstantValue([], () => [integer]);
        }
        else
        {
            throw node.Error("value, value_float, value_floats, value_int or value_ints", "none of them", "Texts and sparse tensors are not known.");
        }

        node.Bind(0, value);
    }

    internal static void ConstantOfShape(OnnxNode node)
    {
        long[] lengths = node.Integers(0, "the shape");
        Shape shape = Shape(node, lengths);
        ConstantValue value = node.TensorOf("value") is { } tensor ? node.Graph.Tensors.Read(node.Where, tensor) : FloatConstant(node, [], [0]);
        if (value.Shape.ElementCount != 1)
        {
            throw node.Error("a value of one number", $"{value.Shape}");
        }

        node.Bind(0, value.View(node.Where, node.Graph.Tensors, shape, new long[shape.Rank]));
    }

    /// <summary>The axes of a value; the number of images stays open.</summary>
    internal static void Shape(OnnxNode node)
    {
        Number[] lengths = Lengths(node, node.Input(0));
        int start = Bounded(node.Int("start", 0), lengths.Length);
        int end = Bounded(node.Int("end", lengths.Length), lengths.Length);
        node.Bind(0, new ConstantValue(lengths[start..Math.Max(start, end)]));

        static int Bounded(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);
    }

    internal static void Size(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        Number count = input is ConstantValue constant
            ? constant.Shape.ElementCount
            : new Number(((DataValue)input).Shape.ElementCount, node.Shift == 0);
        node.Bind(0, new ConstantValue([], () => [count]));
    }

    /// <summary>Numbers of another type: floating-point ones are computed in single precision whatever their type.</summary>
    internal static void Cast(OnnxNode node)
    {
        node.Ignore("saturate");
        int kind = node.Int32(node.Int("to", 0), "to");
        OnnxValue input = node.Input(0);
        if (!ElementKind.IsFloat(kind) && !ElementKind.IsInteger(kind))
        {
            throw node.Error("a number type", ElementKind.NameOf(kind));
        }

        if (input is not ConstantValue constant)
        {
            node.Bind(0, ElementKind.IsFloat(kind) ? input : throw node.Error("a floating-point type for computed values", ElementKind.NameOf(kind)));
            return;
        }

        node.Bind(0, (constant.IsInteger, ElementKind.IsInteger(kind)) switch
        {
            (true, false) => AsFloats(node, constant),
            (false, true) => new ConstantValue(constant.Shape, () => ToIntegers(node, constant)),
            (true, true) when kind == ElementKind.Bool => Map(node, constant, number => number.Value != 0 || number.IsBatch ? 1 : 0),
            (false, false) when kind is ElementKind.Float16 or ElementKind.BFloat16 => new ConstantValue(constant.Shape, () => Rounded(node, constant, kind)),
            _ => constant,
        });
    }

    internal static void Floor(OnnxNode node)
    {
        ConstantValue constant = node.Constant(0, "the input");
        if (constant.IsInteger)
        {
            node.Bind(0, constant);
            return;
        }

        if (!IntegerFolding.IsSmall(constant))
        {
            throw node.Error("arithmetic of shapes", $"{constant.Shape} floating-point numbers");
        }

        Tensor result = node.Graph.Tensors.NewTensor(node.Where, constant.Shape);
        for (int i = 0; i < result.Span.Length; i++)
        {
            result.Span[i] = MathF.Floor(constant.Floats.Span[i]);
        }

        node.Bind(0, new ConstantValue(constant.Shape, () => result));
    }

    internal static void Range(OnnxNode node)
    {
        long start = node.Integers(0, "start").FirstOrDefault();
        long limit = node.Integers(1, "limit").FirstOrDefault();
        long delta = node.Integers(2, "delta").FirstOrDefault();
        if (delta == 0)
        {
            throw node.Error("a delta other than 0", "0");
        }

        Int128 distance = (Int128)limit - start;
        Int128 count = Int128.Max(0, delta > 0 ? (distance + delta - 1) / delta : (-distance - delta - 1) / -(Int128)delta);
        if (count > TensorReader.MaxIntegers)
        {
            throw node.Error($"at most {TensorReader.MaxIntegers:N0} numbers", $"{count}");
        }

        Number[] numbers = node.Graph.Tensors.NewIntegers(node.Where, [(int)count]);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = start + (i * delta);
        }

        node.Bind(0, new ConstantValue(numbers));
    }

    internal static void Equal(OnnxNode node)
    {
        (ConstantValue left, ConstantValue right) = (node.Constant(0, "A"), node.Constant(1, "B"));
        if (!left.IsInteger || !right.IsInteger)
        {
            throw node.Error("whole numbers", "floating-point numbers");
        }

        Shape shape = IntegerFolding.Broadcast(node, left.Shape, right.Shape);
        Number[] a = IntegerFolding.Expanded(node, left, shape).Integers;
        Number[] b = IntegerFolding.Expanded(node, right, shape).Integers;
        Number[] result = node.Graph.Tensors.NewIntegers(node.Where, shape);
        for (int i = 0; i < result.Length; i++)
        {
            // A number of images equals no fixed number but itself: −1, for which exporters ask, least of all.
            result[i] = a[i] == b[i] ? 1 : 0;
        }

        node.Bind(0, new ConstantValue(shape, () => result));
    }

    internal static void Where(OnnxNode node)
    {
        ConstantValue condition = node.Constant(0, "the condition");
        ConstantValue left = node.Constant(1, "X");
        ConstantValue right = node.Constant(2, "Y");
        if (!condition.IsInteger || !left.IsInteger || !right.IsInteger)
        {
            throw node.Error("whole numbers", "floating-point numbers");
        }

        Shape shape = IntegerFolding.Broadcast(node, IntegerFolding.Broadcast(node, condition.Shape, left.Shape), right.Shape);
        Number[] chosen = IntegerFolding.Expanded(node, condition, shape).Integers;
        Number[] a = IntegerFolding.Expanded(node, left, shape).Integers;
        Number[] b = IntegerFolding.Expanded(node, right, shape).Integers;
        Number[] result = node.Graph.Tensors.NewIntegers(node.Where, shape);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = chosen[i].Value != 0 ? a[i] : b[i];
        }

        node.Bind(0, new ConstantValue(shape, () => result));
    }

    /// <summary>Whole numbers in single precision.</summary>
    internal static ConstantValue AsFloats(OnnxNode node, ConstantValue constant) => new(constant.Shape, () => ToFloats(node, constant));

    /// <summary>A shape of whole numbers that a file gives.</summary>
    internal static Shape Shape(OnnxNode node, long[] lengths)
    {
        int[] whole = Array.ConvertAll(lengths, length => length >= 0 ? node.Int32(length, "a length") : throw node.Error("lengths of 0 or more", $"{length}"));
        TensorReader.RequireSize(node.Where, whole);
        return new Shape(whole);
    }

    private static Number[] Lengths(OnnxNode node, OnnxValue value)
    {
        if (value is ConstantValue constant)
        {
            return [.. constant.Shape.Select(length => (Number)length)];
        }

        Number[] lengths = [.. ((DataValue)value).Shape.Select(length => (Number)length)];
        return node.Shift == 1 ? lengths[1..] : [new Number(1, true), .. lengths[1..]];
    }

    private static ConstantValue FloatConstant(OnnxNode node, Shape shape, float[] numbers)
    {
        Tensor tensor = node.Graph.Tensors.NewTensor(node.Where, shape);
        numbers.CopyTo(tensor.Span);
        return new ConstantValue(shape, () => tensor);
    }

    private static Tensor ToFloats(OnnxNode node, ConstantValue constant)
    {
        Tensor result = node.Graph.Tensors.NewTensor(node.Where, constant.Shape);
        for (int i = 0; i < result.Span.Length; i++)
        {
            Number number = constant.Integers[i];
            result.Span[i] = number.IsBatch ? throw node.TouchesBatch("computes with the number of images") : number.Value;
        }

        return result;
    }

    private static Number[] ToIntegers(OnnxNode node, ConstantValue constant)
    {
        Number[] result = node.Graph.Tensors.NewIntegers(node.Where, constant.Shape);
        for (int i = 0; i < result.Length; i++)
        {
            // Towards zero, and to the nearest end of the range.
            result[i] = (long)constant.Floats.Span[i];
        }

        return result;
    }

    private static ConstantValue Map(OnnxNode node, ConstantValue constant, Func<Number, Number> function) => new(constant.Shape, () =>
    {
        Number[] result = node.Graph.Tensors.NewIntegers(node.Where, constant.Shape);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = function(constant.Integers[i]);
        }

        return result;
    });

    private static Tensor Rounded(OnnxNode node, ConstantValue constant, int kind)
    {
        Tensor result = node.Graph.Tensors.NewTensor(node.Where, constant.Shape);
        for (int i = 0; i < result.Span.Length; i++)
        {
            float number = constant.Floats.Span[i];
            result.Span[i] = kind == ElementKind.Float16 ? (float)(Half)number : BFloat16.FromSingle(number).ToSingle();
        }

        return result;
    }
}
