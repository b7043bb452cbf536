namespace ResNetMl.Interchange.Onnx;

/// <summary>Names of a file in messages: short, and without control characters that a terminal would obey.</summary>
internal static class OnnxText
{
    private const int MaxLength = 120;

    internal static string Show(string text)
    {
        string start = text.Length > MaxLength ? $"{text[..MaxLength]}…" : text;
        return start.Any(char.IsControl) ? new string([.. start.Select(c => char.IsControl(c) ? '?' : c)]) : start;
    }
}
