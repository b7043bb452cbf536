using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>A 3-D convolution by its definition, a row of outputs at a time: for files of other programs, not for speed.</summary>
/// <remarks>Three forms of one sum over (image, output channel, input channel, tap, place); each thread owns whole maps of what is written.</remarks>
internal sealed unsafe class Conv3dPass : GeneralPass
{
    private readonly Conv3d _layer;
    private readonly int _images;
    private readonly int[] _in;
    private readonly int[] _out;
    private readonly SharedWork _inputGradient;
    private readonly SharedWork _weightGradient;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">Channels and window.</param>
    /// <param name="input">[N, inChannels, D, H, W].</param>
    /// <param name="output">[N, outChannels, D', H', W'].</param>
    internal Conv3dPass(Conv3d layer, Shape input, Shape output)
        : base(inputCount: 1, stateCount: layer.HasBias ? 2 : 1)
    {
        _layer = layer;
        _images = input[0];
        _in = [input[2], input[3], input[4]];
        _out = [output[2], output[3], output[4]];
        _inputGradient = new SharedWork(InputGradient);
        _weightGradient = new SharedWork(WeightGradient);
    }

    internal override bool BackwardReadsInputs => true;

    private int InPerGroup => _layer.InChannels / _layer.Groups;

    private int OutPerGroup => _layer.OutChannels / _layer.Groups;

    private long InMap => (long)_in[0] * _in[1] * _in[2];

    private long OutMap => (long)_out[0] * _out[1] * _out[2];

    private int Taps => checked((int)_layer.KernelSize.ElementCount);

    internal override void RunBackward(ParallelRunner runner)
    {
        if (InputGradients[0] != null)
        {
            _inputGradient.Run(runner);
        }

        if (StateGradients[0] != null)
        {
            _weightGradient.Run(runner);
        }
    }

    protected override void Forward(int thread, int threadCount)
    {
        (long start, long end) = Share((long)_images * _layer.OutChannels, thread, threadCount);
        for (long map = start; map < end; map++)
        {
            (long image, long outChannel) = Math.DivRem(map, _layer.OutChannels);
            float* y = Output + (map * OutMap);
            new Span<float>(y, checked((int)OutMap)).Fill(_layer.HasBias ? State[1][outChannel] : 0);
            for (int i = 0; i < InPerGroup; i++)
            {
                float* x = Inputs[0] + (((image * _layer.InChannels) + (outChannel / OutPerGroup * InPerGroup) + i) * InMap);
                float* weight = State[0] + (((outChannel * InPerGroup) + i) * Taps);
                for (int tap = 0; tap < Taps; tap++)
                {
                    foreach (Row row in new Rows(this, tap))
                    {
                        for (int place = 0; place < row.Count; place++)
                        {
                            y[row.Out + place] += weight[tap] * x[row.In + ((long)place * row.InStep)];
                        }
                    }
                }
            }
        }
    }

    protected override void Backward(int thread, int threadCount) =>
        throw new InvalidOperationException("The gradients of input and weight are works of their own.");

    private void InputGradient(int thread, int threadCount)
    {
        (long start, long end) = Share((long)_images * _layer.InChannels, thread, threadCount);
        for (long map = start; map < end; map++)
        {
            (long image, long inChannel) = Math.DivRem(map, _layer.InChannels);
            (long group, long i) = Math.DivRem(inChannel, InPerGroup);
            float* x = InputGradients[0] + (map * InMap);
            new Span<float>(x, checked((int)InMap)).Clear();
            for (long outChannel = group * OutPerGroup; outChannel < (group + 1) * OutPerGroup; outChannel++)
            {
                float* y = OutputGradient + (((image * _layer.OutChannels) + outChannel) * OutMap);
                float* weight = State[0] + (((outChannel * InPerGroup) + i) * Taps);
                for (int tap = 0; tap < Taps; tap++)
                {
                    foreach (Row row in new Rows(this, tap))
                    {
                        for (int place = 0; place < row.Count; place++)
                        {
                            x[row.In + ((long)place * row.InStep)] += weight[tap] * y[row.Out + place];
                        }
                    }
                }
            }
        }
    }

