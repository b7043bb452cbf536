using System.Text;
using System.Text.Json;
using ResNetMl.Evaluation;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.Evaluation;

public sealed class DisplayTextTests
{
    // AHOM CONSONANT SIGN MEDIAL RA was a nonspacing mark until Unicode 14, the witness's version.
    private const int SpacingSinceUnicode15 = 0x1171E;

    // Witness: tests/References/display-width.py (Python's Unicode tables) wrote display-width.json.
    [Theory]
    [InlineData("none", 0)]
    [InlineData("two", 2)]
    public void Every_character_that_is_wide_or_does_not_advance_is_measured_so(string kind, int width)
    {
        IEnumerable<int> misjudged = CodePoints(kind).Where(code => DisplayText.Width(char.ConvertFromUtf32(code)) != width);

        Assert.Equal([], misjudged.Select(code => $"U+{code:X4}"));
    }

    [Fact]
    public void A_narrow_character_is_measured_as_one_column_but_for_some_pictographs_counted_as_two()
    {
        int[] misjudged = [.. CodePoints("one").Where(code => DisplayText.Width(char.ConvertFromUtf32(code)) != 1)];

        Assert.All(misjudged, code => Assert.Equal(2, DisplayText.Width(char.ConvertFromUtf32(code))));
        // Monograms to tetragrams (from U+2630, U+268A, U+4DC0, U+1D300) are wide since Unicode 16; the witness is older.
        Assert.All(misjudged, code => Assert.True(
            code is (>= 0x2630 and <= 0x2637) or (>= 0x268A and <= 0x268F) or (>= 0x3248 and <= 0x324F)
                or (>= 0x4DC0 and <= 0x4DFF) or >= 0x16FE0,
            $"U+{code:X4}"));
        Assert.True(misjudged.Length < 500, $"{misjudged.Length} narrow characters are counted as wide");
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("cat", 3)]
    [InlineData("猫", 2)]
    [InlineData("e\u0301te\u0301", 3)]
    [InlineData("❤", 1)]
    [InlineData("❤\uFE0F", 2)]
    [InlineData("한국어", 6)]
    public void Width_is_counted_in_terminal_columns(string text, int width) => Assert.Equal(width, DisplayText.Width(text));

    [Theory]
    [InlineData("abcdefgh", 8, "abcdefgh")]
    [InlineData("abcdefgh", 7, "abc~fgh")]
    [InlineData("abcdefgh", 6, "abc~gh")]
    [InlineData("abcdefgh", 1, "~")]
    [InlineData("とても長い名前", 8, "とて~前")] // 3 columns for the end, of which a wide character leaves one to the beginning: 4 + 1 + 2
    [InlineData("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301~e\u0301")]
    public void A_long_name_keeps_both_ends_and_no_character_is_split(string text, int width, string expected)
    {
        string abbreviated = DisplayText.Abbreviate(text, width, "~");

        Assert.Equal(expected, abbreviated);
        Assert.True(DisplayText.Width(abbreviated) <= width);
    }

    [Theory]
    [InlineData("a\u001b[31mb", "a\uFFFD[31mb")]
    [InlineData("a\r\nb\tc", "a\uFFFD\uFFFDb\uFFFDc")]
    [InlineData("a\u202Eb\u2028c", "a\uFFFDb\uFFFDc")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    public void What_could_disturb_the_terminal_is_replaced(string text, string expected) =>
        Assert.Equal(expected, DisplayText.Printable(text));

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("a\uFFFDb", DisplayText.Printable("a\uD800b"));

    private static IEnumerable<int> CodePoints(string kind)
    {
        byte[] json = File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "tests", "References", "display-width.json"));
        using JsonDocument document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.GetProperty(kind).EnumerateArray()
                .SelectMany(range => Enumerable.Range(range[0].GetInt32(), range[1].GetInt32() - range[0].GetInt32() + 1))
                .Where(code => Rune.IsValid(code) && code != SpacingSinceUnicode15),
        ];
    }
}
