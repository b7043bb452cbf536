using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>What a name of an ONNX graph stands for while the graph is read.</summary>
internal abstract class OnnxValue;

/// <summary>A value that the network computes.</summary>
/// <param name="name">Its name in the definition.</param>
/// <param name="shape">Its shape in the definition: axis 0 is the batch, of length 1.</param>
internal sealed class DataValue(string name, Shape shape) : OnnxValue
{
    internal string Name { get; } = name;

    internal Shape Shape { get; } = shape;
}

/// <summary>A whole number of shape arithmetic: itself, or that many times the number of images.</summary>
/// <param name="Value">The number.</param>
/// <param name="IsBatch">Whether it is multiplied by the number of images, which is not known here.</param>
internal readonly record struct Number(long Value, bool IsBatch = false)
{
    public static implicit operator Number(long value) => new(value);

    public override string ToString() => IsBatch ? $"{Value}·N" : $"{Value}";
}

/// <summary>A value that is known: an initializer, or what was folded from some. Its numbers are read when they are first asked for.</summary>
internal sealed class ConstantValue : OnnxValue
{
    private readonly Lazy<Tensor>? _floats;
    private readonly Lazy<Number[]>? _integers;
    private bool _isTaken;

    internal ConstantValue(Shape shape, Func<Tensor> floats, string? name = null)
    {
        Shape = shape;
        _floats = new Lazy<Tensor>(floats, LazyThreadSafetyMode.None);
        Name = name;
    }

    internal ConstantValue(Shape shape, Func<Number[]> integers, string? name = null)
    {
        Shape = shape;
        _integers = new Lazy<Number[]>(integers, LazyThreadSafetyMode.None);
        Name = name;
    }

    internal ConstantValue(params Number[] list)
        : this([list.Length], () => list)
    {
    }

    /// <summary>The lengths of its axes, as ONNX counts them.</summary>
    internal Shape Shape { get; }

    /// <summary>Whole numbers or truth values, else floating-point numbers in single precision.</summary>
    internal bool IsInteger => _integers is not null;

    /// <summary>The initializer's name; null for what was folded.</summary>
    internal string? Name { get; }

    /// <summary>The numbers, to look at.</summary>
    internal Tensor Floats => _floats!.Value;

    internal Number[] Integers => _integers!.Value;

    /// <summary>Reads the numbers, if they have not been read.</summary>
    internal void Evaluate() => _ = IsInteger ? (object)Integers : Floats;

    /// <summary>The numbers as a tensor that belongs to the caller: two weights never share one.</summary>
    internal Tensor TakeFloats(string where, TensorReader tensors)
    {
        if (!_isTaken)
        {
            _isTaken = true;
            return Floats;
        }

        Tensor copy = tensors.NewTensor(where, Shape);
        Floats.Span.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>The elements at other places: output element (i, j, …) is element offset + i·strides[0] + j·strides[1] + … of this one.</summary>
    internal ConstantValue View(string where, TensorReader tensors, Shape shape, long[] strides, long offset = 0)
    {
        return IsInteger ? new ConstantValue(shape, ViewIntegers) : new ConstantValue(shape, ViewFloats);

        Number[] ViewIntegers()
        {
            Number[] result = tensors.NewIntegers(where, shape);
            Strided.Copy<Number>(Integers, result, shape, strides, offset);
            return result;
        }

        Tensor ViewFloats()
        {
            Tensor result = tensors.NewTensor(where, shape);
            Strided.Copy<float>(Floats.Span, result.Span, shape, strides, offset);
            return result;
        }
    }

    /// <summary>The same elements in the same order with other axes.</summary>
    internal ConstantValue Reshaped(string where, TensorReader tensors, Shape shape) => shape == Shape ? this : View(where, tensors, shape, Strided.Strides(shape));
}
