namespace ResNetMl.Transforms.Onnx.Files;

/// <summary>Reads the fields of one protobuf message in order, without copying.</summary>
/// <remarks>Wire format: https://protobuf.dev/programming-guides/encoding.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>The field's number.</summary>
    internal int Field { get; private set; }

    /// <summary>Whether the field is a message, a text or bytes.</summary>
    internal bool IsContent { get; private set; }

    /// <summary>The content of a message, a text or bytes; empty for numbers.</summary>
    internal ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The value of a variable-length number; 0 for other fields.</summary>
    internal ulong Number { get; private set; }

    /// <summary>The field with its tag, as it lies in the message.</summary>
    internal ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False after the last one.</returns>
    /// <exception cref="WireFormatException">The message is damaged.</exception>
    internal bool Next()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        int start = _position;
        ulong tag = ReadVarint();
        Field = tag >> 3 is > 0 and <= int.MaxValue ? (int)(tag >> 3) : throw new WireFormatException($"a field of number {tag >> 3}");
        IsContent = (tag & 7) == Delimited;
        Number = 0;
        Content = default;
        switch (tag & 7)
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Fixed64:
                Skip(8);
                break;
            case Fixed32:
                Skip(4);
                break;
            case Delimited:
                ulong length = ReadVarint();
                int contentStart = _position;
                Skip(length);
                Content = _message[contentStart.._position];
                break;
            default:
                throw new WireFormatException($"a field of wire type {tag & 7}");
        }

        Whole = _message[start.._position];
        return true;
    }

    private void Skip(ulong count)
    {
        if (count > (ulong)(_message.Length - _position))
        {
            throw new WireFormatException($"a part of {count:N0} bytes where {_message.Length - _position:N0} are left");
        }

        _position += (int)count;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_position == _message.Length)
            {
                throw new WireFormatException("an end within a number");
            }

            byte part = _message[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new WireFormatException("a number of more than 64 bits");
    }
}

/// <summary>Bytes that are no protobuf message. The message says what was found, to be completed with the file's name.</summary>
internal sealed class WireFormatException(string found) : Exception(found);
