namespace ResNetMl.Evaluation;

/// <summary>How metrics are laid out as text.</summary>
public sealed record ReportOptions
{
    /// <summary>The narrowest layout, in columns.</summary>
    public const int MinimumWidth = 60;

    /// <summary>Longest line, in terminal columns; a Chinese character fills two.</summary>
    /// <value>At least <see cref="MinimumWidth"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The width is below <see cref="MinimumWidth"/>.</exception>
    public int Width
    {
        get;
        init
        {
            if (value < MinimumWidth)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, $"Width: expected at least {MinimumWidth} columns, got {value}.");
            }

            field = value;
        }
    } = 80;

    /// <summary>True for a terminal that shows ASCII only: class names stay as they are, all else is ASCII.</summary>
    public bool Ascii { get; init; }

    /// <summary>Stands for the cut-out middle of a name too long for its column.</summary>
    internal string Ellipsis => Ascii ? "~" : "…";
}
