using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ResNetMl.Runtime;

namespace ResNetMl.Extensions;

/// <summary>Hands the context's messages to the application's loggers, once however many pools there are.</summary>
internal sealed class ContextLogging : IDisposable
{
    private readonly MLContext _context;
    private readonly ILoggerFactory? _loggers;
    private int _isStarted;

    public ContextLogging(IOptions<MLOptions> options, IServiceProvider services)
    {
        _context = options.Value.MLContext;
        _loggers = services.GetService<ILoggerFactory>();
    }

    public void Dispose() => _context.Log -= Forward;

    internal void Start()
    {
        if (_loggers is not null && Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            _context.Log += Forward;
        }
    }

    private void Forward(object? sender, LoggingEventArgs message) =>
        _loggers!.CreateLogger($"ResNetMl.{message.Source.Split(';')[0].Trim()}").Log(LevelOf(message.Kind), "{Message}", message.RawMessage);

    private static LogLevel LevelOf(ChannelMessageKind kind) => kind switch
    {
        ChannelMessageKind.Error => LogLevel.Error,
        ChannelMessageKind.Warning => LogLevel.Warning,
        ChannelMessageKind.Info => LogLevel.Information,
        _ => LogLevel.Trace,
    };
}
