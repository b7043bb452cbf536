using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.Vision;

public sealed class TrainerTests
{
    private static readonly LinearBackend _backend = new();

    [Fact]
    public void Training_learns_what_can_be_learned_and_tells_how()
    {
        List<EpochRecord> told = [];
        List<TrainingProgress> progress = [];
        var callbacks = new TrainingCallbacks { EpochEnded = told.Add, Progress = progress.Add };

        TrainingResult result = Examples.Train(Examples.Options(_backend) with { Augmentations = [] }, new Examples(90), callbacks: callbacks);

        // 90 examples less a tenth held out are 81: ten steps of eight an epoch, one example left out.
        Assert.Equal((TrainingOutcome.Completed, 40, null), (result.Outcome, result.Steps, result.BestEpoch));
        Assert.Equal([1, 2, 3, 4], result.History.Select(record => record.Epoch));
        Assert.Equal(told, result.History);
        Assert.True(result.History[^1].TrainingLoss < result.History[0].TrainingLoss / 2, $"{result.History[^1]}");
        Assert.Equal(1, result.History[^1].ValidationAccuracy);
        Assert.Equal(result.History[^1].ValidationAccuracy, result.Model.Metrics!.Values["microAccuracy"]);
        Assert.Equal("validation: 9 examples after epoch 4", result.Model.Metrics.MeasuredOn);
        Assert.Equal("pictures: 81 examples of 3 labels", result.Model.Provenance.TrainingData);

        TrainingProgress last = progress.Last(entry => entry.Phase == TrainingPhase.Training);
        Assert.Equal((4, 4, 10, 10, TimeSpan.Zero), (last.Epoch, last.Epochs, last.Step, last.StepsPerEpoch, last.Remaining));
        Assert.Equal(result.History[^1].TrainingLoss, last.Loss);
    }

    [Fact]
    public void The_loss_of_an_epoch_is_the_mean_over_its_steps_and_validation_uses_the_weights_after_it()
    {
        // One step with a learning rate next to nothing: both losses are those of the first weights, log 3 for all-zero ones.
        var zeros = new StateDictionary { ["fc.weight"] = new Tensor([3, 36]), ["fc.bias"] = new Tensor([3]) };
        TrainerOptions options = Examples.Options(_backend) with { Epochs = 1, Schedule = new ConstantSchedule(1e-12) };

        TrainingResult result = Examples.Train(options, new Examples(90), new Examples(30, seed: 6), initialWeights: zeros);

        Assert.Equal(Math.Log(3), result.History[0].TrainingLoss, 1e-6);
        Assert.Equal(Math.Log(3), result.History[0].ValidationLoss!.Value, 1e-6);
        Assert.Equal("trained from given weights", result.Model.Provenance.Origin);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        string Sha256(ulong seed, int threads) =>
            Examples.Train(Examples.Options(_backend) with { Seed = seed, Threads = threads }, new Examples(90)).Model.WeightsSha256();

        string first = Sha256(1, threads: 1);

        // The linear backend computes on one thread whatever it is told: only decoding has more.
        Assert.Equal(first, Sha256(1, threads: 3));
        Assert.NotEqual(first, Sha256(2, threads: 1));
    }

    [Fact]
    public void Fewer_examples_than_a_batch_make_a_smaller_batch()
    {
        TrainingResult result = Examples.Train(Examples.Options(_backend) with { ValidationFraction = 0 }, new Examples(5));

        Assert.Equal(4, result.Steps);
        Assert.All(result.History, record => Assert.Null(record.ValidationLoss));
        Assert.Null(result.Model.Metrics);
    }

    [Fact]
    public void Early_stopping_keeps_the_best_weights()
    {
        // The rate explodes after the second epoch: answers become sure, and the wrong ones of mislabelled examples cost much.
        TrainerOptions options = Examples.Options(_backend) with
        {
            Epochs = 20,
            Schedule = new RuinousSchedule(0.002, 500, FromEpoch: 2),
            EarlyStopping = new EarlyStoppingOptions { Patience = 3, Metric = EarlyStoppingMetric.Loss },
            ClipNorm = 1,
        };
        var validation = new Examples(60, seed: 6, wrongEvery: 5);

        TrainingResult stopped = Examples.Train(options, new Examples(90), validation);
        TrainingResult upToBest = Examples.Train(options with { Epochs = 2, EarlyStopping = null }, new Examples(90), validation);

        Assert.Equal((TrainingOutcome.StoppedEarly, 2, 5), (stopped.Outcome, stopped.BestEpoch, stopped.History.Count));
        Assert.Equal(upToBest.Model.WeightsSha256(), stopped.Model.WeightsSha256());
        Assert.Equal(stopped.History[1].ValidationLoss, stopped.Model.Metrics!.Values["logLoss"]);
    }

