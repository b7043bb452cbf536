namespace ResNetMl.Data;

/// <summary>What a model archive says of itself: <c>manifest.json</c>, the last entry of the zip.</summary>
/// <param name="FormatVersion">Version of the container; this product reads 1 up to <see cref="ModelArchive.NewestFormatVersion"/>.</param>
/// <param name="ProductVersion">Version of the product that wrote it, for people: nothing is decided by it.</param>
/// <param name="Loader">
/// Name of the loader that understands the parts, for example <c>TransformerChain</c>. A name in a fixed list, never a type.
/// </param>
/// <param name="LoaderVersion">Version of that loader's layout of parts, from 1.</param>
/// <param name="Parts">The parts in the order they were written.</param>
public sealed record ModelManifest(
    int FormatVersion,
    string ProductVersion,
    string Loader,
    int LoaderVersion,
    IReadOnlyList<ModelPartEntry> Parts);

/// <summary>One part as the manifest lists it.</summary>
/// <param name="Name">Relative path with <c>/</c> between its segments, for example <c>weights.bin</c> or <c>0/terms.json</c>.</param>
/// <param name="SizeInBytes">Its length; the zip's entry has the same, since parts are stored as they are.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record ModelPartEntry(string Name, long SizeInBytes, string Sha256);
