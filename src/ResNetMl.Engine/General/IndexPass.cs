using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>Elements of an axis chosen by index, or a constant: slices and padding. Backward sums what was chosen more than once.</summary>
internal sealed unsafe class IndexPass : GeneralPass
{
    private const int Constant = -1;
    private readonly long _outer;
    private readonly long _inner;
    private readonly int _inputLength;
    private readonly float _value;

    /// <summary>For each output index, the input's, or <see cref="Constant"/>.</summary>
    private readonly int[] _indices;

    /// <summary>For each output index, how many from it on are neighbours in the input too, or all constant.</summary>
    private readonly int[] _runs;

    /// <summary>The output indices that are not constant, by the input index that they chose, ascending.</summary>
    private readonly int[] _takers;

    /// <summary>For each input index, where its takers start; then their number.</summary>
    private readonly int[] _firstTakers;

    private IndexPass(Shape input, int axis, int[] indices, float value)
        : base(inputCount: 1)
    {
        _outer = Product(input, 0, axis);
        _inner = Product(input, axis + 1, input.Rank);
        _inputLength = input[axis];
        _indices = indices;
        _value = value;
        _runs = new int[indices.Length];
        _firstTakers = new int[_inputLength + 1];
        for (int i = indices.Length - 1; i >= 0; i--)
        {
            bool continues = i + 1 < indices.Length &&
                (indices[i] == Constant ? indices[i + 1] == Constant : indices[i + 1] == indices[i] + 1);
            _runs[i] = continues ? _runs[i + 1] + 1 : 1;
            if (indices[i] != Constant)
            {
                _firstTakers[indices[i] + 1]++;
            }
        }

        for (int i = 0; i < _inputLength; i++)
        {
            _firstTakers[i + 1] += _firstTakers[i];
        }

        _takers = new int[_firstTakers[^1]];
        int[] next = [.. _firstTakers];
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] != Constant)
            {
                _takers[next[indices[i]]++] = i;
            }
        }
    }

    internal override bool KeepsZeros => _value == 0;

    /// <summary>Some elements along an axis.</summary>
    internal static IndexPass Of(Slice layer, Shape input) =>
        new(input, layer.Axis, [.. Enumerable.Range(0, layer.Length).Select(i => layer.Start + (i * layer.Step))], value: 0);

    /// <summary>Elements added before and after those of an axis.</summary>
    internal static IndexPass Of(Pad layer, Shape input)
    {
        int length = input[layer.Axis];
        return new IndexPass(
            input, layer.Axis, [.. Enumerable.Range(-layer.Before, layer.Before + length + layer.After).Select(IndexOf)], layer.Value);

        int IndexOf(int i) => layer.Mode switch
        {
            _ when i >= 0 && i < length => i,
            PadMode.Edge => Math.Clamp(i, 0, length - 1),
            PadMode.Reflect => i < 0 ? -i : (2 * (length - 1)) - i,
            _ => Constant,
        };
    }

    protected override void Forward(int thread, int threadCount)
    {
        int length = _indices.Length;
        (long row, long end) = Share(_outer * length, thread, threadCount);
        while (row < end)
        {
            (long image, long index) = Math.DivRem(row, length);
            long rows = Math.Min(_runs[index], end - row);
            float* to = Output + (row * _inner);
            if (_indices[index] == Constant)
            {
                new Span<float>(to, checked((int)(rows * _inner))).Fill(_value);
            }
            else
            {
                CopyRow(Inputs[0] + (((image * _inputLength) + _indices[index]) * _inner), to, rows * _inner);
            }

            row += rows;
        }
    }

    protected override void Backward(int thread, int threadCount)
    {
        (long row, long end) = Share(_outer * _inputLength, thread, threadCount);
        for (; row < end; row++)
        {
            (long image, long index) = Math.DivRem(row, _inputLength);
            float* to = InputGradients[0] + (row * _inner);
            (int first, int last) = (_firstTakers[index], _firstTakers[index + 1]);
            if (first == last)
            {
                new Span<float>(to, checked((int)_inner)).Clear();
                continue;
            }

            float* gradient = OutputGradient + (image * _indices.Length * _inner);
            CopyRow(gradient + (_takers[first] * _inner), to, _inner);
            for (int taker = first + 1; taker < last; taker++)
            {
                float* more = gradient + (_takers[taker] * _inner);
                for (long i = 0; i < _inner; i++)
                {
                    to[i] += more[i];
                }
            }
        }
    }

    private static void CopyRow(float* from, float* to, long count)
    {
        if (count > 4)
        {
            Copy(from, to, count);
            return;
        }

        for (long i = 0; i < count; i++)
        {
            to[i] = from[i];
        }
    }
}
