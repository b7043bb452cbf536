using System.Text;

namespace ResNetMl.Data;

/// <summary>One part to be written into a <see cref="ModelArchive"/>.</summary>
public sealed class ModelPart
{
    private readonly Action<Stream> _write;

    /// <summary>Makes a part whose bytes are produced while the archive is written, so that weights need no second copy in memory.</summary>
    /// <param name="name">
    /// Relative path: segments of letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, joined by <c>/</c>, none of them <c>.</c> or <c>..</c>;
    /// at most 200 characters, not <c>manifest.json</c>.
    /// </param>
    /// <param name="write">Writes the part's bytes, called once. It may close the stream.</param>
    /// <exception cref="ArgumentException">The name is not of that form.</exception>
    public ModelPart(string name, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(write);
        if (!PartName.IsValid(name) || name == PartName.Manifest)
        {
            throw new ArgumentException(
                $"'{name}' cannot name a part of a model. Use segments of letters, digits, '.', '_' and '-', joined by '/', " +
                $"at most {PartName.LongestName} characters, other than '{PartName.Manifest}'.",
                nameof(name));
        }

        Name = name;
        _write = write;
    }

    /// <summary>Relative path of the part in the archive.</summary>
    public string Name { get; }

    /// <summary>A part with the given bytes.</summary>
    /// <param name="name"><inheritdoc cref="ModelPart(string, Action{Stream})" path="/param[@name='name']"/></param>
    /// <param name="bytes">All its bytes; kept, not copied.</param>
    public static ModelPart FromBytes(string name, ReadOnlyMemory<byte> bytes) => new(name, stream => stream.Write(bytes.Span));

    /// <summary>A part with the given text in UTF-8 without byte-order mark; for JSON too.</summary>
    /// <param name="name"><inheritdoc cref="ModelPart(string, Action{Stream})" path="/param[@name='name']"/></param>
    /// <param name="text">The text, of any length.</param>
    public static ModelPart FromText(string name, string text) => FromBytes(name, Encoding.UTF8.GetBytes(text));

    /// <summary>The same part in a folder.</summary>
    /// <param name="folder">The folder's name, without a slash.</param>
    internal ModelPart In(string folder) => new($"{folder}/{Name}", _write);

    internal void WriteTo(Stream stream) => _write(stream);
}