    private void WeightGradient(int thread, int threadCount)
    {
        (long start, long end) = Share((long)_layer.OutChannels * InPerGroup, thread, threadCount);
        for (long pair = start; pair < end; pair++)
        {
            (long outChannel, long i) = Math.DivRem(pair, InPerGroup);
            for (int tap = 0; tap < Taps; tap++)
            {
                double sum = 0;
                for (long image = 0; image < _images; image++)
                {
                    float* x = Inputs[0] + (((image * _layer.InChannels) + (outChannel / OutPerGroup * InPerGroup) + i) * InMap);
                    float* y = OutputGradient + (((image * _layer.OutChannels) + outChannel) * OutMap);
                    foreach (Row row in new Rows(this, tap))
                    {
                        for (int place = 0; place < row.Count; place++)
                        {
                            sum += (double)x[row.In + ((long)place * row.InStep)] * y[row.Out + place];
                        }
                    }
                }

                StateGradients[0][(pair * Taps) + tap] = (float)sum;
            }
        }

        if (_layer.HasBias)
        {
            BiasGradient(thread, threadCount);
        }
    }

    private void BiasGradient(int thread, int threadCount)
    {
        (long start, long end) = Share(_layer.OutChannels, thread, threadCount);
        for (long outChannel = start; outChannel < end; outChannel++)
        {
            double sum = 0;
            for (long image = 0; image < _images; image++)
            {
                float* y = OutputGradient + (((image * _layer.OutChannels) + outChannel) * OutMap);
                for (long place = 0; place < OutMap; place++)
                {
                    sum += y[place];
                }
            }

            StateGradients[1][outChannel] = (float)sum;
        }
    }

    /// <summary>The output places [first, end) along an axis for which a tap lies inside the input.</summary>
    private (int First, int End) Inside(int axis, int tap)
    {
        long shift = ((long)tap * _layer.Dilation[axis]) - _layer.PaddingBefore[axis];
        int stride = _layer.Stride[axis];
        long first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        long last = _in[axis] - 1 - shift;
        long end = last < 0 ? 0 : Math.Min(_out[axis], (last / stride) + 1);
        return ((int)Math.Min(first, _out[axis]), (int)end);
    }

    /// <summary>A row of outputs with the inputs that one tap gives them.</summary>
    /// <param name="Out">Index of the first output in its map.</param>
    /// <param name="In">Index of the first input in its map.</param>
    /// <param name="Count">How many; 0 or more.</param>
    /// <param name="InStep">From an input to the next.</param>
    private readonly record struct Row(long Out, long In, int Count, int InStep);

    /// <summary>The rows of one tap.</summary>
    private struct Rows
    {
        private readonly Conv3dPass _pass;
        private readonly int[] _in;
        private readonly int[] _out;
        private readonly (int First, int End) _depth;
        private readonly (int First, int End) _height;
        private readonly (int First, int End) _width;
        private readonly int _tapDepth;
        private readonly int _tapHeight;
        private readonly int _tapWidth;
        private int _d;
        private int _h;

        internal Rows(Conv3dPass pass, int tap)
        {
            Shape kernel = pass._layer.KernelSize;
            _pass = pass;
            (_in, _out) = (pass._in, pass._out);
            (int plane, _tapWidth) = Math.DivRem(tap, kernel[2]);
            (_tapDepth, _tapHeight) = Math.DivRem(plane, kernel[1]);
            _depth = pass.Inside(0, _tapDepth);
            _height = pass.Inside(1, _tapHeight);
            _width = pass.Inside(2, _tapWidth);
            (_d, _h) = (_depth.First, _height.First - 1);
        }

        public readonly Row Current
        {
            get
            {
                Conv3d layer = _pass._layer;
                long depth = ((long)_d * layer.Stride[0]) + ((long)_tapDepth * layer.Dilation[0]) - layer.PaddingBefore[0];
                long height = ((long)_h * layer.Stride[1]) + ((long)_tapHeight * layer.Dilation[1]) - layer.PaddingBefore[1];
                long width = ((long)_width.First * layer.Stride[2]) + ((long)_tapWidth * layer.Dilation[2]) - layer.PaddingBefore[2];
                return new Row(
                    (((((long)_d * _out[1]) + _h) * _out[2]) + _width.First),
                    ((((depth * _in[1]) + height) * _in[2]) + width),
                    Math.Max(0, _width.End - _width.First),
                    layer.Stride[2]);
            }
        }

        public readonly Rows GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_height.First >= _height.End)
            {
                return false;
            }

            if (++_h >= _height.End)
            {
                (_d, _h) = (_d + 1, _height.First);
            }

            return _d < _depth.End;
        }
    }
}
