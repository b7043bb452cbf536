using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ResNetMl.Extensions;
using ResNetMl.Images;

namespace Worker;

/// <summary>Looks into a folder every second and moves each photograph to the folder of its label.</summary>
internal sealed class SortingService(
    IConfiguration configuration, PredictionEnginePool<Photograph, Answer> pool, ILogger<SortingService> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateDirectory(configuration["Folder"] ?? "inbox").FullName;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        logger.LogInformation("Photographs are awaited in {Folder}.", _folder);
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // A file that somebody still writes is left for the next time.
            FileInfo[] files = [.. new DirectoryInfo(_folder).EnumerateFiles().Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > Period)];

            // The pool takes any number of threads: they decode side by side and are computed together.
            Parallel.ForEach(files, new ParallelOptions { CancellationToken = stoppingToken }, Sort);
        }
    }

    private void Sort(FileInfo file)
    {
        try
        {
            Answer answer = pool.Predict(new Photograph { ImageSource = File.ReadAllBytes(file.FullName) });
            logger.LogInformation("{File}: {Label} ({Score:P1})", file.Name, answer.PredictedLabel, answer.Score.Max());
            Move(file, answer.PredictedLabel);
        }
        catch (ImageFormatException exception)
        {
            logger.LogWarning("{File} cannot be read: {Reason}", file.Name, exception.Reason);
            Move(file, "unreadable");
        }
        catch (IOException exception)
        {
            logger.LogWarning("{File} stays where it is: {Reason}", file.Name, exception.Message);
        }
    }

    private void Move(FileInfo file, string label) =>
        file.MoveTo(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, label)).FullName, file.Name), overwrite: true);
}
