using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>Runs a training and shows it: what it starts from, a progress line, a row an epoch, what was left out.</summary>
internal static class TrainingDisplay
{
    internal static TrainingResult Train(
        CommandContext context,
        TrainerOptions options,
        NetworkDefinition definition,
        IExampleSource training,
        IExampleSource? validation,
        StateDictionary? initialWeights = null)
    {
        ITerminal terminal = context.Terminal;
        terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{definition.Name}: {definition.ParameterCount:N0} parameters, {definition.MultiplyAdds / 1e6:N1} M multiply-adds an image"));
        terminal.WriteLine($"{training.Count:N0} images of {training.Labels.Count} classes; executor {options.Backend.Name} ({options.Backend.Description})");

        using var display = new PhaseDisplay(terminal);
        var table = new EpochTable(terminal, options.Epochs);
        var callbacks = new TrainingCallbacks
        {
            Loading = p => display.Report("decoding", new ProgressState(p.Done, p.Total)),
            Progress = p => display.Report(
                string.Create(CultureInfo.InvariantCulture, $"epoch {p.Epoch}/{p.Epochs}{p.Phase switch { TrainingPhase.Validation => " validation", TrainingPhase.Features => " features", _ => "" }}"),
                new ProgressState(p.Step, p.StepsPerEpoch)
                {
                    ImagesPerSecond = p.ImagesPerSecond,
                    Left = p.Remaining,
                    Detail = string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:F3}"),
                }),
            EpochEnded = epoch =>
            {
                display.End();
                table.Add(epoch);
            },
            Warning = terminal.WriteError,
        };

        TrainingResult result;
        try
        {
            result = new Trainer(options, callbacks).Train(definition, training, validation, initialWeights, token: context.Cancellation);
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
}

/// <summary>A row for each epoch as it ends, under headings printed once.</summary>
internal sealed class EpochTable(ITerminal terminal, int epochs)
{
    private readonly int _epochWidth = Math.Max("epoch".Length, (2 * epochs.ToString(CultureInfo.InvariantCulture).Length) + 1);
    private bool _hasHeadings;

    internal void Add(EpochRecord epoch)
    {
        bool isValidated = epoch.ValidationLoss is not null;
        if (!_hasHeadings)
        {
            terminal.WriteLine($"{"epoch".PadLeft(_epochWidth)}  training loss     top-1{(isValidated ? "  validation loss     top-1" : "")}  images/s");
            _hasHeadings = true;
        }

        string validation = isValidated
            ? string.Create(CultureInfo.InvariantCulture, $"  {epoch.ValidationLoss,15:F4}  {epoch.ValidationAccuracy,8:P2}")
            : "";
        terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{$"{epoch.Epoch}/{epochs}".PadLeft(_epochWidth)}  {epoch.TrainingLoss,13:F4}  {epoch.TrainingAccuracy,8:P2}{validation}  {epoch.ImagesPerSecond,8:N0}"));
    }
}
