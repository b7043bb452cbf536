using ResNetMl.Cli.Shell;

namespace ResNetMl.EndToEnd.Tests.Shell;

/// <summary>What a person sees of a long piece of work, on a clock that the test moves.</summary>
public sealed class ProgressLineTests
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly SteppedClock _clock = new();

    [Fact]
    public void On_a_terminal_the_line_has_bar_total_rate_and_time_left_and_is_redrawn()
    {
        using var line = new ProgressLine(_output, "decoding", isInteractive: true, width: 80, _clock);

        _clock.Advance(seconds: 2);
        line.Report(new ProgressState(1_000, 4_000));
        _clock.Advance(seconds: 2);
        line.Report(new ProgressState(3_000, 4_000));

        // 1,000 images in 2 s: 500 a second, 3,000 left take 6 s. 3,000 in 4 s: 750 a second, 1,000 left take 1.33 s.
        Assert.Equal(
            "\rdecoding [#####...............] 1,000/4,000  500 images/s  6 s left" +
            "\rdecoding [###############.....] 3,000/4,000  750 images/s  1 s left",
            _output.ToString());
    }

    [Fact]
    public void A_shorter_line_leaves_nothing_of_the_longer_one_and_the_end_clears_it()
    {
        var line = new ProgressLine(_output, "x", isInteractive: true, width: 80, _clock);
        line.Report(new ProgressState(0, 10) { ImagesPerSecond = 100, Left = TimeSpan.FromSeconds(65), Detail = "loss 1.234" });
        _clock.Advance(seconds: 1);
        line.Report(new ProgressState(10, 10) { ImagesPerSecond = 100, Left = TimeSpan.Zero });
        line.Dispose();

        string[] shown = _output.ToString().Split('\r');
        Assert.Equal("x [....................] 0/10  100 images/s  loss 1.234  1 min 5 s left", shown[1]);
        Assert.Equal("x [####################] 10/10  100 images/s  0 s left".PadRight(shown[1].Length), shown[2]);
        Assert.Equal(new string(' ', shown[2].TrimEnd().Length), shown[3]);
        Assert.Equal("", shown[4]);
    }

    [Theory]
    [InlineData(100, "epoch 120/160 validation [###############] 391/391  12,345 images/s  loss 0.123  59 min 59 s left")]
    [InlineData(80, "epoch 120/160 validation 391/391  12,345 images/s  loss 0.123  59 min 59 s left")]
    [InlineData(79, "epoch 120/160 validation [######] 391/391  12,345 images/s  59 min 59 s left")]
    [InlineData(40, "epoch 120/160 validation 391/391  12,34")]
    public void The_line_gives_up_bar_and_detail_before_it_reaches_the_last_column(int width, string expected)
    {
        var line = new ProgressLine(_output, "epoch 120/160 validation", isInteractive: true, width, _clock);

        line.Report(new ProgressState(391, 391) { ImagesPerSecond = 12_345, Left = new TimeSpan(0, 59, 59), Detail = "loss 0.123" });

        Assert.Equal("\r" + expected, _output.ToString());
        Assert.InRange(expected.Length, 1, width - 1);
    }

    [Fact]
    public void States_that_come_faster_than_ten_a_second_are_skipped()
    {
        using var line = new ProgressLine(_output, "x", isInteractive: true, width: 80, _clock);
        for (int i = 0; i < 100; i++)
        {
            line.Report(new ProgressState(i, 100));
            _clock.Advance(seconds: 0.01);
        }

        Assert.Equal(10, _output.ToString().Count(character => character == '\r'));
    }

    [Fact]
    public void Elsewhere_plain_lines_come_every_ten_seconds_and_short_work_prints_none()
    {
        using var line = new ProgressLine(_output, "scoring", isInteractive: false, width: 80, _clock);
        for (int second = 0; second < 25; second++)
        {
            line.Report(new ProgressState(second, 25));
            _clock.Advance(seconds: 1);
        }

        Assert.Equal(
            "scoring 10/25 (40 %)  1.0 images/s  15 s left\n" +
            "scoring 20/25 (80 %)  1.0 images/s  5 s left\n",
            _output.ToString());
    }

    [Theory]
    [InlineData(0.4, "0 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(3599.6, "1 h 0 min")]
    [InlineData(7505, "2 h 5 min")]
    [InlineData(90000, "25 h 0 min")]
    public void Durations_read_as_people_say_them(double seconds, string text) => Assert.Equal(text, TimeText.Of(TimeSpan.FromSeconds(seconds)));

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Advance(double seconds) => _ticks += TimeSpan.FromSeconds(seconds).Ticks;
    }
}
