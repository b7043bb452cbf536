using System.Security.Cryptography;

namespace ResNetMl.Data;

/// <summary>Reads one part and gives out its last bytes only once the hash of all of them has been found right.</summary>
internal sealed class CheckedPartStream(Stream entry, ModelPartEntry part, string file) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _read;
    private bool _isChecked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => part.SizeInBytes;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException("A part of a model is read from front to back.");
    }

    public override int Read(Span<byte> buffer)
    {
        long left = part.SizeInBytes - _read;
        if (left == 0)
        {
            CheckHash();
            return 0;
        }

        if (buffer.Length > left)
        {
            buffer = buffer[..(int)left];
        }

        if (buffer.IsEmpty)
        {
            return 0;
        }

        int count = ReadEntry(buffer);
        _hash.AppendData(buffer[..count]);
        _read += count;
        if (_read == part.SizeInBytes)
        {
            CheckHash();
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A part of a model is read from front to back.");

    public override void SetLength(long value) => throw new NotSupportedException("A part being read cannot be written.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A part being read cannot be written.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            entry.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadEntry(Span<byte> buffer)
    {
        int count;
        try
        {
            count = entry.Read(buffer);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged($"cannot be read ({exception.Message})", exception);
        }

        return count > 0 ? count : throw Damaged($"ends after {_read:N0} of {part.SizeInBytes:N0} bytes");
    }

    private void CheckHash()
    {
        if (_isChecked)
        {
            return;
        }

        string actual = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (actual != part.Sha256)
        {
            throw Damaged($"has SHA-256 {actual}, its manifest says {part.Sha256}");
        }

        _isChecked = true;
    }

    private ModelFormatException Damaged(string what, Exception? inner = null) => new(
        ModelFormatError.Damaged,
        $"'{file}' is damaged: part '{part.Name}' {what}. Copy the file again or save the model again.",
        inner);
}
