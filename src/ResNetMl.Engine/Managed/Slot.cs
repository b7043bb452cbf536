namespace ResNetMl.Engine.Managed;

/// <summary>Memory of a plan that some of its works write and read; others have it before and after.</summary>
internal sealed unsafe class Slot(long length)
{
    /// <summary>Floats.</summary>
    internal long Length { get; } = length;

    /// <summary>Index of the first work that uses it.</summary>
    internal int FirstWork { get; private set; } = int.MaxValue;

    /// <summary>Index of the last work that uses it; −1 for none.</summary>
    internal int LastWork { get; private set; } = -1;

    /// <summary>First float; known once all works are.</summary>
    internal float* Address { get; set; }

    /// <summary>Notes that a work uses it.</summary>
    internal void UsedBy(int work)
    {
        FirstWork = Math.Min(FirstWork, work);
        LastWork = Math.Max(LastWork, work);
    }

    /// <summary>Whether some work needs both.</summary>
    internal bool Overlaps(Slot other) => FirstWork <= other.LastWork && other.FirstWork <= LastWork;
}
