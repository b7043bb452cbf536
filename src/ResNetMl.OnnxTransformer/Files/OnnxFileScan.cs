using System.Text;
using ResNetMl.Interchange;

namespace ResNetMl.Transforms.Onnx.Files;

/// <summary>What ONNX Runtime does not tell of a file: names that ML.NET's exporter left, values of unknown rank, files of weights beside it.</summary>
internal sealed class OnnxFileScan
{
    private const string SlotNamesPrefix = "mlnet.";
    private const string SlotNamesSuffix = ".SlotNames";
    private const string SlotNamesAttribute = "keys_strings";

    private readonly int _recursionLimit;
    private readonly Dictionary<string, IReadOnlyList<string>> _slotNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unranked = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _externalFiles = new(StringComparer.Ordinal);

    private OnnxFileScan(int recursionLimit) => _recursionLimit = recursionLimit;

    /// <summary>What the elements of a column are called, by the column's name: the attribute keys_strings of a node mlnet.COLUMN.SlotNames.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> SlotNames => _slotNames;

    /// <summary>Inputs and outputs of the graph that are tensors of no declared shape, which is not that of a scalar.</summary>
    internal IReadOnlySet<string> Unranked => _unranked;

    /// <summary>Locations of external data, as the file writes them.</summary>
    internal IReadOnlyCollection<string> ExternalFiles => _externalFiles;

    /// <summary>Looks through a file.</summary>
    /// <param name="name">Where it came from, for messages.</param>
    /// <param name="bytes">A whole ONNX file.</param>
    /// <param name="recursionLimit">How many messages may lie in each other.</param>
    /// <exception cref="InterchangeException">It is no protobuf message, its messages lie too deep, or external data lies outside its folder.</exception>
    internal static OnnxFileScan Of(string name, ReadOnlySpan<byte> bytes, int recursionLimit)
    {
        var scan = new OnnxFileScan(recursionLimit);
        try
        {
            scan.Visit(OnnxMessage.Model, bytes, depth: 0);
        }
        catch (WireFormatException exception)
        {
            throw new InterchangeException($"{name}: expected an ONNX model, got bytes that are none ({exception.Message}). Check that the file is whole.", exception);
        }

        if (scan._externalFiles.FirstOrDefault(location => !StaysBelow(location)) is { } outside)
        {
            throw new InterchangeException($"{name}: expected external data in the model's folder or below, got '{outside}'. Save the model with its data beside it.");
        }

        return scan;
    }

    private static bool StaysBelow(string location)
        => location.Length > 0 && !Path.IsPathRooted(location) && !location.Contains(':', StringComparison.Ordinal) && !location.Split('/', '\\').Contains("..");

    private void Visit(OnnxMessage kind, ReadOnlySpan<byte> message, int depth)
    {
        if (depth > _recursionLimit)
        {
            throw new WireFormatException($"more than {_recursionLimit} messages in each other, the recursion limit");
        }

        switch (kind)
        {
            case OnnxMessage.Node:
                FindSlotNames(message);
                break;
            case OnnxMessage.ValueInfo when depth == 2:
                FindUnranked(message);
                break;
            case OnnxMessage.Tensor:
                if (ExternalTensor.Of(message) is { } external)
                {
                    _externalFiles.Add(external.Location);
                }

                return;
        }

        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.IsContent && OnnxFields.PartOf(kind, fields.Field) is var part and not OnnxMessage.Other)
            {
                Visit(part, fields.Content, depth + 1);
            }
        }
    }

    private void FindSlotNames(ReadOnlySpan<byte> node)
    {
        string name = TextOf(node, OnnxFields.NodeName);
        if (!name.StartsWith(SlotNamesPrefix, StringComparison.Ordinal) || !name.EndsWith(SlotNamesSuffix, StringComparison.Ordinal)
            || name.Length <= SlotNamesPrefix.Length + SlotNamesSuffix.Length)
        {
            return;
        }

        var fields = new WireReader(node);
        while (fields.Next())
        {
            if (OnnxFields.PartOf(OnnxMessage.Node, fields.Field) == OnnxMessage.Attribute && TextOf(fields.Content, OnnxFields.AttributeName) == SlotNamesAttribute)
            {
                _slotNames[name[SlotNamesPrefix.Length..^SlotNamesSuffix.Length]] = TextsOf(fields.Content, OnnxFields.AttributeStrings);
            }
        }
    }

    private void FindUnranked(ReadOnlySpan<byte> valueInfo)
    {
        if (Part(valueInfo, OnnxFields.ValueInfoType, out ReadOnlySpan<byte> type)
            && Part(type, OnnxFields.TypeTensor, out ReadOnlySpan<byte> tensor)
            && !Part(tensor, OnnxFields.TensorTypeShape, out _))
        {
            _unranked.Add(TextOf(valueInfo, OnnxFields.ValueInfoName));
        }
    }

    private static bool Part(ReadOnlySpan<byte> message, int field, out ReadOnlySpan<byte> content)
    {
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field == field && fields.IsContent)
            {
                content = fields.Content;
                return true;
            }
        }

        content = default;
        return false;
    }

    private static string TextOf(ReadOnlySpan<byte> message, int field) => Part(message, field, out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : "";

    private static List<string> TextsOf(ReadOnlySpan<byte> message, int field)
    {
        var texts = new List<string>();
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field == field && fields.IsContent)
            {
                texts.Add(Encoding.UTF8.GetString(fields.Content));
            }
        }

        return texts;
    }
}
