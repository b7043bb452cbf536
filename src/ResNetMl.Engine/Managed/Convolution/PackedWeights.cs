namespace ResNetMl.Engine.Managed;

/// <summary>Output blocks that a micro-kernel computes together, and the input blocks that they read.</summary>
/// <param name="FirstBlock">First output block.</param>
/// <param name="BlockCount">1 or 2.</param>
/// <param name="FirstInputBlock">First input block.</param>
/// <param name="InputBlockCount">Input blocks.</param>
/// <param name="LastBlockChannels">Channels of the last of these that are not filling.</param>
/// <param name="Offset">Where the group's weights start, in floats.</param>
internal readonly record struct OutputGroup(
    int FirstBlock, int BlockCount, int FirstInputBlock, int InputBlockCount, int LastBlockChannels, long Offset);

/// <summary>
/// Where the weights of a convolution lie so that a micro-kernel reads them from first to last:
/// [output group][input block][tap][channel of the block][output block of the group][16 lanes]; 0 across groups and in the filling.
/// </summary>
internal sealed unsafe class PackedWeights : WeightPacking
{
    private const int Lanes = ManagedLayout.Lanes;
    private readonly ConvolutionGeometry _geometry;

    internal PackedWeights(ConvolutionGeometry geometry, int blocksTogether)
    {
        _geometry = geometry;
        var groups = new List<OutputGroup>();
        long length = 0;
        int blocks = ManagedLayout.BlocksOf(geometry.OutChannels);
        for (int block = 0; block < blocks; block += blocksTogether)
        {
            int count = Math.Min(blocksTogether, blocks - block);
            int first = geometry.InputBlocksOf(block).First;
            (int lastFirst, int lastCount) = geometry.InputBlocksOf(block + count - 1);
            int inputBlocks = lastFirst + lastCount - first;
            int lastChannels = geometry.ChannelsOf(first + inputBlocks - 1);
            groups.Add(new OutputGroup(block, count, first, inputBlocks, lastChannels, length));
            length += (long)(((inputBlocks - 1) * Lanes) + lastChannels) * geometry.Taps * count * Lanes;
        }

        Groups = [.. groups];
        Length = length;
    }

    /// <summary>The output groups.</summary>
    internal OutputGroup[] Groups { get; }

    internal override long Length { get; }

    internal override int PartCount => Groups.Length;

    internal override void Pack(int part, float* weights, float* packed)
    {
        OutputGroup g = Groups[part];
        int firstChannel = g.FirstBlock * Lanes;
        int lanes = g.BlockCount * Lanes;
        int stride = _geometry.OutChannelWeightStride;
        float* target = packed + g.Offset;
        float* source = weights;
        int first = 0;
        int end = 0;
        for (int inputBlock = g.FirstInputBlock; inputBlock < g.FirstInputBlock + g.InputBlockCount; inputBlock++)
        {
            int channels = _geometry.ChannelsOf(inputBlock);
            for (int tap = 0; tap < _geometry.Taps; tap++)
            {
                for (int channel = 0; channel < channels; channel++, target += lanes)
                {
                    int sourceChannel = (inputBlock * Lanes) + channel;
                    if (_geometry.Groups > 1 || channel == 0)
                    {
                        (int firstOut, int endOut) = _geometry.OutChannelsOf(sourceChannel);
                        first = Math.Clamp(firstOut - firstChannel, 0, lanes);
                        end = Math.Clamp(endOut - firstChannel, first, lanes);
                        source = weights + _geometry.WeightIndex(firstChannel + first, sourceChannel, tap);
                    }

                    if (end - first < lanes)
                    {
                        new Span<float>(target, lanes).Clear();
                    }

                    float* weight = source;
                    for (int lane = first; lane < end; lane++, weight += stride)
                    {
                        target[lane] = *weight;
                    }

                    // Within the one group of an ordinary convolution, the next channel's weights are a step away.
                    source += _geometry.SourceChannelWeightStride;
                }
            }
        }
    }
}
