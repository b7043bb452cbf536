using System.Diagnostics.CodeAnalysis;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>oneDNN refused what the engine asked of it.</summary>
internal sealed class OneDnnException(string message, Status status) : Exception(message)
{
    /// <summary>The library's answer.</summary>
    public Status Status { get; } = status;

    /// <summary>Throws unless the call succeeded: the one place where a native status becomes an exception.</summary>
    /// <param name="status">What the call returned.</param>
    /// <param name="what">The work asked for, with its shapes.</param>
    internal static void ThrowIfFailed(Status status, string what)
    {
        if (status != Status.Success)
        {
            Throw(status, what);
        }
    }

    [DoesNotReturn]
    private static void Throw(Status status, string what)
    {
        string reason = status switch
        {
            Status.OutOfMemory => "not enough memory; use a smaller batch or image",
            Status.InvalidArguments => "the arguments do not fit each other",
            Status.Unimplemented => "this processor or library version has no implementation; use the managed executor",
            _ => status.ToString(),
        };
        throw new OneDnnException($"oneDNN: {what}: {reason} (status {(int)status}).", status);
    }
}