    [Fact]
    public void Without_validation_examples_early_stopping_is_refused()
    {
        TrainerOptions options = Examples.Options(_backend) with { ValidationFraction = 0, EarlyStopping = new EarlyStoppingOptions() };

        var exception = Assert.Throws<ArgumentException>(() => Examples.Train(options, new Examples(90)));

        Assert.Equal(
            "Early stopping and keeping the best weights compare epochs on validation examples, got none. " +
            "Give a validation source or a larger TrainerOptions.ValidationFraction.",
            exception.Message);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_training_and_says_where()
    {
        TrainerOptions options = Examples.Options(_backend) with { Schedule = new RuinousSchedule(0.02, 1e38, FromEpoch: 1) };

        var exception = Assert.Throws<NonFiniteLossException>(() => Examples.Train(options, new Examples(90)));

        Assert.Equal(1, exception.Epoch);
        Assert.StartsWith("The loss became ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_spoiled_by_the_last_step_are_no_model()
    {
        // A single step: no later loss could tell that its update overflowed.
        TrainerOptions options = Examples.Options(_backend) with { Epochs = 1, BatchSize = 1000, Schedule = new ConstantSchedule(3e38), ValidationFraction = 0 };
        var weights = new StateDictionary { ["fc.weight"] = new Tensor([3, 36]), ["fc.bias"] = new Tensor([3], [3e38f, 3e38f, 3e38f]) };

        Assert.Throws<NonFiniteLossException>(() => Examples.Train(options, new Examples(3), initialWeights: weights));
    }

    [Fact]
    public void An_unreadable_image_is_left_out_listed_and_warned_of()
    {
        List<string> warnings = [];
        var source = new Examples(90) { Unreadable = new HashSet<int> { 4, 50 } };
        TrainerOptions options = Examples.Options(_backend) with { ValidationFraction = 0 };

        TrainingResult result = Examples.Train(options, source, callbacks: new TrainingCallbacks { Warning = warnings.Add });

        Assert.Equal(["picture-4.png: the file is empty.", "picture-50.png: the file is empty."], result.BadImages.Select(image => image.ToString()));
        Assert.Equal(["2 images could not be read and were left out."], result.Warnings);
        Assert.Equal(result.Warnings, warnings);
        Assert.Throws<ImageFormatException>(() => Examples.Train(options with { StopsAtBadImage = true }, source));
    }

    [Fact]
    public void A_label_with_one_example_is_trained_on_and_warned_of()
    {
        TrainingResult result = Examples.Train(Examples.Options(_backend), new Examples(4));

        // Classes 0, 1, 2, 0: of the first two examples are there, of the others one each.
        Assert.Equal(
            [
                "Label 'class 1' has one example to learn from: expect it to be told apart badly.",
                "Label 'class 2' has one example to learn from: expect it to be told apart badly.",
            ],
            result.Warnings);
    }

    [Fact]
    public void Examples_and_network_that_do_not_fit_are_refused_with_both_numbers()
    {
        TrainerOptions options = Examples.Options(_backend);

        var classes = Assert.Throws<ArgumentException>(() => Examples.Train(options, new Examples(90), network: Examples.Network(classes: 4)));
        var oneLabel = Assert.Throws<DatasetException>(() => Examples.Train(options, new Examples(9, classes: 1), network: Examples.Network(classes: 1)));
        var labels = Assert.Throws<DatasetException>(
            () => Examples.Train(options, new Examples(90), new Examples(9) { Labels = ["class 0", "class 1", "cat"] }));
        var size = Assert.Throws<ArgumentException>(
            () => Examples.Train(options with { Preprocessing = Preprocessing.Cifar }, new Examples(90)));

        Assert.Equal("Network 'linear' tells 4 classes apart, got 3 labels. Give one label a class.", classes.Message);
        Assert.Contains("only 'class 0'", oneLabel.Message, StringComparison.Ordinal);
        Assert.Contains("'cat'", labels.Message, StringComparison.Ordinal);
        Assert.Equal(
            "Network 'linear' reads [1, 1, 6, 6], its preprocessing gives [1, 3, 32, 32]. " +
            "Set the crop or resize to the network's size, or define the network for that input shape.",
            size.Message);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        TrainerOptions options = Examples.Options(_backend);

        static string Message(TrainerOptions wrong) => Assert.Throws<ArgumentException>(wrong.Validate).Message;

        Assert.Equal("TrainerOptions.Epochs must be ≥ 1, got 0.", Message(options with { Epochs = 0 }));
        Assert.Equal("TrainerOptions.LabelSmoothing must be in [0, 1), got NaN.", Message(options with { LabelSmoothing = double.NaN }));
        Assert.Equal("TrainerOptions.ClipNorm must be > 0, got -1.", Message(options with { ClipNorm = -1 }));
        Assert.Equal("TrainerOptions.ValidationFraction must be in [0, 1), got 1.", Message(options with { ValidationFraction = 1 }));
        Assert.Equal("ConstantSchedule.LearningRate must be > 0, got -1.", Message(options with { Schedule = new ConstantSchedule(-1) }));
        Assert.Equal(
            "TrainerOptions.Resumes needs a CheckpointFolder: it says where the training to go on with lies.", Message(options with { Resumes = true }));
    }

    [Fact]
    public void A_step_with_clipping_and_its_bookkeeping_allocate_nothing()
    {
        TrainerOptions options = Examples.Options(_backend) with { ClipNorm = 1, LabelSmoothing = 0.1 };
        NetworkDefinition definition = Examples.Network();
        using var step = new TrainingStep(new LearnedPart(definition, options), InitialState.Create(definition, 1), 8, [3, 3, 2], options);
        var meter = new ProgressMeter(new TrainingCallbacks { Progress = _ => { } }, 1, 1000);
        var position = new TrainingPosition();
        Tensor[] images = [new Tensor([8, 1, 6, 6])];
        int[] labels = [0, 1, 2, 0, 1, 2, 0, 1];

        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                (LossResult loss, double rate) = step.Run(new SchedulePosition(0, position.Step, 1000, 1), images, labels);
                position.CompleteStep(loss, rate);
                meter.Report(TrainingPhase.Training, position, position.Step, 1000, loss.Loss, 0, 0);
            }
        }

        Run(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(100);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>One rate, and from some epoch on another that no training survives.</summary>
    private sealed record RuinousSchedule(double Good, double Bad, int FromEpoch) : LearningRateSchedule
    {
        protected override double Rate(SchedulePosition position) => position.Epoch < FromEpoch ? Good : Bad;
    }
}
