using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Kernels;

/// <summary>Arithmetic on a vector of neighbouring lanes, so that a kernel is written once for every width.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe partial interface ILaneOperations<TVector>
    where TVector : struct
{
    /// <summary>Lanes in a vector.</summary>
    static abstract int Width { get; }

    static abstract TVector Broadcast(float value);

    static abstract TVector Load(float* address);

    static abstract void Store(float* address, TVector value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left·right + addend, rounded once where the hardware can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>max(value, 0); NaN stays NaN, so that a training that diverges is noticed.</summary>
    static abstract TVector Relu(TVector value);

    /// <summary>The value where the other is positive, else 0: the derivative of <see cref="Relu"/> applied.</summary>
    static abstract TVector WherePositive(TVector condition, TVector value);

    /// <summary>One of two values, by whether left is greater than right or NaN.</summary>
    static abstract TVector WhereGreater(TVector left, TVector right, TVector then, TVector otherwise);

    /// <summary>The value where left equals right, else 0.</summary>
    static abstract TVector WhereEqual(TVector left, TVector right, TVector value);
}

/// <summary>Sixteen lanes: AVX-512.</summary>
internal readonly unsafe partial struct Lanes16 : ILaneOperations<Vector512<float>>
{
    public static int Width => 16;

    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    public static Vector512<float> Load(float* address) => Vector512.Load(address);

    public static void Store(float* address, Vector512<float> value) => value.Store(address);

    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;

    public static Vector512<float> Subtract(Vector512<float> left, Vector512<float> right) => left - right;

    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;

    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
        Vector512.FusedMultiplyAdd(left, right, addend);

    // The instruction returns its second operand when either is NaN.
    public static Vector512<float> Relu(Vector512<float> value) => Vector512.MaxNative(Vector512<float>.Zero, value);

    public static Vector512<float> WherePositive(Vector512<float> condition, Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(condition, Vector512<float>.Zero), value, Vector512<float>.Zero);

    public static Vector512<float> WhereGreater(
        Vector512<float> left, Vector512<float> right, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(left, right) | ~Vector512.Equals(left, left), then, otherwise);

    public static Vector512<float> WhereEqual(Vector512<float> left, Vector512<float> right, Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.Equals(left, right), value, Vector512<float>.Zero);
}

/// <summary>Eight lanes: AVX2.</summary>
internal readonly unsafe partial struct Lanes8 : ILaneOperations<Vector256<float>>
{
    public static int Width => 8;

    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    public static Vector256<float> Load(float* address) => Vector256.Load(address);

    public static void Store(float* address, Vector256<float> value) => value.Store(address);

    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;

    public static Vector256<float> Subtract(Vector256<float> left, Vector256<float> right) => left - right;

    public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;

    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
        Vector256.FusedMultiplyAdd(left, right, addend);

    public static Vector256<float> Relu(Vector256<float> value) => Vector256.MaxNative(Vector256<float>.Zero, value);

    public static Vector256<float> WherePositive(Vector256<float> condition, Vector256<float> value) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(condition, Vector256<float>.Zero), value, Vector256<float>.Zero);

    public static Vector256<float> WhereGreater(
        Vector256<float> left, Vector256<float> right, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(left, right) | ~Vector256.Equals(left, left), then, otherwise);

    public static Vector256<float> WhereEqual(Vector256<float> left, Vector256<float> right, Vector256<float> value) =>
        Vector256.ConditionalSelect(Vector256.Equals(left, right), value, Vector256<float>.Zero);
}

/// <summary>Four lanes: SSE and ARM's NEON.</summary>
internal readonly unsafe partial struct Lanes4 : ILaneOperations<Vector128<float>>
{
    public static int Width => 4;

    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> Load(float* address) => Vector128.Load(address);

    public static void Store(float* address, Vector128<float> value) => value.Store(address);

    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    public static Vector128<float> Subtract(Vector128<float> left, Vector128<float> right) => left - right;

    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;

    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        Vector128.FusedMultiplyAdd(left, right, addend);

    // NEON's maximum propagates NaN by itself, SSE's returns the second operand.
    public static Vector128<float> Relu(Vector128<float> value) => Vector128.MaxNative(Vector128<float>.Zero, value);

    public static Vector128<float> WherePositive(Vector128<float> condition, Vector128<float> value) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(condition, Vector128<float>.Zero), value, Vector128<float>.Zero);

    public static Vector128<float> WhereGreater(
        Vector128<float> left, Vector128<float> right, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left, right) | ~Vector128.Equals(left, left), then, otherwise);

    public static Vector128<float> WhereEqual(Vector128<float> left, Vector128<float> right, Vector128<float> value) =>
        Vector128.ConditionalSelect(Vector128.Equals(left, right), value, Vector128<float>.Zero);
}

/// <summary>One lane: the plain loop that the others are tested against, and the tail of odd channel counts.</summary>
internal readonly unsafe partial struct Lanes1 : ILaneOperations<float>
{
    public static int Width => 1;

    public static float Broadcast(float value) => value;

    public static float Load(float* address) => *address;

    public static void Store(float* address, float value) => *address = value;

    public static float Add(float left, float right) => left + right;

    public static float Subtract(float left, float right) => left - right;

    public static float Multiply(float left, float right) => left * right;

    public static float MultiplyAdd(float left, float right, float addend) => MathF.FusedMultiplyAdd(left, right, addend);

    public static float Relu(float value) => value < 0 ? 0 : value;

    public static float WherePositive(float condition, float value) => condition > 0 ? value : 0;

    public static float WhereGreater(float left, float right, float then, float otherwise) =>
        left > right || float.IsNaN(left) ? then : otherwise;

    public static float WhereEqual(float left, float right, float value) => left == right ? value : 0;
}
