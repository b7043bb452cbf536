using ResNetMl.Cli.Shell;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>A network on the command line: a name of the catalogue, a definition file or a model file.</summary>
internal static class NetworkArgument
{
    /// <summary>Reads the definition that the text names.</summary>
    /// <param name="text">A name, or a path ending in .json or .zip.</param>
    /// <param name="classes">Classes of a named network; null for its own.</param>
    /// <param name="inputShape">[C, H, W]; null for the network's own.</param>
    internal static NetworkDefinition Read(string text, int? classes, Shape? inputShape)
    {
        bool isFile = text.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
        if (!isFile)
        {
            return NetworkCatalog.Define(text, classes, inputShape);
        }

        if (classes is not null)
        {
            throw new UsageException($"--classes goes with a network's name; {text} says itself how many classes it has.");
        }

        NetworkDefinition definition = text.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)
            ? Model.Load(text).Definition
            : NetworkJson.Read(File.ReadAllText(text));
        return inputShape is { } shape ? definition.WithInputShape(shape) : definition;
    }
}
