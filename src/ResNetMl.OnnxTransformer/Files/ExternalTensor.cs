using System.Globalization;
using System.Text;

namespace ResNetMl.Transforms.Onnx.Files;

/// <summary>Where the numbers of a tensor lie that are not in the ONNX file (TensorProto.external_data).</summary>
/// <param name="Location">A path relative to the file's folder.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes; null for all that follow.</param>
internal sealed record ExternalTensor(string Location, long Offset, long? Length)
{
    /// <summary>Reads a tensor; null where its numbers are in the file.</summary>
    internal static ExternalTensor? Of(ReadOnlySpan<byte> tensor)
    {
        bool isExternal = false;
        string location = "";
        long offset = 0;
        long? length = null;
        var fields = new WireReader(tensor);
        while (fields.Next())
        {
            if (fields.Field == OnnxFields.TensorDataLocation)
            {
                isExternal = fields.Number == OnnxFields.External;
            }
            else if (fields.Field == OnnxFields.TensorExternalData && fields.IsContent)
            {
                (string key, string value) = Entry(fields.Content);
                location = key == "location" ? value : location;
                offset = key == "offset" ? Number(value) : offset;
                length = key == "length" ? Number(value) : length;
            }
        }

        return isExternal ? new ExternalTensor(location, offset, length) : null;
    }

    private static (string Key, string Value) Entry(ReadOnlySpan<byte> entry)
    {
        string key = "";
        string value = "";
        var fields = new WireReader(entry);
        while (fields.Next())
        {
            key = fields.Field == OnnxFields.EntryKey ? Encoding.UTF8.GetString(fields.Content) : key;
            value = fields.Field == OnnxFields.EntryValue ? Encoding.UTF8.GetString(fields.Content) : value;
        }

        return (key, value);
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new WireFormatException($"external data at '{text}'");
}
