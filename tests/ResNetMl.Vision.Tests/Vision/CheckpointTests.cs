using System.ComponentModel;
using System.Diagnostics;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Vision.Tests.Vision;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, OptimizerOptions> Optimizers => new()
    {
        { "SGD", new SgdOptions { Nesterov = true, WeightDecay = 1e-3 } },
        { "AdamW", new AdamWOptions { WeightDecay = 0.1 } },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Optimizers))]
    public void A_training_cancelled_before_any_step_and_resumed_ends_in_the_same_bits(string name, OptimizerOptions optimizer)
    {
        TrainerOptions options = Options(new LinearBackend(), optimizer);
        TrainingResult whole = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        Assert.Equal((18, TrainingOutcome.Completed), (whole.Steps, whole.Outcome));
        for (int step = 1; step < whole.Steps; step++)
        {
            string folder = _folder.Path($"{name}-{step}");
            using var cancellation = new CancellationTokenSource();
            var backend = new LinearBackend { BeforeStep = number => CancelAt(cancellation, step - 1, number) };

            TrainingResult first = new Trainer(options with { Backend = backend, CheckpointFolder = folder })
                .Train(Examples.Network(), new Examples(50), new Examples(20, seed: 6), null, cancellation.Token);
            TrainingResult resumed = Resume(options, folder);

            Assert.Equal((TrainingOutcome.Cancelled, step), (first.Outcome, first.Steps));
            AssertSame(whole, resumed);
        }
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Every_checkpoint_that_a_kill_could_leave_leads_to_the_same_bits(string name, OptimizerOptions optimizer)
    {
        TrainerOptions options = Options(new LinearBackend(), optimizer);
        TrainingResult whole = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        int copies = 0;
        var callbacks = new TrainingCallbacks { CheckpointWritten = path => File.Copy(path, Directory.CreateDirectory(_folder.Path($"{copies++}")) + "/checkpoint.zip") };
        Examples.Train(
            options with { CheckpointFolder = _folder.Path(name), CheckpointSteps = 1 }, new Examples(50), new Examples(20, seed: 6), callbacks: callbacks);

        // Three epochs of six steps: one after each step but an epoch's last, one after each epoch.
        Assert.Equal(18, copies);
        for (int copy = 0; copy < copies; copy++)
        {
            AssertSame(whole, Resume(options, _folder.Path($"{copy}")));
        }
    }

    [Fact]
    public void A_training_cancelled_during_validation_validates_again_when_resumed()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions());
        TrainingResult whole = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        using var cancellation = new CancellationTokenSource();
        var callbacks = new TrainingCallbacks { Progress = progress => CancelAt(cancellation, 1, progress.Phase == TrainingPhase.Validation ? progress.Epoch : 0) };

        TrainingResult first = new Trainer(options with { CheckpointFolder = _folder.FullName }, callbacks)
            .Train(Examples.Network(), new Examples(50), new Examples(20, seed: 6), null, cancellation.Token);

        Assert.Equal((TrainingOutcome.Cancelled, 6, 0), (first.Outcome, first.Steps, first.History.Count));
        AssertSame(whole, Resume(options, _folder.FullName));
    }

    [Fact]
    public void A_finished_training_resumed_gives_its_model_without_a_step()
    {
        TrainerOptions options = Options(new LinearBackend { BeforeStep = _ => { } }, new SgdOptions()) with { CheckpointFolder = _folder.FullName };
        TrainingResult whole = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        int steps = 0;

        TrainingResult again = Resume(options with { Backend = new LinearBackend { BeforeStep = _ => steps++ } }, _folder.FullName);

        Assert.Equal(0, steps);
        AssertSame(whole, again);
    }

    [Fact]
    public void Without_a_checkpoint_resuming_starts_and_after_deleting_it_starts_anew()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions());
        TrainingResult whole = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));

        AssertSame(whole, Resume(options, _folder.FullName));
        Assert.True(Checkpoints.ExistsIn(_folder.FullName));
        Checkpoints.DeleteIn(_folder.FullName);
        Checkpoints.DeleteIn(_folder.FullName);
        Assert.False(Checkpoints.ExistsIn(_folder.FullName));
        AssertSame(whole, Resume(options, _folder.FullName));
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused_with_all_that_differs_and_left_as_it_is()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName };
        Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        byte[] before = File.ReadAllBytes(Checkpoints.PathIn(_folder.FullName));

        var exception = Assert.Throws<CheckpointMismatchException>(() => Examples.Train(
            options with { Seed = 2, BatchSize = 16, Resumes = true, Schedule = new ConstantSchedule(0.1) }, new Examples(47), new Examples(20, seed: 6)));

        Assert.Equal("training examples: 50 in the checkpoint, now 47", exception.Differences[0]);
        Assert.StartsWith("training data: SHA-256 ", exception.Differences[1], StringComparison.Ordinal);
        Assert.Equal(
            [
                "seed: 1 in the checkpoint, now 2",
                "batch size: 8 in the checkpoint, now 16",
                "learning rate: OneCycleSchedule {\"MaximumLearningRate\":0.05,\"RisingShare\":0.3,\"StartDivisor\":25,\"EndDivisor\":10000," +
                "\"WarmUpEpochs\":0,\"WarmUpStart\":0.1} in the checkpoint, now ConstantSchedule {\"LearningRate\":0.1,\"WarmUpEpochs\":0,\"WarmUpStart\":0.1}",
            ],
            exception.Differences.Skip(2));
        Assert.Equal(
            $"'{Checkpoints.PathIn(_folder.FullName)}' cannot be resumed: it is of another training. {string.Join("; ", exception.Differences)}. " +
            "Ask for what the checkpoint has, or start anew without resuming.",
            exception.Message);
        Assert.Equal(before, File.ReadAllBytes(Checkpoints.PathIn(_folder.FullName)));
    }

    [Fact]
    public void Another_network_other_content_and_other_labels_are_noticed()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName };
        Examples.Train(options, new Examples(50), new Examples(20, seed: 6));

        string[] Differing(IExampleSource training, Networks.NetworkDefinition? network = null) =>
        [
            .. Assert.Throws<CheckpointMismatchException>(
                    () => Examples.Train(options with { Resumes = true }, training, new Examples(20, seed: 6) { Labels = training.Labels }, network))
                .Differences.Select(difference => difference[..difference.IndexOf(':', StringComparison.Ordinal)]),
        ];

        Assert.Equal(["training data"], Differing(new Examples(50, seed: 9)));
        Assert.Equal(["labels"], Differing(new Examples(50) { Labels = ["a", "b", "c"] }));
        Networks.NetworkDefinition other = Networks.NetworkDefinition.FromLayer(
            "other", [1, 6, 6], Networks.Layers.Sequence(Networks.Layers.Flatten(), Networks.Layers.Linear(36, 3).Named("fc")));
        Assert.Equal(["network"], Differing(new Examples(50), other));
    }

    [Fact]
    public void In_another_environment_training_goes_on_with_a_warning_of_what_differs()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName };
        using var cancellation = new CancellationTokenSource();
        var backend = new LinearBackend { BeforeStep = number => CancelAt(cancellation, 7, number) };
        new Trainer(options with { Backend = backend })
            .Train(Examples.Network(), new Examples(50), new Examples(20, seed: 6), null, cancellation.Token);

        TrainingResult resumed = Resume(options with { Backend = new LinearBackend { Description = "linear 2.0" }, Threads = 2 }, _folder.FullName);

        Assert.Equal(TrainingOutcome.Completed, resumed.Outcome);
        Assert.Equal(
            [
                $"'{Checkpoints.PathIn(_folder.FullName)}' was written in another environment: executor library: linear 1.0 in the checkpoint, " +
                "now linear 2.0; threads: 1 in the checkpoint, now 2. Training goes on; its result will differ in the last bits from that of an " +
                "uninterrupted training.",
            ],
            resumed.Warnings);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_warned_of_and_training_goes_on()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions());
        TrainingResult whole = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        Directory.CreateDirectory(Checkpoints.PathIn(_folder.FullName));

        TrainingResult result = Examples.Train(options with { CheckpointFolder = _folder.FullName }, new Examples(50), new Examples(20, seed: 6));

        Assert.Equal(whole.Model.WeightsSha256(), result.Model.WeightsSha256());
        string path = Checkpoints.PathIn(_folder.FullName);
        Assert.Equal(
            [
                $"The checkpoint at epoch 2, step 0 could not be written: Cannot write '{path}': a folder has that name. Give the name of a file. " +
                "Training goes on and will try again.",
            ],
            result.Warnings);
    }

    // A disk that is full in truth: a memory file system, which takes root to mount.
    [Fact]
    public void A_disk_that_fills_up_leaves_the_checkpoint_before_and_is_used_again_once_there_is_room()
    {
        if (!Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", _folder.FullName))
        {
            Assert.Skip("Needs the right to mount a small file system.");
        }

        try
        {
            TrainerOptions options = Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName, CheckpointSteps = 1 };
            TrainingResult whole = Examples.Train(options with { CheckpointFolder = null }, new Examples(50), new Examples(20, seed: 6));
            int written = 0;
            byte[] afterFive = [];

            TrainingResult result = Examples.Train(
                options with { Backend = new LinearBackend { BeforeStep = BeforeStep } },
                new Examples(50),
                new Examples(20, seed: 6),
                callbacks: new TrainingCallbacks { CheckpointWritten = _ => written++ });

            // After each step but epochs' last and after each epoch, 18 in all, less those of the five steps while the disk was full.
            Assert.Equal((13, whole.Model.WeightsSha256()), (written, result.Model.WeightsSha256()));
            Assert.Contains("No space left on device", Assert.Single(result.Warnings), StringComparison.Ordinal);
            AssertSame(whole, Resume(options, _folder.FullName));

            void BeforeStep(long step)
            {
                if (step == 5)
                {
                    afterFive = File.ReadAllBytes(Checkpoints.PathIn(_folder.FullName));
                    FillUp(_folder.Path("filler"));
                }
                else if (step == 10)
                {
                    Assert.Equal(afterFive, File.ReadAllBytes(Checkpoints.PathIn(_folder.FullName)));
                    File.Delete(_folder.Path("filler"));
                }
            }
        }
        finally
        {
            Assert.True(Run("umount", _folder.FullName));
        }
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_as_such_and_a_model_in_its_place_as_well()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName };
        TrainingResult result = Examples.Train(options, new Examples(50), new Examples(20, seed: 6));
        string path = Checkpoints.PathIn(_folder.FullName);
        byte[] whole = File.ReadAllBytes(path);

        File.WriteAllBytes(path, whole.AsSpan(0, whole.Length / 2));
        Assert.Equal(ModelFormatError.Damaged, Assert.Throws<ModelFormatException>(() => Resume(options, _folder.FullName)).Error);

        result.Model.Save(path);
        var exception = Assert.Throws<ModelFormatException>(() => Resume(options, _folder.FullName));
        Assert.Equal(
            $"'{path}' is not a checkpoint: it holds a ImageClassificationModel, expected TrainingCheckpoint. Give a checkpoint that this product saved.",
            exception.Message);
    }

    [Fact]
    public void Cancelled_before_the_first_step_nothing_is_made()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName })
            .Train(Examples.Network(), new Examples(50), new Examples(20, seed: 6), null, cancellation.Token));

        Assert.False(Checkpoints.ExistsIn(_folder.FullName));
    }

    [Fact]
    public void Images_that_go_away_during_training_leave_a_checkpoint_to_go_on_from()
    {
        TrainerOptions options = Options(new LinearBackend(), new SgdOptions()) with { CheckpointFolder = _folder.FullName };
        TrainingResult whole = Examples.Train(options with { CheckpointFolder = null }, new Examples(50), new Examples(20, seed: 6));
        var backend = new LinearBackend { BeforeStep = number => _ = number == 8 ? throw new ImageFormatException("picture-3.png", "it is gone.") : number };

        Assert.Throws<ImageFormatException>(() => Examples.Train(options with { Backend = backend }, new Examples(50), new Examples(20, seed: 6)));

        AssertSame(whole, Resume(options, _folder.FullName));
    }

    private static TrainerOptions Options(IBackend backend, OptimizerOptions optimizer) => Examples.Options(backend) with
    {
        Epochs = 3,
        Optimizer = optimizer,
        EarlyStopping = new EarlyStoppingOptions { Metric = EarlyStoppingMetric.Loss },
    };

    private static TrainingResult Resume(TrainerOptions options, string folder) =>
        Examples.Train(options with { CheckpointFolder = folder, Resumes = true }, new Examples(50), new Examples(20, seed: 6));

    private static void CancelAt(CancellationTokenSource cancellation, long wanted, long number)
    {
        if (number == wanted)
        {
            cancellation.Cancel();
        }
    }

    private static void FillUp(string path)
    {
        try
        {
            using FileStream stream = File.Create(path, bufferSize: 0);
            while (true)
            {
                stream.Write(new byte[1024]);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such program here: the test is skipped.
            return false;
        }
    }

    private static void AssertSame(TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal(expected.Model.WeightsSha256(), actual.Model.WeightsSha256());
        Assert.Equal((expected.Outcome, expected.Steps, expected.BestEpoch), (actual.Outcome, actual.Steps, actual.BestEpoch));
        Assert.Equal(expected.History.Select(WithoutTimes), actual.History.Select(WithoutTimes));
        Assert.Empty(actual.Warnings);

        static EpochRecord WithoutTimes(EpochRecord record) => record with { Seconds = 0, ImagesPerSecond = 0 };
    }
}
