using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResNetMl.Cli.Shell;

/// <summary>The process's own streams.</summary>
internal sealed class SystemTerminal : ITerminal
{
    private const int WidthWithoutTerminal = 80;

    /// <summary>How every command writes JSON: camelCase names, enumerations by name, NaN and infinities as strings.</summary>
    internal static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly bool _json;
    private readonly TextWriter _text;

    private SystemTerminal(bool json)
    {
        _json = json;
        _text = json ? Console.Error : Console.Out;
        IsInteractive = json ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
        Width = IsInteractive ? Math.Max(40, SafeWindowWidth()) : WidthWithoutTerminal;
        IsAscii = Console.OutputEncoding is not UTF8Encoding;
    }

    public int Width { get; }

    public bool IsInteractive { get; }

    public bool IsAscii { get; }

    internal static ITerminal Create(bool json) => new SystemTerminal(json);

    public void WriteLine(string text = "") => _text.WriteLine(text);

    public void WriteError(string text) => Console.Error.WriteLine(text);

    public void WriteJson(object result)
    {
        if (_json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        }
    }

    public IProgressDisplay StartProgress(string title) => new ProgressLine(_text, title, IsInteractive, Width, TimeProvider.System);

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
