using ResNetMl.Data;

namespace ResNetMl.Vision;

/// <summary>Where the parts of a model lie: a file of its own, or a folder within the file of a pipeline.</summary>
/// <param name="FileName">The file, for messages.</param>
/// <param name="Contains">Whether there is a part of a name.</param>
/// <param name="OpenPart">A part as a stream that knows its length.</param>
/// <param name="ReadText">A part as text.</param>
internal sealed record ModelParts(string FileName, Func<string, bool> Contains, Func<string, Stream> OpenPart, Func<string, string> ReadText)
{
    public static implicit operator ModelParts(ModelArchive archive) =>
        new(archive.Name, archive.Contains, archive.OpenPart, name => archive.ReadText(name));

    public static implicit operator ModelParts(ComponentReader reader) =>
        new(reader.FileName, reader.Contains, reader.OpenPart, name => reader.ReadText(name));
}
