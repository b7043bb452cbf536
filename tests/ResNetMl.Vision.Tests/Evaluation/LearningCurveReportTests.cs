using ResNetMl.Evaluation;

namespace ResNetMl.Vision.Tests.Evaluation;

public sealed class LearningCurveReportTests
{
    // Bars by hand: a range of 5 lines is 40 eighths, of which the lowest value has 1: eighths = 1 + round(39 · (value - low) / (high -
    // low)).
    // Loss 2, 1.5, 1, 0.5, 0 gives 40, 30, 21, 11, 1; accuracy 0.5, 0.6, 0.9, 0.9, 0.85 gives 1, 11, 40, 40, 35.
    private static readonly LearningCurvePoint[] _five =
        [new(1, 2, 0.5), new(2, 1.5, 0.6), new(3, 1, 0.9), new(4, 0.5, 0.9), new(5, 0, 0.85)];

    [Fact]
    public void The_curve_is_this_text()
    {
        string[] expected =
        [
            "Learning curve of 5 epochs",
            "  epoch  train loss  validation accuracy",
            "      1      2.0000               0.5000",
            "      2      1.5000               0.6000",
            "      3      1.0000               0.9000  best",
            "      4      0.5000               0.9000",
            "      5      0.0000               0.8500",
            "",
            "  train loss",
            "  2.0000 │██████",
            "         │██████▆▆▆▆▆▆",
            "         │████████████▅▅▅▅▅▅",
            "         │██████████████████▃▃▃▃▃▃",
            "  0.0000 │████████████████████████▁▁▁▁▁▁",
            "         └──────────────────────────────",
            "          epoch 1                      5",
            "  validation accuracy",
            "  0.9000 │            ████████████▃▃▃▃▃▃",
            "         │            ██████████████████",
            "         │            ██████████████████",
            "         │      ▃▃▃▃▃▃██████████████████",
            "  0.5000 │▁▁▁▁▁▁████████████████████████",
            "         └──────────────────────────────",
            "          epoch 1                      5",
        ];

        Assert.Equal(expected, LearningCurveReport.Lines(_five));
    }

    [Fact]
    public void In_ascii_the_curve_is_this_text()
    {
        string[] expected =
        [
            "  train loss",
            "  2.0000 |######",
            "         |######::::::",
            "         |############::::::",
            "         |##################......",
            "  0.0000 |########################......",
            "         +------------------------------",
            "          epoch 1                      5",
            "  validation accuracy",
            "  0.9000 |            ############......",
            "         |            ##################",
            "         |            ##################",
            "         |      ......##################",
            "  0.5000 |......########################",
            "         +------------------------------",
            "          epoch 1                      5",
        ];

        Assert.Equal(expected, LearningCurveReport.Plot(_five, new ReportOptions { Ascii = true }));
    }

    [Fact]
    public void Epochs_without_a_value_leave_a_gap_and_a_series_of_one_value_stands_at_half_height()
    {
        LearningCurvePoint[] points = [new(0, 100_000), new(1, double.NaN), new(2, 3, 0.5), new(3, double.PositiveInfinity)];
        string[] expected =
        [
            "Learning curve of 4 epochs",
            "  epoch  train loss  validation accuracy",
            "      0    1.000e+5                    -",
            "      1   undefined                    -",
            "      2      3.0000               0.5000  best",
            "      3    infinite                    -",
            "",
            "  train loss",
            "  1.000e+5 │██████",
            "           │██████",
            "           │██████",
            "           │██████",
            "    3.0000 │██████      ▁▁▁▁▁▁",
            "           └────────────────────────",
            "            epoch 0                3",
            "  validation accuracy",
            "         │",
            "         │",
            "  0.5000 │            ▄▄▄▄▄▄",
            "         │            ██████",
            "         │            ██████",
            "         └────────────────────────",
            "          epoch 0                3",
        ];

        Assert.Equal(expected, LearningCurveReport.Lines(points));
    }

    [Fact]
    public void Without_a_validation_set_the_lowest_loss_is_best_and_only_the_loss_is_plotted()
    {
        string[] expected =
        [
            "Learning curve of 3 epochs",
            "  epoch  train loss",
            "      7      1.0000",
            "      8      0.5000  best",
            "      9      0.7500",
            "",
            "  train loss",
            "  1.0000 │██████",
            "         │██████",
            "         │██████      ▅▅▅▅▅▅",
            "         │██████      ██████",
            "  0.5000 │██████▁▁▁▁▁▁██████",
            "         └──────────────────",
            "          epoch 7          9",
        ];

        Assert.Equal(expected, LearningCurveReport.Lines([new(7, 1), new(8, 0.5), new(9, 0.75)]));
    }

    [Fact]
    public void One_epoch_has_one_label()
    {
        string[] expected =
        [
            "  train loss",
            "         │",
            "         │",
            "  0.2500 │▄▄▄▄▄▄",
            "         │██████",
            "         │██████",
            "         └──────",
            "          epoch 1",
        ];

        Assert.Equal(expected, LearningCurveReport.Plot([new(1, 0.25)]));
    }

    [Fact]
    public void No_epoch_is_one_line() => Assert.Equal(["Learning curve: no epoch finished"], LearningCurveReport.Lines([]));

    [Fact]
    public void The_table_of_a_long_training_has_twelve_rows_with_the_first_the_last_and_the_best()
    {
        LearningCurvePoint[] points =
            [.. Enumerable.Range(1, 200).Select(epoch => new LearningCurvePoint(epoch, 1.0 / epoch, epoch == 57 ? 0.9 : 0.5))];

        IReadOnlyList<string> table = LearningCurveReport.Table(points);

        Assert.Equal(
            ["1", "20", "40", "57", "60", "80", "100", "120", "140", "160", "180", "200"],
            table.Skip(2).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        Assert.Equal("     57      0.0175               0.9000  best", table[5]);
    }

    // 140 epochs over 70 columns (80 less the indent, a label of 6, a space and the axis): each bar is the mean of two.
    // Pairs (0, 2) alternate with pairs (2, 2): means 1 and 2 of a range 0 to 2, that is 21 and 40 eighths.
    [Fact]
    public void More_epochs_than_columns_share_columns_by_their_mean()
    {
        LearningCurvePoint[] points = [.. Enumerable.Range(0, 140).Select(epoch => new LearningCurvePoint(epoch, epoch % 4 == 0 ? 0 : 2))];
        string alternating = string.Concat(Enumerable.Repeat(" █", 35));
        string[] expected =
        [
            "  train loss (a column is the mean of its epochs)",
            "  2.0000 │" + alternating,
            "         │" + alternating,
            "         │" + string.Concat(Enumerable.Repeat("▅█", 35)),
            "         │" + new string('█', 70),
            "  0.0000 │" + new string('█', 70),
            "         └" + new string('─', 70),
            "          epoch 0" + new string(' ', 60) + "139",
        ];

        Assert.Equal(expected, LearningCurveReport.Plot(points));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(132)]
    public void No_line_of_a_curve_is_wider_than_asked_for(int width)
    {
        foreach (int epochs in (int[])[1, 3, 48, 61, 200, 1000])
        {
            LearningCurvePoint[] points =
                [.. Enumerable.Range(1, epochs).Select(epoch => new LearningCurvePoint(epoch, Math.Exp(40.0 / epoch), 1 - (1.0 / epoch)))];

            Assert.All(
                LearningCurveReport.Lines(points, new ReportOptions { Width = width }),
                line => Assert.InRange(DisplayText.Width(line), 0, width));
        }
    }
}
