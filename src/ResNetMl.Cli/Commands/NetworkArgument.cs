using ResNetMl.Cli.Shell;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>A network on the command line: a name of the catalogue, a definition file or a model file of any format.</summary>
internal static class NetworkArgument
{
    /// <summary>Reads the definition that the text names.</summary>
    /// <param name="text">A name, or a path ending in .json or a model file's extension.</param>
    /// <param name="classes">Classes of a named network; null for its own.</param>
    /// <param name="inputShape">[C, H, W]; null for the network's own.</param>
    internal static NetworkDefinition Read(string text, int? classes, Shape? inputShape)
    {
        if (!IsFile(text))
        {
            return NetworkCatalog.Define(text, classes, inputShape);
        }

        if (classes is not null)
        {
            throw new UsageException($"--classes goes with a network's name; {text} says itself how many classes it has.");
        }

        if (!IsDefinition(text))
        {
            return ModelReader.ReadNetwork(text, new ModelReaderOptions { InputShape = inputShape }).Definition;
        }

        NetworkDefinition definition = NetworkJson.Read(File.ReadAllText(text));
        return inputShape is { } shape ? definition.WithInputShape(shape) : definition;
    }

    /// <summary>Reads the definition that the text names, with as many classes as there are labels: another classifier takes the place of a file's own.</summary>
    /// <param name="text">A name, or a path ending in .json or a model file's extension.</param>
    /// <param name="classes">Labels of the training images.</param>
    /// <param name="inputShape">[C, H, W]; null for the network's own.</param>
    internal static NetworkDefinition ForTraining(string text, int classes, Shape? inputShape)
    {
        if (!IsFile(text))
        {
            return NetworkCatalog.Define(text, classes, inputShape);
        }

        NetworkDefinition definition = Read(text, classes: null, inputShape);
        return definition.ShapeOf(definition.Outputs[0]) == new Shape(1, classes) ? definition : ClassifierHead.Replace(definition, classes);
    }

    private static bool IsDefinition(string text) => text.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static bool IsFile(string text) => IsDefinition(text) || ModelReader.HasModelExtension(text);
}
