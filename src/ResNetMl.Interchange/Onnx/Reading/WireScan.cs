using ResNetMl.Networks;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Walks the bytes of a model before they are parsed, and asks the budget for what parsing will take: messages of two bytes become objects of
/// hundreds. Only the fields of onnx.proto cost something; all others are skipped by the parser.
/// </summary>
/// <remarks>Wire format: https://protobuf.dev/programming-guides/encoding.</remarks>
internal ref struct WireScan
{
    private const int MessageBytes = 256;
    private const int StringBytes = 64;

    // A list doubles while it grows, and both arrays live for a moment.
    private const int ListGrowth = 3;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ModelBudget _budget;
    private readonly string _where;
    private int _position;
    private int _nodes;

    private WireScan(string where, ReadOnlySpan<byte> bytes, ModelBudget budget)
    {
        _where = where;
        _bytes = bytes;
        _budget = budget;
    }

    private enum Kind
    {
        Skipped,
        Text,
        Bytes,
        Int32List,
        Int64List,
        FixedList,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        ValueInfo,
        Type,
        TensorType,
        Shape,
        Dimension,
        Entry,
    }

    internal static void Check(string where, ReadOnlySpan<byte> bytes, ModelBudget budget)
    {
        var scan = new WireScan(where, bytes, budget);
        scan.Message(Kind.Model, bytes.Length);
    }

    private static Kind KindOf(Kind message, int field) => (message, field) switch
    {
        (Kind.Model, 7) => Kind.Graph,
        (Kind.Model, 8) or (Kind.Model, 14) => Kind.Entry,
        (Kind.Model, 2 or 3 or 6) => Kind.Text,
        (Kind.Graph, 1) => Kind.Node,
        (Kind.Graph, 2) => Kind.Text,
        (Kind.Graph, 5) => Kind.Tensor,
        (Kind.Graph, 11 or 12) => Kind.ValueInfo,
        (Kind.Node, 1 or 2 or 3 or 4 or 7) => Kind.Text,
        (Kind.Node, 5) => Kind.Attribute,
        (Kind.Attribute, 1) => Kind.Text,
        (Kind.Attribute, 4) => Kind.Bytes,
        (Kind.Attribute, 5) => Kind.Tensor,
        (Kind.Attribute, 7) => Kind.FixedList,
        (Kind.Attribute, 8) => Kind.Int64List,
        (Kind.Tensor, 1 or 7 or 11) => Kind.Int64List,
        (Kind.Tensor, 4 or 10) => Kind.FixedList,
        (Kind.Tensor, 5) => Kind.Int32List,
        (Kind.Tensor, 6 or 8) => Kind.Text,
        (Kind.Tensor, 9) => Kind.Bytes,
        (Kind.Tensor, 13) => Kind.Entry,
        (Kind.ValueInfo, 1) => Kind.Text,
        (Kind.ValueInfo, 2) => Kind.Type,
        (Kind.Type, 1) => Kind.TensorType,
        (Kind.TensorType, 2) => Kind.Shape,
        (Kind.Shape, 1) => Kind.Dimension,
        (Kind.Dimension, 2) => Kind.Text,
        (Kind.Entry, 1 or 2) => Kind.Text,
        _ => Kind.Skipped,
    };

    private void Message(Kind kind, int end)
    {
        _budget.Take(MessageBytes, "its messages");
        if (kind == Kind.Node && ++_nodes > NetworkLimits.MaxNodes)
        {
            throw new InterchangeException($"{_where}: expected at most {NetworkLimits.MaxNodes:N0} nodes, got more. Use a smaller network.");
        }

        while (_position < end)
        {
            ulong tag = Varint(end);
            int field = (int)Math.Min(tag >> 3, int.MaxValue);
            Kind part = KindOf(kind, field);
            switch (tag & 7)
            {
                case 0:
                    Varint(end);
                    _budget.Take(part is Kind.Int32List or Kind.Int64List ? sizeof(long) * ListGrowth : 0, "its numbers");
                    break;
                case 1:
                    Skip(8, end);
                    _budget.Take(part == Kind.FixedList ? sizeof(double) * ListGrowth : 0, "its numbers");
                    break;
                case 2:
                    Delimited(part, end);
                    break;
                case 5:
                    Skip(4, end);
                    _budget.Take(part == Kind.FixedList ? sizeof(float) * ListGrowth : 0, "its numbers");
                    break;
                default:
                    throw Damaged($"a field of wire type {tag & 7}");
            }
        }
    }

    private void Delimited(Kind part, int end)
    {
        ulong length = Varint(end);
        if (length > (ulong)(end - _position))
        {
            throw Damaged($"a part of {length:N0} bytes where {end - _position:N0} are left");
        }

        int partEnd = _position + (int)length;
        ReadOnlySpan<byte> content = _bytes[_position..partEnd];
        switch (part)
        {
            case Kind.Skipped:
                break;
            case Kind.Text:
                _budget.Take(StringBytes + (2L * content.Length), "its texts");
                break;
            case Kind.Bytes:
                _budget.Take(StringBytes + (long)content.Length, "its tensors");
                break;
            case Kind.FixedList:
                _budget.Take(2L * content.Length, "its tensors");
                break;
            case Kind.Int32List:
                _budget.Take((long)CountVarints(content) * sizeof(int) * ListGrowth, "its tensors");
                break;
            case Kind.Int64List:
                _budget.Take((long)CountVarints(content) * sizeof(long) * ListGrowth, "its tensors");
                break;
            default:
                Message(part, partEnd);
                break;
        }

        _position = partEnd;
    }

    // The last byte of a varint has its highest bit clear.
    private static int CountVarints(ReadOnlySpan<byte> content)
    {
        int count = 0;
        foreach (byte value in content)
        {
            count += value < 0x80 ? 1 : 0;
        }

        return count;
    }

    private void Skip(int count, int end)
    {
        if (count > end - _position)
        {
            throw Damaged("a number cut short");
        }

        _position += count;
    }

    private ulong Varint(int end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position >= end)
            {
                throw Damaged("a number cut short");
            }

            byte next = _bytes[_position++];
            value |= shift < 64 ? (ulong)(next & 0x7F) << shift : 0;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged("a number of more than ten bytes");
    }

    private readonly InterchangeException Damaged(string got) =>
        new($"{_where}: expected an ONNX model (a protobuf message), got {got} at byte {_position:N0}. The file is damaged or of another kind.");
}
