using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ResNetMl.EndToEnd.Tests.Support;

/// <summary>An HTTP proxy on loopback that refuses every connection and keeps what it was asked for.</summary>
internal sealed class RefusingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];
    private readonly Task _loop;

    internal RefusingProxy()
    {
        _listener.Start();
        _loop = ServeAsync();
    }

    internal string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>First lines of the requests so far.</summary>
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
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(10));
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
                string first = await reader.ReadLineAsync() ?? "";
                lock (_requests)
                {
                    _requests.Add(first);
                }

                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // The headers are read to their end, or closing would reset the connection.
                }

                await client.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was stopped: the test is over.
            _listener.Dispose();
        }
    }
}
