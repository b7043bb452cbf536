using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>Runs a training and shows it: what it starts from, a progress line, a row an epoch, what was left out.</summary>
internal static class TrainingDisplay
{
    internal static TrainingResult Train(
        CommandContext context, TrainerOptions options, NetworkDefinition definition, IExampleSource training, IExampleSource? validation)
    {
        ITerminal terminal = context.Terminal;
        terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{definition.Name}: {definition.ParameterCount:N0} parameters, {definition.MultiplyAdds / 1e6:N1} M multiply-adds an image"));
        terminal.WriteLine($"{training.Count:N0} images of {training.Labels.Count} classes; executor {options.Backend.Name} ({options.Backend.Description})");

        using var display = new PhaseDisplay(terminal);
        var callbacks = new TrainingCallbacks
        {
            Loading = p => display.Report("decoding", p.Done, p.Total),
            Progress = p => display.Report(
                string.Create(CultureInfo.InvariantCulture, $"epoch {p.Epoch}/{p.Epochs} {p.Phase.ToString().ToLowerInvariant()}"),
                p.Step,
                p.StepsPerEpoch,
                string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:F3} {p.Accuracy:P1}, {TimeText.Of(p.Remaining)} to the end")),
            EpochEnded = epoch =>
            {
                display.End();
                terminal.WriteLine(Row(epoch, options.Epochs));
            },
            Warning = terminal.WriteError,
        };

        TrainingResult result;
        try
        {
            result = new Trainer(options, callbacks).Train(definition, training, validation, token: context.Cancellation);
        }
        catch (ArgumentException exception)
        {
            // Options, network and examples that do not fit each other all come from the command line.
            throw new UsageException(exception.Message);
        }

        display.End();
        BadImageDisplay.Show(terminal, result.BadImages);
        return result;
    }

    internal static object ToJson(TrainingResult result, string output, MulticlassClassificationMetrics? metrics) => new
    {
        Model = Path.GetFullPath(output),
        result.Outcome,
        result.BestEpoch,
        result.Steps,
        result.History,
        Metrics = metrics,
        result.BadImages,
        result.Warnings,
    };

    private static string Row(EpochRecord epoch, int epochs)
    {
        string validation = epoch is { ValidationLoss: { } loss, ValidationAccuracy: { } accuracy }
            ? string.Create(CultureInfo.InvariantCulture, $"  validation {loss:F4} {accuracy:P2}")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch.Epoch,3}/{epochs}  loss {epoch.TrainingLoss:F4} {epoch.TrainingAccuracy:P2}{validation}  {epoch.ImagesPerSecond,6:F0} images/s");
    }
}
