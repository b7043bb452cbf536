using ResNetMl.Networks;

namespace ResNetMl.Engine.Managed;

/// <summary>One axis of a sliding window, H or W.</summary>
/// <param name="Source">Length of what is read.</param>
/// <param name="Out">Positions of the window.</param>
/// <param name="Taps">Elements of the window.</param>
/// <param name="Stride">Step of the window.</param>
/// <param name="Dilation">Distance of its elements.</param>
/// <param name="Padding">Zeros before the source; negative where the first elements are never read.</param>
/// <param name="FirstTap">Index of the layer's weight that belongs to tap 0.</param>
/// <param name="TapStep">From one tap to the next, in the layer's weight.</param>
/// <param name="Destination">Length of what is written.</param>
/// <param name="First">Where the first position is written.</param>
/// <param name="Step">From one position to the next, in what is written.</param>
internal readonly record struct WindowAxis(
    int Source, int Out, int Taps, int Stride, int Dilation, int Padding, int FirstTap, int TapStep, int Destination, int First, int Step)
{
    /// <summary>Elements from the first to the last of the window, 0 for a window of none.</summary>
    internal int Extent => Taps == 0 ? 0 : ((Taps - 1) * Dilation) + 1;

    /// <summary>The axis of a convolution forward.</summary>
    internal static WindowAxis Forward(int source, int kernel, int stride, int dilation, int before, int after)
    {
        int count = ((source + before + after - (dilation * (kernel - 1)) - 1) / stride) + 1;
        return new WindowAxis(source, count, kernel, stride, dilation, before, FirstTap: 0, TapStep: 1, count, First: 0, Step: 1);
    }

    /// <summary>
    /// The axis of its gradient with respect to the input, for the input positions first, first + stride, …: these all read the same taps, so
    /// together they are a convolution of stride 1 over the output's gradient.
    /// </summary>
    internal WindowAxis Transposed(int first)
    {
        // Input position i gets output position (i + padding − tap·dilation)/stride for each tap where that is whole.
        int last = -1;
        int count = 0;
        int step = 0;
        for (int tap = Taps - 1; tap >= 0; tap--)
        {
            if ((first + Padding - (tap * Dilation)) % Stride == 0)
            {
                step = count == 1 ? tap - last : step;
                last = count == 0 ? tap : last;
                count++;
            }
        }

        int positions = (Source - first + Stride - 1) / Stride;
        return new WindowAxis(
            Source: Out,
            Out: positions,
            Taps: count,
            Stride: 1,
            Dilation: count > 1 ? -step * Dilation / Stride : 1,
            Padding: count == 0 ? 0 : -((first + Padding - (last * Dilation)) / Stride),
            FirstTap: last,
            TapStep: step,
            Destination: Source,
            First: first,
            Step: Stride);
    }
}

