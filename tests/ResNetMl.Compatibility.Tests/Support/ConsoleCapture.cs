using System.Text;

namespace Compatibility.Support;

/// <summary>Keeps what a program prints, so that a test can read it.</summary>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly TextWriter _original = Console.Out;
    private readonly StringBuilder _printed = new();

    public ConsoleCapture() => Console.SetOut(TextWriter.Synchronized(new StringWriter(_printed)));

    public string[] Lines => _printed.ToString().Split(Environment.NewLine);

    public void Dispose() => Console.SetOut(_original);
}
