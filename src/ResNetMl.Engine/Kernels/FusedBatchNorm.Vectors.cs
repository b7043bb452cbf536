using System.Runtime.CompilerServices;

namespace ResNetMl.Engine;

/// <summary>The inner loops of <see cref="FusedBatchNorm"/>; the lanes that no vector fills are done one by one.</summary>
internal sealed unsafe class FusedBatchNorm<TSimd, TVector>(
    ChannelLayout layout, int channels, double epsilon, double momentum, bool isActivated, int maximumThreads)
    : FusedBatchNorm(layout, channels, epsilon, momentum, isActivated, maximumThreads)
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private int VectorLanes => Layout.Lanes / TSimd.Count * TSimd.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void SumForward(long offset, int pixels, int firstChannel, double* sums, double* squares)
    {
        int lanes = Layout.Lanes;
        float* input = ForwardArguments.Input + offset;
        float* shifts = Shift + firstChannel;
        int lane = 0;
        for (; lane < VectorLanes; lane += TSimd.Count)
        {
            // Two pixels at a time: two chains of additions hide each other's latency.
            TVector shift = TSimd.Load(shifts + lane);
            TVector sumA = TSimd.Zero, sumB = TSimd.Zero, squareA = TSimd.Zero, squareB = TSimd.Zero;
            float* x = input + lane;
            int pixel = 0;
            for (; pixel + 1 < pixels; pixel += 2, x += 2 * lanes)
            {
                TVector a = TSimd.Subtract(TSimd.Load(x), shift);
                TVector b = TSimd.Subtract(TSimd.Load(x + lanes), shift);
                sumA = TSimd.Add(sumA, a);
                sumB = TSimd.Add(sumB, b);
                squareA = TSimd.MultiplyAdd(a, a, squareA);
                squareB = TSimd.MultiplyAdd(b, b, squareB);
            }

            if (pixel < pixels)
            {
                TVector a = TSimd.Subtract(TSimd.Load(x), shift);
                sumA = TSimd.Add(sumA, a);
                squareA = TSimd.MultiplyAdd(a, a, squareA);
            }

            TSimd.AddTo(sums + lane, TSimd.Add(sumA, sumB));
            TSimd.AddTo(squares + lane, TSimd.Add(squareA, squareB));
        }

        for (; lane < lanes; lane++)
        {
            float sum = 0;
            float square = 0;
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                float centered = input[((long)pixel * lanes) + lane] - shifts[lane];
                sum += centered;
                square += centered * centered;
            }

            sums[lane] += sum;
            squares[lane] += square;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void ApplyForward(long offset, int pixels, int firstChannel)
    {
        int lanes = Layout.Lanes;
        BatchNormForwardArguments arguments = ForwardArguments;
        float* input = arguments.Input + offset;
        float* addend = arguments.Addend is null ? null : arguments.Addend + offset;
        float* output = arguments.Output + offset;
        float* scales = Scale + firstChannel;
        float* offsets = Offset + firstChannel;
        bool isActivated = IsActivated;
        int lane = 0;
        for (; lane < VectorLanes; lane += TSimd.Count)
        {
            TVector scale = TSimd.Load(scales + lane);
            TVector shift = TSimd.Load(offsets + lane);
            long end = (long)pixels * lanes;
            for (long i = lane; i < end; i += lanes)
            {
                TVector y = TSimd.MultiplyAdd(TSimd.Load(input + i), scale, shift);
                if (addend is not null)
                {
                    y = TSimd.Add(y, TSimd.Load(addend + i));
                }

                TSimd.Store(output + i, isActivated ? TSimd.Relu(y) : y);
            }
        }

        for (; lane < lanes; lane++)
        {
            for (long i = lane; i < (long)pixels * lanes; i += lanes)
            {
                float y = (input[i] * scales[lane]) + offsets[lane] + (addend is null ? 0 : addend[i]);
                output[i] = isActivated && y < 0 ? 0 : y;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void SumBackward(long offset, int pixels, int firstChannel, double* sums, double* products)
    {
        int lanes = Layout.Lanes;
        BatchNormBackwardArguments arguments = BackwardArguments;
        float* input = arguments.Input + offset;
        float* output = arguments.Output + offset;
        float* gradient = arguments.OutputGradient + offset;
        float* means = Mean + firstChannel;
        bool isActivated = IsActivated;
        int lane = 0;
        for (; lane < VectorLanes; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(means + lane);
            TVector sumA = TSimd.Zero, sumB = TSimd.Zero, productA = TSimd.Zero, productB = TSimd.Zero;
            long end = (long)pixels * lanes;
            long i = lane;
            for (; i + lanes < end; i += 2 * lanes)
            {
                TVector a = TSimd.Load(gradient + i);
                TVector b = TSimd.Load(gradient + i + lanes);
                if (isActivated)
                {
                    a = TSimd.WherePositive(TSimd.Load(output + i), a);
                    b = TSimd.WherePositive(TSimd.Load(output + i + lanes), b);
                }

                sumA = TSimd.Add(sumA, a);
                sumB = TSimd.Add(sumB, b);
                productA = TSimd.MultiplyAdd(a, TSimd.Subtract(TSimd.Load(input + i), mean), productA);
                productB = TSimd.MultiplyAdd(b, TSimd.Subtract(TSimd.Load(input + i + lanes), mean), productB);
            }

            if (i < end)
            {
                TVector a = TSimd.Load(gradient + i);
                a = isActivated ? TSimd.WherePositive(TSimd.Load(output + i), a) : a;
                sumA = TSimd.Add(sumA, a);
                productA = TSimd.MultiplyAdd(a, TSimd.Subtract(TSimd.Load(input + i), mean), productA);
            }

            TSimd.AddTo(sums + lane, TSimd.Add(sumA, sumB));
            TSimd.AddTo(products + lane, TSimd.Add(productA, productB));
        }

        for (; lane < lanes; lane++)
        {
            float sum = 0;
            float product = 0;
            for (long i = lane; i < (long)pixels * lanes; i += lanes)
            {
                float g = !isActivated || output[i] > 0 ? gradient[i] : 0;
                sum += g;
                product += g * (input[i] - means[lane]);
            }

            sums[lane] += sum;
            products[lane] += product;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void ApplyBackward(long offset, int pixels, int firstChannel)
    {
        int lanes = Layout.Lanes;
        BatchNormBackwardArguments arguments = BackwardArguments;
        float* input = arguments.Input + offset;
        float* output = arguments.Output + offset;
        float* gradient = arguments.OutputGradient + offset;
        float* inputGradient = arguments.InputGradient is null ? null : arguments.InputGradient + offset;
        float* addendGradient = arguments.AddendGradient is null ? null : arguments.AddendGradient + offset;
        bool isActivated = IsActivated;
        bool addsToInput = arguments.AccumulatesInputGradient;
        bool addsToAddend = arguments.AccumulatesAddendGradient;
        int lane = 0;
        for (; lane < VectorLanes; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(Mean + firstChannel + lane);
            TVector scale = TSimd.Load(Scale + firstChannel + lane);
            TVector centeredScale = TSimd.Load(CenteredScale + firstChannel + lane);
            TVector shift = TSimd.Load(Offset + firstChannel + lane);
            long end = (long)pixels * lanes;
            for (long i = lane; i < end; i += lanes)
            {
                TVector g = TSimd.Load(gradient + i);
                if (isActivated)
                {
                    g = TSimd.WherePositive(TSimd.Load(output + i), g);
                }

                // The input's gradient is stored before the addend's is read: they are one value where x + batchNorm(x) is computed.
                if (inputGradient is not null)
                {
                    TVector centered = TSimd.Subtract(TSimd.Load(input + i), mean);
                    TVector dx = TSimd.MultiplyAdd(g, scale, TSimd.MultiplyAdd(centered, centeredScale, shift));
                    TSimd.Store(inputGradient + i, addsToInput ? TSimd.Add(dx, TSimd.Load(inputGradient + i)) : dx);
                }

                if (addendGradient is not null)
                {
                    TSimd.Store(addendGradient + i, addsToAddend ? TSimd.Add(g, TSimd.Load(addendGradient + i)) : g);
                }
            }
        }

        for (; lane < lanes; lane++)
        {
            int channel = firstChannel + lane;
            for (long i = lane; i < (long)pixels * lanes; i += lanes)
            {
                float g = !isActivated || output[i] > 0 ? gradient[i] : 0;
                if (inputGradient is not null)
                {
                    float dx = (g * Scale[channel]) + ((input[i] - Mean[channel]) * CenteredScale[channel]) + Offset[channel];
                    inputGradient[i] = addsToInput ? dx + inputGradient[i] : dx;
                }

                if (addendGradient is not null)
                {
                    addendGradient[i] = addsToAddend ? g + addendGradient[i] : g;
                }
            }
        }
    }
}