/// <summary>A convolution as the kernels see it: forward, or a part of the gradient with respect to its input.</summary>
/// <param name="SourceChannels">Channels read.</param>
/// <param name="OutChannels">Channels written.</param>
/// <param name="Groups">Groups that do not mix.</param>
/// <param name="Rows">Along H.</param>
/// <param name="Columns">Along W.</param>
/// <param name="LayerTaps">Height and width of the layer's own window: weights lie as [out, in/groups, height, width].</param>
/// <param name="IsTransposed">Whether the weights' in and out are exchanged.</param>
internal sealed record ConvolutionGeometry(
    int SourceChannels, int OutChannels, int Groups, WindowAxis Rows, WindowAxis Columns, Size2d LayerTaps, bool IsTransposed)
{
    /// <summary>Elements of the window.</summary>
    internal int Taps => Rows.Taps * Columns.Taps;

    /// <summary>Whether every output pixel reads just the source pixel of the same index.</summary>
    internal bool IsPointwise =>
        Taps == 1 && Rows is { Stride: 1, Padding: 0, Step: 1 } && Columns is { Stride: 1, Padding: 0, Step: 1 } &&
        Rows.Source == Rows.Out && Columns.Source == Columns.Out && Rows.Destination == Rows.Out && Columns.Destination == Columns.Out;

    /// <summary>Whether each channel is read by one output channel alone.</summary>
    internal bool IsDepthwise => Groups == SourceChannels && Groups == OutChannels;

    /// <summary>The convolution itself.</summary>
    internal static ConvolutionGeometry Forward(Conv2d layer, int height, int width) => new(
        layer.InChannels,
        layer.OutChannels,
        layer.Groups,
        WindowAxis.Forward(
            height, layer.KernelSize.Height, layer.Stride.Height, layer.Dilation.Height, layer.Padding.Top, layer.Padding.Bottom),
        WindowAxis.Forward(
            width, layer.KernelSize.Width, layer.Stride.Width, layer.Dilation.Width, layer.Padding.Left, layer.Padding.Right),
        layer.KernelSize,
        IsTransposed: false);

    /// <summary>Its gradient with respect to the input: one convolution for each phase of the stride, which together write every pixel.</summary>
    internal IEnumerable<ConvolutionGeometry> BackwardData()
    {
        for (int row = 0; row < Math.Min(Rows.Stride, Rows.Source); row++)
        {
            for (int column = 0; column < Math.Min(Columns.Stride, Columns.Source); column++)
            {
                yield return this with
                {
                    SourceChannels = OutChannels,
                    OutChannels = SourceChannels,
                    Rows = Rows.Transposed(row),
                    Columns = Columns.Transposed(column),
                    IsTransposed = true,
                };
            }
        }
    }

    /// <summary>The first and last input channel block that an output channel block reads.</summary>
    internal (int First, int Count) InputBlocksOf(int outputBlock)
    {
        int firstChannel = outputBlock * ManagedLayout.Lanes;
        int lastChannel = Math.Min(firstChannel + ManagedLayout.Lanes, OutChannels) - 1;
        int outPerGroup = OutChannels / Groups;
        int sourcePerGroup = SourceChannels / Groups;
        int first = firstChannel / outPerGroup * sourcePerGroup / ManagedLayout.Lanes;
        int last = (((lastChannel / outPerGroup) + 1) * sourcePerGroup - 1) / ManagedLayout.Lanes;
        return (first, last - first + 1);
    }

    /// <summary>Channels of an input block that are not filling.</summary>
    internal int ChannelsOf(int inputBlock) => Math.Min(ManagedLayout.Lanes, SourceChannels - (inputBlock * ManagedLayout.Lanes));

    /// <summary>From one output channel's weight to the next's, in the layer's own tensor.</summary>
    internal int OutChannelWeightStride => LayerTaps.Height * LayerTaps.Width * (IsTransposed ? 1 : SourceChannels / Groups);

    /// <summary>From one source channel's weight to the next's of the same group, in the layer's own tensor.</summary>
    internal int SourceChannelWeightStride => LayerTaps.Height * LayerTaps.Width * (IsTransposed ? OutChannels / Groups : 1);

    /// <summary>The output channels that read a source channel: those of its group.</summary>
    internal (int First, int End) OutChannelsOf(int sourceChannel)
    {
        int outPerGroup = OutChannels / Groups;
        int group = sourceChannel / (SourceChannels / Groups);
        return (group * outPerGroup, (group + 1) * outPerGroup);
    }

    /// <summary>The source channels that an output channel reads: those of its group.</summary>
    internal (int First, int End) SourceChannelsOf(int outChannel)
    {
        int sourcePerGroup = SourceChannels / Groups;
        int group = outChannel / (OutChannels / Groups);
        return (group * sourcePerGroup, (group + 1) * sourcePerGroup);
    }

    /// <summary>Index of a weight in the layer's own tensor, for channels of the same group.</summary>
    internal long WeightIndex(int outChannel, int sourceChannel, int tap)
    {
        int outPerGroup = OutChannels / Groups;
        int sourcePerGroup = SourceChannels / Groups;
        int row = Rows.FirstTap + (tap / Columns.Taps * Rows.TapStep);
        int column = Columns.FirstTap + (tap % Columns.Taps * Columns.TapStep);
        long pair = IsTransposed
            ? ((long)sourceChannel * outPerGroup) + (outChannel % outPerGroup)
            : ((long)outChannel * sourcePerGroup) + (sourceChannel % sourcePerGroup);
        return (((pair * LayerTaps.Height) + row) * LayerTaps.Width) + column;
    }
}
