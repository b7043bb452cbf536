using System.Globalization;
using ResNetMl.Benchmarks;
using ResNetMl.Benchmarks.Exporters;
using ResNetMl.Benchmarks.Fuzzing;
using ResNetMl.Benchmarks.KillResume;
using ResNetMl.Benchmarks.PipelineScoring;
using ResNetMl.Benchmarks.Pool;
using ResNetMl.Benchmarks.Published;
using ResNetMl.Benchmarks.Transfer;

const string Usage = """
    Usage: dotnet run -c Release --project tests/ResNetMl.Benchmarks -- COMMAND

      training [--rounds 7] [--steps 10] [--threads N] [--json]
                    ResNet-20 training, fp32: our backends and PyTorch in turn; ratios
      loader [--rounds 7] [--steps 20] [--threads N]
                    the same fed by the loader against one fixed batch; the first pass apart
      allocations [--threads N]
                    managed bytes that 100 training steps allocate
      kill-resume [--moments 50] [--executor onednn|managed] [--threads N] [--seed 1]
                    kills trainings at random moments, resumes them, compares the weights with an undisturbed training's
      published [--images 10000] [--data FOLDER]
                    the published CIFAR-10 ResNets from every format, with every executor, after every export,
                    against PyTorch's logits and the published number of correct answers
      pool [--callers 64] [--rounds 5] [--network resnet20|trunk] [--executor A,B] [--images 512] [--photographs 50] [--predictions 100000]
                    [--data FOLDER] [--root REPOSITORY]
                    many threads on one prediction pool: answers beside one thread's, speed beside batches of one caller, memory
      torchvision [--architectures A,B] [--opsets 9,11,13,15,17] [--variants batch,fixed,size,unfolded,preserve,initializers]
                    torchvision's classifiers, random weights, exported by PyTorch, read here and compared with its logits on
                    both backends and, written again, in ONNX Runtime; needs python3-torch and python3-torchvision
      pipeline-scoring [--rounds 9] [--images 64] [--batches 1,8,32] [--threads N] [--data FOLDER]
                    ApplyOnnxModel in a pipeline and ONNX Runtime called directly on the same batches, in turn; ratios
      transfer [--sets flowers_small,deck_crack] [--seeds 3] [--data FOLDER] [--precision auto|float32|bfloat16] [--features FOLDER]
                    transfer learning with the image trainer's defaults on the trunk in data/weights: time from files to a saved model,
                    first and with the features kept; stratified 5-fold accuracy; --features: kept in that folder, no times
      transfer --recipe [--sets flowers_small,deck_crack] [--seeds 3] [--first-seed 1] [--data FOLDER] [--results transfer-recipe.txt]
               [--blocks N] [--epochs N] [--rate X] [--trunk-factor X] [--size N] [--views N] [--area X] [--smoothing X] [--mixup X]
                    the same with fine-tuning and augmentation; each fold's accuracy is appended to the results, and those there are not repeated
      fuzz [--count 200000] [--processes N] [--seed 1] [--first 0] [--run]
                    reads damaged ONNX, PyTorch, safetensors, JSON and model files; each must end in time, within
                    bounds and with a reader's own error; --run: networks that are read are run, forward and backward
    """;

if ((KillResumeCommand.TryRun(args) ?? FuzzCommand.TryRun(args) ?? PublishedModelsCommand.TryRun(args) ?? TorchvisionCommand.TryRun(args)
    ?? PipelineScoringCommand.TryRun(args) ?? PoolCommand.TryRun(args) ?? RecipeCommand.TryRun(args) ?? TransferCommand.TryRun(args)) is { } exitCode)
{
    return exitCode;
}

int threads = Option("--threads", Environment.ProcessorCount);
switch (args.FirstOrDefault())
{
    case "training":
        return TrainingBenchmark.Run(Option("--rounds", 7), Option("--steps", 10), threads, args.Contains("--json"));
    case "loader":
        return LoaderBenchmark.Run(Option("--rounds", 7), Option("--steps", 20), threads);
    case "allocations":
        return AllocationCheck.Run(threads);
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

int Option(string name, int otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
