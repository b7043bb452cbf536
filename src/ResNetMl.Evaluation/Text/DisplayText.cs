using System.Globalization;
using System.Text;

namespace ResNetMl.Evaluation;

/// <summary>Text measured and cut in terminal columns rather than in characters.</summary>
internal static class DisplayText
{
    private const int VariationSelectorEmoji = 0xFE0F;
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    // Unicode 16, EastAsianWidth.txt: the blocks whose characters are Wide or Fullwidth. Inside the blocks of pictographs some
    // characters are narrow; counting them as wide costs a column and never overflows a line.
    private static readonly (int First, int Last)[] _wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3),
        (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2630, 0x2637), (0x2648, 0x2653), (0x267F, 0x267F), (0x268A, 0x268F),
        (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE),
        (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD),
        (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755),
        (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50),
        (0x2B55, 0x2B55), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
        (0xFE10, 0xFE19), (0xFE30, 0xFE6F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x1B2FF), (0x1D300, 0x1D376),
        (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F64F), (0x1F680, 0x1F6FF),
        (0x1F7E0, 0x1F7F0), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>Text that is safe in one cell of a table: what could move the cursor, change colours, start a line or turn the writing
    /// direction is shown as U+FFFD.</summary>
    /// <remarks>Class names are folder names, and those may hold line feeds and escape characters.</remarks>
    public static string Printable(string text)
    {
        StringBuilder printable = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool disturbs = Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
                UnicodeCategory.Format => rune.Value is not (ZeroWidthJoiner or ZeroWidthNonJoiner),
                _ => false,
            };
            printable.Append(disturbs ? Rune.ReplacementChar.ToString() : rune.ToString());
        }

        return printable.ToString();
    }

    /// <summary>Terminal columns that printable text fills.</summary>
    public static int Width(string text)
    {
        int width = 0;
        int previous = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int own = WidthOf(rune);
            if (rune.Value == VariationSelectorEmoji && previous == 1)
            {
                own = 1; // it turns the narrow character before it into an emoji two columns wide
            }

            width += own;
            previous = own;
        }

        return width;
    }

    /// <summary>The text itself when it fits, else its beginning and end around an ellipsis: names that differ only at one end stay
    /// apart.</summary>
    /// <param name="text">Printable text.</param>
    /// <param name="width">Columns there are; at least 1.</param>
    /// <param name="ellipsis">One column wide.</param>
    public static string Abbreviate(string text, int width, string ellipsis)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        List<string> elements = [];
        TextElementEnumerator enumerator = StringInfo.GetTextElementEnumerator(text);
        while (enumerator.MoveNext())
        {
            elements.Add(enumerator.GetTextElement());
        }

        int room = width - 1;
        string tail = Take(Enumerable.Reverse(elements), room / 2, prepend: true);
        string head = Take(elements, room - Width(tail), prepend: false);
        return head + ellipsis + tail;
    }

    public static string PadRight(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    public static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Width(text))) + text;

    private static string Take(IEnumerable<string> elements, int width, bool prepend)
    {
        string taken = "";
        foreach (string element in elements)
        {
            string next = prepend ? element + taken : taken + element;
            if (Width(next) > width)
            {
                break;
            }

            taken = next;
        }

        return taken;
    }

    private static int WidthOf(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
        {
            return 0;
        }

        int index = Array.BinarySearch(_wide, (rune.Value, int.MaxValue));
        int candidate = (index < 0 ? ~index : index) - 1;
        return candidate >= 0 && rune.Value <= _wide[candidate].Last ? 2 : 1;
    }
}
