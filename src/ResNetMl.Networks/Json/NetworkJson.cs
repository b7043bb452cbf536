namespace ResNetMl.Networks;

/// <summary>Network definitions as JSON: what a model file stores and what a network of one's own is described in.</summary>
/// <remarks>
/// <para>
/// One object: <c>format</c> is <c>"resnetml-network"</c>, <c>version</c> is 1, then <c>name</c>, <c>inputs</c> (name, shape with a batch of 1),
/// <c>nodes</c> in order (name, type, inputs, attributes), <c>outputs</c> (names). Types are the layers of this namespace, attributes their
/// properties in camelCase; sizes are [height, width], padding is [top, left, bottom, right].
/// </para>
/// <code>
/// {
///   "format": "resnetml-network", "version": 1,
///   "name": "tiny",
///   "inputs": [{"name":"input","shape":[1,3,32,32]}],
///   "nodes": [
///     {"name":"conv","type":"Conv2d","inputs":["input"],"attributes":{"inChannels":3,"outChannels":8,"kernelSize":[3,3],…}},
///     {"name":"relu","type":"Activation","inputs":["conv"],"attributes":{"kind":"relu"}}
///   ],
///   "outputs": ["relu"]
/// }
/// </code>
/// <para>
/// Reading is strict: nothing is left out, nothing unknown is ignored. It treats its input as untrusted: text, nodes, names, attributes and
/// tensor sizes are bounded (<see cref="NetworkLimits"/>) before anything is made of them.
/// </para>
/// </remarks>
public static class NetworkJson
{
    /// <summary>The version written. A file of a later version is refused.</summary>
    public const int Version = 1;

    internal const string Format = "resnetml-network";

    /// <summary>A definition as JSON text, one node a line.</summary>
    /// <param name="definition">Any definition.</param>
    /// <exception cref="ArgumentException">A node's layer is of a type that the format does not have.</exception>
    public static string Write(NetworkDefinition definition) => NetworkJsonWriter.Write(definition);

    /// <summary>The definition in a JSON text.</summary>
    /// <param name="json">What <see cref="Write"/> made, or a person wrote.</param>
    /// <exception cref="NetworkFormatException">The text is not JSON, not a network, too new, beyond the limits or inconsistent.</exception>
    public static NetworkDefinition Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return NetworkJsonReader.Read(System.Text.Encoding.UTF8.GetBytes(json));
    }

    /// <summary>The definition in JSON bytes.</summary>
    /// <param name="utf8Json">UTF-8; a byte order mark is allowed.</param>
    /// <inheritdoc cref="Read(string)"/>
    public static NetworkDefinition Read(ReadOnlyMemory<byte> utf8Json) => NetworkJsonReader.Read(utf8Json);
}
