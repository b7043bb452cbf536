using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ResNetMl.Vision.Tests.Weights;

/// <summary>An HTTP server on loopback that answers each request as the test says (RFC 9110, RFC 9112): one request a connection.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _requests = [];
    private readonly Func<ServedRequest, Task> _answer;
    private readonly Task _loop;

    internal FileServer(Func<ServedRequest, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = ServeAsync();
    }

    internal Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/models/weights.onnx");

    /// <summary>The requests so far, each its first line and, where it has one, its Range.</summary>
    internal string[] Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(10));
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                connections.Add(AnswerAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                string first = await reader.ReadLineAsync(_end.Token) ?? "";
                long? start = null;
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
                {
                    if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                    {
                        start = long.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
                    }
                }

                int number;
                lock (_requests)
                {
                    _requests.Add(start is null ? first : $"{first} from {start}");
                    number = _requests.Count;
                }

                await _answer(new ServedRequest(stream, number, first, start, _end.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The client gave up, or the test is over.
                client.Close();
            }
        }
    }
}

/// <summary>One request, and the ways to answer it.</summary>
/// <param name="Stream">The connection.</param>
/// <param name="Number">From 1.</param>
/// <param name="FirstLine">For example <c>GET /models/weights.onnx HTTP/1.1</c>.</param>
/// <param name="Start">First byte of the range asked for; null where the whole file is asked for.</param>
/// <param name="End">Set when the test is over.</param>
internal sealed record ServedRequest(NetworkStream Stream, int Number, string FirstLine, long? Start, CancellationToken End)
{
    /// <summary>Answers with a file, of which only so many bytes are sent, as a cut connection does; the length is told whole.</summary>
    internal async Task SendAsync(byte[] file, int most = int.MaxValue, bool hasRanges = true, bool tellsLength = true)
    {
        int start = hasRanges ? (int)(Start ?? 0) : 0;
        string status = hasRanges && Start is not null ? $"206 Partial Content\r\nContent-Range: bytes {start}-{file.Length - 1}/{file.Length}" : "200 OK";
        string length = tellsLength ? $"Content-Length: {file.Length - start}\r\n" : "";
        await WriteAsync($"HTTP/1.1 {status}\r\n{length}Connection: close\r\n\r\n");
        await Stream.WriteAsync(file.AsMemory(start, Math.Min(most, file.Length - start)), End);
    }

    /// <summary>Answers without a file: <c>404 Not Found</c>.</summary>
    internal Task RefuseAsync(string status) => WriteAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    /// <summary>Keeps the client waiting until the test is over.</summary>
    internal Task StallAsync() => Task.Delay(Timeout.Infinite, End);

    private async Task WriteAsync(string text) => await Stream.WriteAsync(Encoding.ASCII.GetBytes(text), End);
}
