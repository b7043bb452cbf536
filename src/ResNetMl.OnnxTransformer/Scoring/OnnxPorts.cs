using Microsoft.ML.OnnxRuntime;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Finds the inputs and outputs that settings name among those of a model.</summary>
internal static class OnnxPorts
{
    internal static IEnumerable<OnnxPort> Inputs(OnnxSession session, OnnxSettings settings)
    {
        string[] names = settings.InputColumns.Count > 0 ? [.. settings.InputColumns] : [.. session.InputNames];
        if (settings.Shapes.Keys.FirstOrDefault(name => !session.InputNames.Contains(name) && !session.OutputNames.Contains(name)) is { } stranger)
        {
            throw new ArgumentException(
                $"{session.Name}: the shape dictionary names '{stranger}', which is neither an input ({List(session.InputNames)}) nor an output ({List(session.OutputNames)}) of the model.");
        }

        string[] missing = [.. session.InputNames.Except(names)];
        if (missing.Length > 0)
        {
            throw new ArgumentException(
                $"{session.Name}: the model needs {List(missing)} besides {List(names)}. Name all of its inputs, each also the name of its column.");
        }

        return Ports(session, "input", names, session.InputNames, session.Inputs, settings).Select(port => port.Codec is not null
            ? port
            : throw new NotSupportedException(
                $"{session.Name}: no column can hold what input '{port.Name}' takes, {port}. Inputs are tensors of numbers, truth values or texts."));
    }

    internal static IEnumerable<OnnxOutput> Outputs(OnnxSession session, OnnxSettings settings)
    {
        string[] names = settings.OutputColumns.Count > 0 ? [.. settings.OutputColumns] : [.. session.OutputNames];
        return Ports(session, "output", names, session.OutputNames, session.Outputs, settings).Select(port => port.Codec is null && port.Collection is null
            ? throw new NotSupportedException(
                $"{session.Name}: no column can hold what output '{port.Name}' gives, {port}. Name the outputs to compute and leave this one out.")
            : WithNames(session, port));
    }

    private static OnnxOutput WithNames(OnnxSession session, OnnxPort port)
    {
        var output = new OnnxOutput(port, SlotNames: null);
        return output with { SlotNames = session.File.SlotNames.GetValueOrDefault(output.ColumnName) };
    }

    private static IEnumerable<OnnxPort> Ports(
        OnnxSession session, string kind, string[] names, IReadOnlyList<string> known, IReadOnlyDictionary<string, NodeMetadata> metadata, OnnxSettings settings)
    {
        foreach (string name in names)
        {
            if (!metadata.TryGetValue(name, out NodeMetadata? node))
            {
                throw new ArgumentException($"{session.Name}: expected the name of an {kind} of the model, got '{name}'; there {(known.Count == 1 ? "is" : "are")} {List(known)}.");
            }

            yield return new OnnxPort(name, node, settings.Shapes.GetValueOrDefault(name), session.File.Unranked.Contains(name), session.Name);
        }
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
