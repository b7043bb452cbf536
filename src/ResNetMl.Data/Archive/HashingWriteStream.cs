using System.Security.Cryptography;

namespace ResNetMl.Data;

/// <summary>Passes bytes on, counting and hashing them. Closing it changes nothing, so that a part may be written by a writer that closes its stream.</summary>
internal sealed class HashingWriteStream : Stream
{
    private readonly Stream _inner;
    private readonly IncrementalHash _hash;
    private long _written;

    private HashingWriteStream(Stream inner, IncrementalHash hash)
    {
        _inner = inner;
        _hash = hash;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException("A part of a model is written from front to back.");
    }

    /// <summary>Writes a part and says what was written.</summary>
    public static ModelPartEntry Write(Stream target, ModelPart part)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hashing = new HashingWriteStream(target, hash);

        // Numbers written one by one would be hashed one by one.
        using (var buffered = new BufferedStream(hashing, 1 << 16))
        {
            part.WriteTo(buffered);
        }

        return new ModelPartEntry(part.Name, hashing._written, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _inner.Write(buffer);
        _hash.AppendData(buffer);
        _written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush() => _inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A part being written cannot be read.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A part of a model is written from front to back.");

    public override void SetLength(long value) => throw new NotSupportedException("A part of a model is written from front to back.");
}
