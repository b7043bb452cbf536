using ResNetMl.Benchmarks.KillResume;

const string Usage = """
    Usage: dotnet run -c Release --project tests/ResNetMl.Benchmarks -- COMMAND

      kill-resume [--moments 50] [--executor onednn|managed] [--threads N] [--seed 1]
                    kills trainings at random moments, resumes them, compares the weights with an undisturbed training's
    """;

if (KillResumeCommand.TryRun(args) is { } exitCode)
{
    return exitCode;
}

Console.Error.WriteLine(Usage);
return 2;
