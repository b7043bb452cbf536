namespace ResNetMl.Architecture.Tests.PublicSurface;

/// <summary>The writer on types whose surface is written out here by hand.</summary>
public sealed class SurfaceWriterTests
{
    [Fact]
    public void A_class_is_written_as_its_declaration_reads()
    {
        string[] lines = LinesOf("class Sample<T>");

        Assert.Equal(
            [
                "abstract class Sample<T> : IDisposable where T : class, new()",
                "    protected readonly int[] Counts",
                "    const float Share = 0.5f",
                "    protected Sample(string? name, int count = 3)",
                "    abstract T this[int index] { get; }",
                "    IReadOnlyList<string?>? Names { get; protected set; }",
                "    required int Width { get; init; }",
                "    event EventHandler<EventArgs>? Changed",
                "    void Dispose()",
                "    protected virtual void OnChanged(EventArgs arguments)",
                "    static TResult? Read<TResult>(ReadOnlySpan<byte> bytes, ref int position, out bool done, params string[] rest) where TResult : struct",
            ],
            lines);
    }

    [Fact]
    public void A_record_is_written_without_what_the_compiler_adds() =>
        Assert.Equal(
            ["sealed record SampleRow", "    SampleRow(int Index, string Label = \"a\")", "    int Index { get; init; }", "    string Label { get; init; }"],
            LinesOf("record SampleRow"));

    [Fact]
    public void An_enumeration_is_written_with_its_values() =>
        Assert.Equal(["[Flags] enum SampleFlags : byte", "    None = 0", "    Red = 2"], LinesOf("enum SampleFlags"));

    [Fact]
    public void An_extension_method_is_written_with_this() =>
        Assert.Equal(
            ["static class SampleExtensions", "    static (SampleFlags?, int) Pair(this SampleFlags flags, SampleFlags? other = null)"],
            LinesOf("class SampleExtensions"));

    [Fact]
    public void An_interface_is_written_with_the_variance_of_its_parameters() =>
        Assert.Equal(["interface ISample<in TIn, out TOut> where TOut : class", "    TOut? Map(TIn value)"], LinesOf("interface ISample"));

    [Fact]
    public void A_delegate_is_one_line() =>
        Assert.Equal(["delegate bool SampleDelegate(in int value)"], LinesOf("delegate bool SampleDelegate"));

    private static string[] LinesOf(string type)
    {
        string[] lines = SurfaceWriter.Write(typeof(SurfaceWriterTests).Assembly).Split('\n');
        int first = Array.FindIndex(lines, line => line.Contains(type, StringComparison.Ordinal));
        return [.. lines.Skip(first).TakeWhile((line, i) => i == 0 || line.StartsWith(' '))];
    }
}

[Flags]
public enum SampleFlags : byte
{
    None = 0,
    Red = 2,
}

public interface ISample<in TIn, out TOut>
    where TOut : class
{
    TOut? Map(TIn value);
}

public delegate bool SampleDelegate(in int value);

public sealed record SampleRow(int Index, string Label = "a");

public static class SampleExtensions
{
    public static (SampleFlags? Found, int Count) Pair(this SampleFlags flags, SampleFlags? other = null) => (other ?? flags, 1);
}

public abstract class Sample<T> : IDisposable
    where T : class, new()
{
    public const float Share = 0.5f;

    protected readonly int[] Counts;

    private protected int _hidden;

    protected Sample(string? name, int count = 3)
    {
        Counts = new int[count];
        Names = [name];
        _hidden = count;
    }

    public event EventHandler<EventArgs>? Changed;

    public IReadOnlyList<string?>? Names { get; protected set; }

    public required int Width { get; init; }

    public abstract T this[int index] { get; }

    public static TResult? Read<TResult>(ReadOnlySpan<byte> bytes, ref int position, out bool done, params string[] rest)
        where TResult : struct
    {
        done = position >= bytes.Length + rest.Length;
        return null;
    }

    public void Dispose() => GC.SuppressFinalize(this);

    public override string ToString() => $"{_hidden}";

    protected virtual void OnChanged(EventArgs arguments) => Changed?.Invoke(this, arguments);
}
