namespace ResNetMl.Engine;

/// <summary>
/// The vector operations that kernels are written in, once for all widths. A kernel is generic in the type that says how
/// (<see cref="Simd512"/>, <see cref="Simd256"/>, <see cref="Simd128"/>) and in the vector itself; the JIT makes one copy for each.
/// </summary>
/// <typeparam name="TVector">A vector of <see cref="Count"/> floats.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>All 0.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Count floats from memory, aligned or not.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Count floats to memory, aligned or not.</summary>
    static abstract void Store(float* destination, TVector value);

    /// <summary>One float in every lane.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>left + right.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>left − right.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>left · right.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left · right + addend, rounded once where the hardware can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>max(value, 0); NaN stays NaN.</summary>
    static abstract TVector Relu(TVector value);

    /// <summary>value in the lanes where sign &gt; 0, else 0.</summary>
    static abstract TVector WherePositive(TVector sign, TVector value);

    /// <summary>The larger of each lane; NaN if either is.</summary>
    static abstract TVector Maximum(TVector left, TVector right);

    /// <summary>
    /// Routes <paramref name="value"/> to the first lane-wise match: returns it where left = right, else 0, and clears those lanes
    /// of <paramref name="value"/>.
    /// </summary>
    static abstract TVector TakeWhereEqual(TVector left, TVector right, ref TVector value);

    /// <summary>Adds the lanes to Count doubles.</summary>
    static abstract void AddTo(double* sums, TVector value);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector value);
}
