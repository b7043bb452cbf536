namespace ResNetMl.Transforms.Onnx;

/// <summary>Whether two results of one computation differ only as rounding lets them.</summary>
internal static class Closeness
{
    /// <summary>Compares: floating-point numbers relative to the largest of them, everything else exactly.</summary>
    /// <param name="together">Computed with other rows.</param>
    /// <param name="alone">Computed on its own.</param>
    /// <param name="tolerance">What part of the largest number may be the difference.</param>
    internal static bool Of<T>(ReadOnlySpan<T> together, ReadOnlySpan<T> alone, double tolerance)
    {
        if (together.Length != alone.Length)
        {
            return false;
        }

        double allowed = tolerance * Largest(alone);
        for (int i = 0; i < alone.Length; i++)
        {
            if (!AreClose(together[i], alone[i], allowed))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreClose<T>(T together, T alone, double allowed) => (together, alone) switch
    {
        (float a, float b) => a.Equals(b) || Math.Abs((double)a - b) <= allowed,
        (double a, double b) => a.Equals(b) || Math.Abs(a - b) <= allowed,
        (ReadOnlyMemory<char> a, ReadOnlyMemory<char> b) => a.Span.SequenceEqual(b.Span),
        _ => EqualityComparer<T>.Default.Equals(together, alone),
    };

    private static double Largest<T>(ReadOnlySpan<T> values)
    {
        double largest = 0;
        foreach (T value in values)
        {
            double size = value switch { float number => Math.Abs(number), double number => Math.Abs(number), _ => 0 };
            largest = double.IsFinite(size) ? Math.Max(largest, size) : largest;
        }

        return largest;
    }
}
