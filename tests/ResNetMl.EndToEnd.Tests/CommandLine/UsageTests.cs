using ResNetMl.EndToEnd.Tests.Support;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>Wrong usage: exit code 2, nothing on standard output, and a message that says what was expected.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nosuch", "Required command was not provided.\nUnrecognized command or argument 'nosuch'.\nSee: resnetml --help\n")]
    [InlineData("", "Required command was not provided.\nSee: resnetml --help\n")]
    [InlineData("data", "Required command was not provided.\nSee: resnetml data --help\n")]
    [InlineData("weights", "Required command was not provided.\nSee: resnetml weights --help\n")]
    [InlineData("data list extra", "Unrecognized command or argument 'extra'.\nSee: resnetml data list --help\n")]
    [InlineData("inspect resnet20 --bogus", "Unrecognized command or argument '--bogus'.\nSee: resnetml inspect --help\n")]
    [InlineData("train --dataset x", "Option '--output' is required.\nSee: resnetml train --help\n")]
    [InlineData("train --dataset x --output y --epochs many", "--epochs many: expected a whole number.\nSee: resnetml train --help\n")]
    [InlineData("train --dataset x --output y --seed -3", "--seed -3: expected a whole number, 0 or more.\nSee: resnetml train --help\n")]
    [InlineData("train --dataset x --output y --learning-rate fast", "--learning-rate fast: expected a number.\nSee: resnetml train --help\n")]
    [InlineData("train --dataset x --output y --optimizer sdg", "--optimizer sdg: expected sgd or adamw.\nSee: resnetml train --help\n")]
    [InlineData("train --dataset x --output y --schedule x", "--schedule x: expected one-cycle, cosine, step or constant.\nSee: resnetml train --help\n")]
    [InlineData("predict --model m.zip x.png --top 0", "--top 0: expected 1 or more.\n")]
    [InlineData("inspect resnet20 --input 3,32", "--input 3,32: expected channels,height,width, for example 3,224,224.\n")]
    [InlineData("inspect resnet20 --input 3,0,32", "--input 3,0,32: expected channels,height,width, for example 3,224,224.\n")]
    [InlineData("inspect m.zip --classes 3", "--classes goes with a network's name; m.zip says itself how many classes it has.\n")]
    [InlineData("inspect resnt20", "There is no network named 'resnt20'. Nearest: resnet20, ", true)]
    [InlineData("data get fashion-mnst", "'fashion-mnst': expected one of the datasets fashion-mnist. 'data list' shows them.\n")]
    public void Wrong_usage_says_what_was_expected(string line, string message, bool isStart = false)
    {
        CommandResult result = Resnetml.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Expect(2);

        Assert.Equal("", result.Output);
        Assert.Equal(message, isStart ? result.Error[..Math.Min(message.Length, result.Error.Length)] : result.Error);
    }

    [Theory]
    [InlineData("--executor bogus", "--executor bogus: expected auto, onednn, managed or onnxruntime.\n")]
    [InlineData("--executor onnxruntime", "--executor onnxruntime: it scores and does not train; use --executor ", true)]
    [InlineData("--precision half", "--precision half: expected auto, fp32 or bf16.\n")]
    [InlineData("--threads -1", "--threads -1: expected 0 (one a core) or more.\n")]
    [InlineData("--epochs 0", "TrainerOptions.Epochs must be ≥ 1, got 0.\n")]
    [InlineData("--input 2,8,8", "Network input: expected [channels, height, width] with 1 channel (grey) or 3 (RGB), got [1, 2, 8, 8]. Give the network such an input.\n")]
    public void Options_of_training_are_refused_before_it_starts(string options, string message, bool isStart = false)
    {
        string pictures = _folder.WriteWarmAndCold("pictures");

        CommandResult result = Resnetml.Run(
            ["train", "--dataset", pictures, "--output", _folder["m.zip"], "--network", "resnet8", .. options.Split(' ')]).Expect(2);

        Assert.Equal(message, isStart ? result.Error[..Math.Min(message.Length, result.Error.Length)] : result.Error);
        Assert.False(File.Exists(_folder["m.zip"]));
    }

    [Fact]
    public void Precision_bf16_asked_of_the_managed_kernels_is_refused_naming_who_can()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");

        CommandResult result = Resnetml.Run(
            "train", "--dataset", pictures, "--output", _folder["m.zip"], "--network", "resnet8", "--executor", "managed", "--precision", "bf16").Expect(2);

        bool canOneDnn = Engine.Backends.OneDnn?.Supports(Engine.Precision.BFloat16) == true;
        Assert.StartsWith("--precision bf16: the executor managed (", result.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            canOneDnn ? ") does not compute in it; use --executor onednn.\n" : ") does not compute in it; none on this machine does; use --precision fp32.\n",
            result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_executor_that_is_switched_off_is_refused_with_the_reason()
    {
        using ResnetmlProcess process = ResnetmlProcess.Start(
            ["predict", "--executor", "onednn", "--model", _folder["absent.zip"], "x.png"], new() { ["RESNETML_DISABLE_ONEDNN"] = "1" });

        CommandResult result = process.WaitForEnd();

        Assert.Equal(2, result.Expect(2).ExitCode);
        Assert.Matches(@"^--executor onednn: .*RESNETML_DISABLE_ONEDNN.* Use --executor managed, or auto\.\n$", result.Error);
    }

    [Fact]
    public void Precision_bf16_asked_of_ONNX_Runtime_is_refused_by_name()
    {
        CommandResult result = Resnetml.Run("predict", "--model", _folder["absent.zip"], "x.png", "--executor", "onnxruntime", "--precision", "bf16").Expect(2);

        Assert.SkipWhen(result.Error.StartsWith("--executor onnxruntime: ONNX Runtime: ", StringComparison.Ordinal), $"Needs ONNX Runtime's library: {result.Error}");
        Assert.StartsWith("--precision bf16: the executor onnxruntime (ONNX Runtime 1.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ONNX_Runtime_that_is_not_there_is_refused_with_the_reason()
    {
        using ResnetmlProcess process = ResnetmlProcess.Start(
            ["predict", "--executor", "onnxruntime", "--model", _folder["absent.zip"], "x.png"], new() { ["RESNETML_ONNXRUNTIME"] = _folder["absent.so"] });

        CommandResult result = process.WaitForEnd().Expect(2);

        Assert.StartsWith("--executor onnxruntime: ONNX Runtime: expected ", result.Error, StringComparison.Ordinal);
        Assert.Contains(
            $" at {_folder["absent.so"]}, which RESNETML_ONNXRUNTIME names, found no file. Correct the path, or unset the variable. Use --executor ",
            result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_as_output_is_refused_before_the_training()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");

        CommandResult result = Resnetml.Run(["train", "--dataset", pictures, "--output", _folder.Root, .. Resnetml.Tiny]).Expect(2);

        Assert.Equal($"--output {_folder.Root}: expected the name of a file to write, got a folder. Give a name in it, for example {_folder["model.zip"]}.\n", result.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("demo --help")]
    [InlineData("train --help")]
    [InlineData("evaluate --help")]
    [InlineData("predict --help")]
    [InlineData("inspect --help")]
    [InlineData("doctor --help")]
    [InlineData("data --help")]
    [InlineData("data list --help")]
    [InlineData("data get --help")]
    [InlineData("weights list --help")]
    [InlineData("weights pull --help")]
    [InlineData("weights verify --help")]
    public void Help_fits_80_columns_and_names_every_option_once(string line)
    {
        CommandResult result = Resnetml.Run(line.Split(' ')).Expect(0);

        Assert.Equal("", result.Error);
        Assert.Equal("Description:", result.OutputLines[0]);
        Assert.All(result.OutputLines, text => Assert.InRange(text.Length, 0, 80));
        foreach (string option in new[] { "--json", "--seed <N>", "--threads <N>", "--executor <NAME>", "--precision <NAME>" })
        {
            Assert.Single(result.OutputLines, text => text.TrimStart().StartsWith(option, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Help_names_the_commands_that_exist_and_no_others()
    {
        string[] lines = Resnetml.Run("--help").Expect(0).OutputLines;

        IEnumerable<string> commands = lines.SkipWhile(line => line != "Commands:").Skip(1)
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(["demo", "train", "evaluate", "predict", "export", "inspect", "doctor", "data", "weights"], commands);
    }

    [Fact]
    public void The_process_has_the_exit_codes_and_streams_that_shells_expect()
    {
        CommandResult help = ResnetmlProcess.Run("--help");
        CommandResult wrong = ResnetmlProcess.Run("nosuch");
        CommandResult failed = ResnetmlProcess.Run("predict", "--model", _folder["absent.zip"], "x.png");

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Contains("image classification", help.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
        Assert.Equal((1, ""), (failed.ExitCode, failed.Output));
        Assert.Equal($"There is no model '{_folder["absent.zip"]}'. Check the path, or train and save one there.\n", failed.Error);
    }

    [Fact]
    public void Doctor_says_what_is_missing_and_how_to_get_it_when_libvips_cannot_be_loaded()
    {
        using ResnetmlProcess process = ResnetmlProcess.Start(["doctor", "--json"], new() { ["RESNETML_LIBVIPS"] = "/nowhere/libvips.so" });

        CommandResult result = process.WaitForEnd().Expect(1);

        string missing = (string)result.Json["missing"]!.AsArray()[0]!;
        Assert.StartsWith("libvips (the image decoder): ", missing, StringComparison.Ordinal);
        Assert.EndsWith(" Without it no image can be decoded.", missing, StringComparison.Ordinal);
        Assert.Contains("/nowhere/libvips.so", missing, StringComparison.Ordinal);
        Assert.Contains($"missing           {missing}\n", result.Error, StringComparison.Ordinal);
    }
}
