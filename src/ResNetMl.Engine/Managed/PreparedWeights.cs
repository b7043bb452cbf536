using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <summary>The weights of a compiled network in the kernels' layouts, made once and shared by all plans.</summary>
/// <remarks>The memory lives until the compiled network and every plan of it are disposed: each holds a reference to the handle.</remarks>
internal sealed unsafe class PreparedWeights : IParameters
{
    private const long AlignmentFloats = ManagedLayout.Lanes;
    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<Operation, (long Packed, long Bias)> _prepared = new(ReferenceEqualityComparer.Instance);
    private long _length;

    internal PreparedWeights(OperationList operations, StateDictionary weights, SimdLevel level)
    {
        var fills = new List<Action>();
        foreach (ParameterSpec spec in operations.State)
        {
            float[] elements = Check(spec, weights).Span.ToArray();
            long offset = Reserve(elements.Length);
            _values.Add(spec.Name, offset);
            fills.Add(() => elements.CopyTo(new Span<float>(Memory!.Floats + offset, elements.Length)));
        }

        foreach (Operation operation in operations.Operations)
        {
            switch (operation)
            {
                case ConvolutionOperation convolution:
                    Shape input = operations.Values[convolution.Inputs[0]].Shape;
                    ConvolutionGeometry geometry = ConvolutionGeometry.Forward(convolution.Layer, input[2], input[3]);
                    WeightPacking packing = ConvolutionPass.PackingOf(geometry, level);
                    (long packed, long bias) = (Reserve(packing.Length), Reserve(ManagedLayout.BlocksOf(geometry.OutChannels) * ManagedLayout.Lanes));
                    _prepared.Add(operation, (packed, bias));
                    fills.Add(() => Fill(convolution, packing, packed, bias));
                    break;
                case LinearOperation linear:
                    long transposed = Reserve((long)linear.Layer.InFeatures * linear.Layer.OutFeatures);
                    _prepared.Add(operation, (transposed, -1));
                    fills.Add(() => Fill(linear, transposed));
                    break;
            }
        }

        Memory = AlignedBuffer.OfFloats(_length);
        fills.ForEach(fill => fill());
    }

    /// <summary>What holds the numbers.</summary>
    internal AlignedBuffer Memory { get; }

    public float* ValueOf(string name) => Memory.Floats + _values[name];

    public float* GradientOf(string name) => throw new InvalidOperationException("A plan for scoring has no gradients.");

    /// <summary>A convolution's weights as its micro-kernel reads them, or a linear layer's as [in, out].</summary>
    internal float* PackedOf(Operation operation) => Memory.Floats + _prepared[operation].Packed;

    /// <summary>A convolution's bias with zeros in the filling, or null where it has none.</summary>
    internal float* BiasOf(ConvolutionOperation operation) => operation.Bias is null ? null : Memory.Floats + _prepared[operation].Bias;

    private static Tensor Check(ParameterSpec spec, StateDictionary weights)
    {
        if (!weights.TryGetValue(spec.Name, out Tensor? tensor) || tensor.Shape != spec.Shape)
        {
            string got = tensor is null ? "none" : tensor.Shape.ToString();
            throw new ArgumentException(
                $"{spec.Name}: expected a tensor {spec.Shape}, got {got}. The weights are of another network.", nameof(weights));
        }

        return tensor;
    }

    private void Fill(ConvolutionOperation operation, WeightPacking packing, long packed, long bias)
    {
        for (int group = 0; group < packing.PartCount; group++)
        {
            packing.Pack(group, ValueOf(operation.Weight), Memory.Floats + packed);
        }

        if (operation.Bias is { } name)
        {
            int channels = operation.Layer.OutChannels;
            new ReadOnlySpan<float>(ValueOf(name), channels).CopyTo(new Span<float>(Memory.Floats + bias, channels));
        }
    }

    private void Fill(LinearOperation operation, long transposed)
    {
        float* source = ValueOf(operation.Weight);
        for (int o = 0; o < operation.Layer.OutFeatures; o++)
        {
            for (int i = 0; i < operation.Layer.InFeatures; i++)
            {
                Memory.Floats[transposed + ((long)i * operation.Layer.OutFeatures) + o] = *source++;
            }
        }
    }

    private long Reserve(long floats)
    {
        long offset = _length;
        _length += (floats + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats;
        return offset;
    }
}
