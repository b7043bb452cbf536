using System.Buffers;
using ResNetMl.Interchange;

namespace ResNetMl.Transforms.Onnx.Files;

/// <summary>Makes one file of an ONNX model and the external data beside it, so that a saved transformer is whole.</summary>
internal sealed class ExternalDataInliner
{
    private readonly string _name;
    private readonly string _folder;

    private ExternalDataInliner(string name, string folder)
    {
        _name = name;
        _folder = folder;
    }

    /// <summary>The same model with all its numbers within.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="bytes">The ONNX file.</param>
    /// <param name="folder">Where it lies.</param>
    /// <exception cref="NotSupportedException">All together is more than an ONNX file can hold.</exception>
    /// <exception cref="InterchangeException">External data is absent or shorter than the model says.</exception>
    internal static byte[] Inline(string name, ReadOnlySpan<byte> bytes, string folder)
    {
        var inliner = new ExternalDataInliner(name, folder);
        try
        {
            return inliner.Rewrite(OnnxMessage.Model, bytes).WrittenSpan.ToArray();
        }
        catch (OutOfMemoryException exception)
        {
            throw TooLarge(name, exception);
        }
    }

    private static NotSupportedException TooLarge(string name, Exception? cause) => new(
        $"{name}: with its external data it is larger than 2 GiB, the most one ONNX file can hold, so it cannot be saved. Save the pipeline without it.", cause);

    private static bool CanHoldTensors(OnnxMessage part)
        => part is OnnxMessage.Graph or OnnxMessage.Function or OnnxMessage.Node or OnnxMessage.Attribute or OnnxMessage.SparseTensor or OnnxMessage.Tensor;

    private static void Write(ArrayBufferWriter<byte> target, int field, ReadOnlySpan<byte> content)
    {
        const int delimited = 2;
        WriteVarint(target, ((ulong)field << 3) | delimited);
        WriteVarint(target, (ulong)content.Length);
        target.Write(content);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target.Write([(byte)(value | 0x80)]);
        }

        target.Write([(byte)value]);
    }

    private ArrayBufferWriter<byte> Rewrite(OnnxMessage kind, ReadOnlySpan<byte> message)
    {
        var rewritten = new ArrayBufferWriter<byte>(Math.Max(message.Length, 16));
        ExternalTensor? external = kind == OnnxMessage.Tensor ? ExternalTensor.Of(message) : null;
        var fields = new WireReader(message);
        while (fields.Next())
        {
            OnnxMessage part = fields.IsContent ? OnnxFields.PartOf(kind, fields.Field) : OnnxMessage.Other;
            if (CanHoldTensors(part))
            {
                Write(rewritten, fields.Field, Rewrite(part, fields.Content).WrittenSpan);
            }
            else if (external is null || fields.Field is not (OnnxFields.TensorExternalData or OnnxFields.TensorDataLocation or OnnxFields.TensorRawData))
            {
                rewritten.Write(fields.Whole);
            }
        }

        if (external is not null)
        {
            Write(rewritten, OnnxFields.TensorRawData, Read(external));
        }

        return rewritten;
    }

    private byte[] Read(ExternalTensor external)
    {
        string path = Path.Combine(_folder, external.Location);
        try
        {
            using FileStream file = File.OpenRead(path);
            long length = external.Length ?? file.Length - external.Offset;
            if (length < 0 || external.Offset + length > file.Length)
            {
                throw new InterchangeException(
                    $"{_name}: expected {length:N0} bytes from byte {external.Offset:N0} of '{external.Location}', which has {file.Length:N0}. Check that the file is whole.");
            }

            if (length > Array.MaxLength)
            {
                throw TooLarge(_name, cause: null);
            }

            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
            file.Position = external.Offset;
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InterchangeException($"{_name}: expected its external data in '{external.Location}' beside it, found no such file. Restore the file.", exception);
        }
    }
}
