using Google.Protobuf;
using ResNetMl.Interchange.TensorFlow.Generated;

namespace ResNetMl.Interchange;

/// <summary>Attributes of TensorFlow's operations.</summary>
internal static class Attributes
{
    /// <summary>The element type of all inputs and outputs.</summary>
    internal static (string, AttrValue) Float => ("T", Of(DataType.DtFloat));

    /// <summary>Channels last.</summary>
    internal static (string, AttrValue) ChannelsLast(int rank) => ("data_format", Of(rank == 5 ? "NDHWC" : "NHWC"));

    /// <summary>The element type of an input that holds axes or lengths.</summary>
    internal static (string, AttrValue) Int32(string name) => (name, Of(DataType.DtInt32));

    internal static AttrValue Of(DataType type) => new() { Type = type };

    internal static AttrValue Of(string text) => new() { S = ByteString.CopyFromUtf8(text) };

    internal static AttrValue Of(float number) => new() { F = number };

    internal static AttrValue Of(bool value) => new() { B = value };

    internal static AttrValue Of(long number) => new() { I = number };

    /// <summary>One number for each axis, channels last: 1 for the batch and the channels.</summary>
    internal static AttrValue Window(params ReadOnlySpan<int> spatial)
    {
        var list = new AttrValue.Types.ListValue();
        list.I.Add(1);
        foreach (int length in spatial)
        {
            list.I.Add(length);
        }

        list.I.Add(1);
        return new AttrValue { List = list };
    }

    /// <summary>Lengths, −1 where the graph's user chooses.</summary>
    internal static AttrValue Of(IEnumerable<int> lengths) => new() { Shape = Shape(lengths) };

    internal static TensorShapeProto Shape(IEnumerable<int> lengths)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(lengths.Select(length => new TensorShapeProto.Types.Dim { Size = length }));
        return shape;
    }
}
