using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResNetMl.Cli.Shell;

/// <summary>Two streams: results on one; warnings, errors and with --json all text on the other.</summary>
internal sealed class SystemTerminal : ITerminal
{
    /// <summary>Columns where the output is no terminal, or one that does not tell.</summary>
    internal const int WidthWithoutTerminal = 80;

    /// <summary>How every command writes JSON: camelCase names, enumerations by name, NaN and infinities as strings.</summary>
    internal static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly bool _json;
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly TextWriter _text;
    private readonly TimeProvider _clock;

    /// <param name="json">Whether the result is the one JSON document on <paramref name="output"/>.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="isInteractive">Whether a person watches the stream that text goes to.</param>
    /// <param name="width">Columns of that stream.</param>
    /// <param name="clock">Measures progress.</param>
    internal SystemTerminal(bool json, TextWriter output, TextWriter error, bool isInteractive, int width, TimeProvider clock)
    {
        _json = json;
        _output = output;
        _error = error;
        _text = json ? error : output;
        _clock = clock;
        IsInteractive = isInteractive;
        Width = width;
        IsAscii = _text.Encoding is not (UTF8Encoding or UnicodeEncoding);
    }

    public int Width { get; }

    public bool IsInteractive { get; }

    public bool IsAscii { get; }

    /// <summary>The process's own streams.</summary>
    internal static ITerminal Create(bool json)
    {
        bool isInteractive = json ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
        int width = isInteractive ? Math.Max(40, SafeWindowWidth()) : WidthWithoutTerminal;
        return new SystemTerminal(json, Console.Out, Console.Error, isInteractive, width, TimeProvider.System);
    }

    public void WriteLine(string text = "") => _text.WriteLine(text);

    public void WriteError(string text) => _error.WriteLine(text);

    public void WriteJson(object result)
    {
        if (_json)
        {
            _output.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        }
    }

    public IProgressDisplay StartProgress(string title) => new ProgressLine(_text, title, IsInteractive, Width, _clock);

    private static int SafeWindowWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return WidthWithoutTerminal; // a terminal that does not tell its size
        }
    }
}
