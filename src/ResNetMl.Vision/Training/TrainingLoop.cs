using System.Diagnostics;
using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Epochs of steps, with validation, early stopping and checkpoints between them.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly LearnedPart _learned;
    private readonly StateDictionary _initialWeights;
    private readonly DecodedExamples _training;
    private readonly DecodedExamples? _validation;
    private readonly TrainerOptions _options;
    private readonly TrainingCallbacks _callbacks;
    private readonly CheckpointRun _run;
    private readonly TrainingStep _step;
    private readonly TrainingInputs _inputs;
    private readonly ValidationPass? _validationPass;
    private readonly BestWeights? _best;
    private readonly EarlyStoppingOptions _watched;
    private readonly List<string> _warnings = [];
    private TrainingPosition _position = new();
    private long _lastCheckpoint;
    private bool _isCheckpointFailing;

    internal TrainingLoop(
        NetworkDefinition definition,
        StateDictionary initialWeights,
        DecodedExamples training,
        DecodedExamples? validation,
        TrainerOptions options,
        TrainingCallbacks callbacks,
        CheckpointRun run)
    {
        _learned = new LearnedPart(definition, options);
        _initialWeights = initialWeights;
        _training = training;
        _validation = validation;
        _options = options;
        _callbacks = callbacks;
        _run = run;
        _watched = options.EarlyStopping ?? new EarlyStoppingOptions();
        _inputs = new TrainingInputs(_learned, initialWeights, training, validation, options, TellOfFeatures);
        var compile = new CompileOptions { Threads = options.Threads, Precision = options.Precision };
        _validationPass = _inputs.Validation is null ? null : new ValidationPass(_inputs.Validation, _learned.Definition, options.Backend, compile);
        _step = new TrainingStep(_learned, initialWeights, _inputs.Training.BatchSize, CountLabels(), options);
        _best = options.EarlyStopping is not null || options.KeepsBestWeights ? new BestWeights(_step.Plan.State) : null;
    }

    private bool IsDone => _position.HasStopped || _position.Epoch >= _options.Epochs;

    /// <summary>Trains until done or cancelled, from the checkpoint if there is one to resume.</summary>
    /// <param name="dataName">What the training data is called, for the model's provenance.</param>
    /// <param name="token">Ends the training after the step under way.</param>
    internal TrainingResult Run(string dataName, CancellationToken token)
    {
        bool isResumed = Resume();
        if (!isResumed)
        {
            token.ThrowIfCancellationRequested();
        }

        WarnOfExamples();
        var meter = new ProgressMeter(_callbacks, _options.Epochs, _inputs.Training.StepsPerEpoch);
        _lastCheckpoint = Stopwatch.GetTimestamp();
        bool isCancelled = false;
        try
        {
            while (!IsDone)
            {
                // An epoch whose steps are all done was cut off in its validation.
                if (_position.Step < _inputs.Training.StepsPerEpoch)
                {
                    RunSteps(meter, token);
                }

                CompleteEpoch(meter, token);
                WriteCheckpoint();
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            isCancelled = true;
            WriteCheckpoint();
        }
        catch (Exception exception) when (exception is ImageFormatException or IOException)
        {
            // The data went away under the training: what was learned so far can go on once it is back.
            WriteCheckpoint();
            throw;
        }

        return Finish(dataName, isCancelled);
    }

    public void Dispose()
    {
        _inputs.Dispose();
        _step.Dispose();
    }

    private bool Resume()
    {
        if (!_options.Resumes || _options.CheckpointFolder is not { } folder || !Checkpoints.ExistsIn(folder))
        {
            return false;
        }

        string path = Checkpoints.PathIn(folder);
        using ModelArchive archive = ModelArchive.Open(path);
        CheckpointRun stored = CheckpointFile.ReadRun(archive);
        IReadOnlyList<string> differences =
            [.. RunDescription.Differences(stored.Inputs, _run.Inputs), .. RunDescription.Differences(stored.Options, _run.Options)];
        if (differences.Count > 0)
        {
            throw new CheckpointMismatchException(path, differences);
        }

        _position = CheckpointFile.ReadState(archive, _step.Plan.State, _step.Optimizer, _best);
        IReadOnlyList<string> elsewhere = RunDescription.Differences(stored.Environment, _run.Environment);
        if (elsewhere.Count > 0)
        {
            Warn(
                $"'{path}' was written in another environment: {string.Join("; ", elsewhere)}. Training goes on; " +
                "its result will differ in the last bits from that of an uninterrupted training.");
        }

        return true;
    }

    private void RunSteps(ProgressMeter meter, CancellationToken token)
    {
        TrainingPosition position = _position;
        BatchSource source = _inputs.Training;
        source.Start(position.Epoch, position.Step);
        double secondsBefore = position.Seconds;
        long start = Stopwatch.GetTimestamp();
        while (source.Next(token))
        {
            var place = new SchedulePosition(position.Epoch, position.Step, _inputs.Training.StepsPerEpoch, _options.Epochs);
            (LossResult loss, double learningRate) = _step.Run(place, source.Inputs, source.Labels);
            position.CompleteStep(loss, learningRate);
            position.Seconds = secondsBefore + Stopwatch.GetElapsedTime(start).TotalSeconds;
            meter.Report(
                TrainingPhase.Training,
                position,
                position.Step,
                _inputs.Training.StepsPerEpoch,
                position.LossSum / position.Images,
                (double)position.Correct / position.Images,
                position.Images / position.Seconds);
            if (IsCheckpointDue(position.Step) && position.Step < _inputs.Training.StepsPerEpoch)
            {
                WriteCheckpoint();
            }
        }
    }

    private void CompleteEpoch(ProgressMeter meter, CancellationToken token)
    {
        TrainingPosition position = _position;
        if (!_step.HasFiniteWeights())
        {
            throw new NonFiniteLossException(
                position.Epoch, position.Step - 1, _inputs.Training.StepsPerEpoch, double.NaN, position.LearningRate);
        }

        long start = Stopwatch.GetTimestamp();
        (double Loss, double Accuracy)? validation = _validationPass?.Run(_step.Plan.State.ToStateDictionary(), Tell, token);
        if (validation is { } measured && _best is not null)
        {
            double watched = _watched.Metric == EarlyStoppingMetric.Loss ? measured.Loss : measured.Accuracy;
            position.EarlyStopping = position.EarlyStopping.After(_watched, position.Epoch, watched);
            if (position.EarlyStopping.BestEpoch == position.Epoch)
            {
                _best.CopyFrom(_step.Plan.State);
            }
        }

        var record = new EpochRecord(
            position.Epoch + 1,
            position.LossSum / position.Images,
            (double)position.Correct / position.Images,
            validation?.Loss,
            validation?.Accuracy,
            position.LearningRate,
            position.Seconds + Stopwatch.GetElapsedTime(start).TotalSeconds,
            position.Images / position.Seconds);
        position.CompleteEpoch(record);
        position.HasStopped = _options.EarlyStopping is { } early && position.EarlyStopping.ShouldStop(early);
        _callbacks.EpochEnded?.Invoke(record);

        void Tell(int done, int images, double loss, double accuracy) => meter.Report(
            TrainingPhase.Validation,
            position,
            done,
            _validationPass!.Batches,
            loss,
            accuracy,
            images / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private bool IsCheckpointDue(int step) =>
        _options.CheckpointFolder is not null &&
        ((_options.CheckpointSteps > 0 && step % _options.CheckpointSteps == 0) ||
            Stopwatch.GetElapsedTime(_lastCheckpoint) >= _options.CheckpointInterval);

    private void WriteCheckpoint()
    {
        if (_options.CheckpointFolder is not { } folder)
        {
            return;
        }

        string path = Checkpoints.PathIn(folder);
        try
        {
            Directory.CreateDirectory(folder);
            CheckpointFile.Write(path, _run, _position, _step.Plan.State, _step.Optimizer, _best);
            _isCheckpointFailing = false;
            _callbacks.CheckpointWritten?.Invoke(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_isCheckpointFailing)
            {
                Warn(
                    $"The checkpoint at epoch {_position.Epoch + 1}, step {_position.Step} could not be written: {exception.Message} " +
                    "Training goes on and will try again.");
            }

            _isCheckpointFailing = true;
        }

        _lastCheckpoint = Stopwatch.GetTimestamp();
    }

    private TrainingResult Finish(string dataName, bool isCancelled)
    {
        int bestEpoch = _position.EarlyStopping.BestEpoch;
        bool isBest = _best is not null && bestEpoch >= 0;
        if (isBest)
        {
            _best!.CopyTo(_step.Plan.State);
        }

        StateDictionary weights = _learned.Complete(_initialWeights, _step.Plan.State.ToStateDictionary());
        var model = new Model(_learned.Whole, weights, _options.Preprocessing, _training.Labels)
        {
            Metrics = MetricsOf(isBest ? bestEpoch : _position.History.Count - 1, isCancelled && !isBest && _position.Step > 0),
            Provenance = new ModelProvenance
            {
                Created = _options.Clock.GetUtcNow(),
                Origin = _run.Inputs["first weights"] == "drawn from the seed" ? "trained from scratch" : "trained from given weights",
                TrainingData = string.Create(
                    CultureInfo.InvariantCulture, $"{dataName}: {_training.Count} examples of {_training.Labels.Count} labels"),
                Options = _run.Options,
                Environment = _run.Environment,
                History = [.. _position.History],
            },
        };
        TrainingOutcome outcome = isCancelled ? TrainingOutcome.Cancelled
            : _position.HasStopped ? TrainingOutcome.StoppedEarly
            : TrainingOutcome.Completed;
        return new TrainingResult(
            model,
            [.. _position.History],
            outcome,
            isBest ? bestEpoch + 1 : null,
            _position.OptimizerSteps,
            [.. _training.BadImages, .. _validation?.BadImages ?? []],
            [.. _warnings]);
    }

    /// <summary>What the validation set said of the model's weights; nothing where they have moved on since.</summary>
    private ModelMetrics? MetricsOf(int epoch, bool haveMovedOn)
    {
        if (haveMovedOn || epoch < 0 || _position.History[epoch] is not { ValidationAccuracy: { } accuracy, ValidationLoss: { } loss })
        {
            return null;
        }

        var values = new Dictionary<string, double> { ["microAccuracy"] = accuracy, ["logLoss"] = loss };
        return new ModelMetrics(values)
        {
            MeasuredOn = string.Create(CultureInfo.InvariantCulture, $"validation: {_validation!.Count} examples after epoch {epoch + 1}"),
        };
    }

    private void WarnOfExamples()
    {
        int bad = _training.BadImages.Count + (_validation?.BadImages.Count ?? 0);
        if (bad > 0)
        {
            Warn($"{bad} {(bad == 1 ? "image" : "images")} could not be read and {(bad == 1 ? "was" : "were")} left out.");
        }

        int[] counts = CountLabels();
        for (int label = 0; label < counts.Length; label++)
        {
            if (counts[label] <= 1)
            {
                Warn($"Label '{_training.Labels[label]}' has {(counts[label] == 0 ? "no readable example" : "one example")} to learn from: expect it to be told apart badly.");
            }
        }
    }

    private int[] CountLabels()
    {
        var counts = new int[_training.Labels.Count];
        for (int position = 0; position < _training.Count; position++)
        {
            counts[_training.GetLabelIndex(position)]++;
        }

        return counts;
    }

    /// <summary>Tells how many images of a view have gone through the frozen layers.</summary>
    private void TellOfFeatures(int done, int total) => _callbacks.Progress?.Invoke(new TrainingProgress(
        TrainingPhase.Features, _position.Epoch + 1, _options.Epochs, done, total, 0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero));

    private void Warn(string message)
    {
        _warnings.Add(message);
        _callbacks.Warning?.Invoke(message);
    }
}
