using ResNetMl.Data;
using ResNetMl.Evaluation;

namespace ResNetMl.Vision.Tests.Evaluation;

public sealed class MetricsReportTests
{
    // By hand. Micro 7/10; recalls 3/4, 4/4, -, 0/1 of which three count: 7/12 macro; nine rows in the matrix and one label unseen.
    // Each score of a right row is 1; the two wrong rows give the true class 1/4, and the unseen row costs -ln 1e-15:
    // log-loss (2 ln 4 + 34.5388) / 10 = 3.7311; entropy of 4/10, 4/10, 1/10 = 0.9633; reduction = 1 - 3.7311/0.9633 = -2.8733.
    // F1: 6/8, 8/9, -, 0; mean of three 0.5463; weighted (4·0.75 + 4·0.8889 + 0)/9 = 0.7284.
    [Fact]
    public void The_report_is_this_text()
    {
        string[] expected =
        [
            "Metrics of 10 examples in 4 classes",
            "  metric                    value  meaning",
            "  top-1 accuracy (micro)   0.7000  share of all examples; 1 is best",
            "  macro accuracy           0.5833  mean recall of the classes; 1 is best",
            "  top-2 accuracy           0.9000  label among the 2 highest scores; 1 is best",
            "  log-loss                 3.7311  nats; 0 is best",
            "  log-loss reduction      -2.8733  against the class shares; 1 is best",
            "  macro F1                 0.5463  mean F1 of the classes; 1 is best",
            "  weighted F1              0.7284  the same, weighted by support",
            "  1 example with a label not seen in training: counted as wrong,",
            "  and not in the tables of classes.",
            "  1,234 examples left out of all numbers:",
            "    1,233: image could not be read",
            "    1: no label",
            "",
            "  #  class    support  precision  recall      F1  log-loss",
            "  0  猫             4     0.7500  0.7500  0.7500    0.3466",
            "  1  dog            4     0.8000  1.0000  0.8889    0.0000",
            "  2  unicorn        0          -       -       -         -",
            "  3  fox            1          -  0.0000  0.0000    1.3863",
            "",
            "Confusion matrix: rows actual, columns predicted (. is 0)",
            "                猫     dog unicorn     fox",
            "  猫             3       1       .       .",
            "  dog            .       4       .       .",
            "  unicorn        .       .       .       .",
            "  fox            1       .       .       .",
        ];

        Assert.Equal(expected, MetricsReport.Lines(Small()));
    }

    [Fact]
    public void The_formatted_confusion_table_has_the_layout_of_ML_NET()
    {
        // More than two classes: columns of 5 characters, and a name of 7 makes them numbers.
        string expected = string.Join(
            Environment.NewLine,
            "",
            "Confusion table",
            "           ||================================",
            "PREDICTED  ||     0 |     1 |     2 |     3 | Recall",
            "TRUTH      ||================================",
            "0.       猫 ||     3 |     1 |     0 |     0 | 0.7500",
            "1.     dog ||     0 |     4 |     0 |     0 | 1.0000",
            "2. unicorn ||     0 |     0 |     0 |     0 | 0.0000",
            "3.     fox ||     1 |     0 |     0 |     0 | 0.0000",
            "           ||================================",
            "Precision  ||0.7500 |0.8000 |0.0000 |0.0000 |",
            "");

        Assert.Equal(expected, Small().ConfusionMatrix.GetFormattedConfusionTable());
    }

    [Fact]
    public void The_formatted_confusion_table_of_two_classes_has_wider_columns_with_their_names()
    {
        ClassificationEvaluator evaluator = new(["positive", "negative"]);
        foreach ((int actual, int predicted, int count) in ((int, int, int)[])[(0, 0, 1237), (0, 1, 13), (1, 0, 19), (1, 1, 231)])
        {
            for (int example = 0; example < count; example++)
            {
                evaluator.Add(actual, predicted == 0 ? [0.9f, 0.1f] : [0.1f, 0.9f]);
            }
        }

        string expected = string.Join(
            Environment.NewLine,
            "",
            "Confusion table",
            "          ||======================",
            "PREDICTED || positive | negative | Recall",
            "TRUTH     ||======================",
            " positive ||    1,237 |       13 | 0.9896",
            " negative ||       19 |      231 | 0.9240",
            "          ||======================",
            "Precision ||   0.9849 |   0.9467 |",
            "");

        Assert.Equal(expected, evaluator.ToMetrics().ConfusionMatrix.GetFormattedConfusionTable());
    }

    [Fact]
    public void Names_too_long_for_columns_give_way_to_numbers()
    {
        string[] names = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
        string[] expected =
        [
            "Confusion matrix: rows actual, columns predicted (. is 0)",
            "                   0   1   2   3   4   5   6   7   8   9",
            "  0 T-shirt/top  100   1   .   .   .   .   .   .   .   .",
            "  1 Trouser        . 101   2   .   .   .   .   .   .   .",
            "  2 Pullover       .   . 102   3   .   .   .   .   .   .",
            "  3 Dress          .   .   . 103   4   .   .   .   .   .",
            "  4 Coat           .   .   .   . 104   5   .   .   .   .",
            "  5 Sandal         .   .   .   .   . 105   6   .   .   .",
            "  6 Shirt          .   .   .   .   .   . 106   7   .   .",
            "  7 Sneaker        .   .   .   .   .   .   . 107   8   .",
            "  8 Bag            .   .   .   .   .   .   .   . 108   9",
            "  9 Ankle boot    10   .   .   .   .   .   .   .   . 109",
        ];

        Assert.Equal(expected, MetricsReport.ConfusionMatrix(Diagonal(names).ConfusionMatrix));
    }

    [Fact]
    public void A_wide_matrix_is_cut_into_groups_of_columns_as_equal_as_can_be()
    {
        // 25 columns of 4 and a row name of 12 after a number of 2: 15 columns fit 80, so two groups, of 13 and 12.
        string[] lines = [.. MetricsReport.ConfusionMatrix(Diagonal(Names("a class with a name to shorten ", 25)).ConfusionMatrix)];

        Assert.Equal(1 + (2 * (2 + 25)), lines.Length);
        Assert.Equal("  columns 0 to 12", lines[1]);
        Assert.Equal("                               0   1   2   3   4   5   6   7   8   9  10  11  12", lines[2]);
        Assert.Equal("   0 a class wit… shorten 0  100   1   .   .   .   .   .   .   .   .   .   .   .", lines[3]);
        Assert.Equal("  columns 13 to 24", lines[28]);
        Assert.Equal("  24 a class wit…shorten 24    .   .   .   .   .   .   .   .   .   .   . 124", lines[54]);
    }

    [Fact]
    public void With_many_classes_the_most_confused_pairs_take_the_place_of_the_matrix()
    {
        string[] lines = [.. MetricsReport.ConfusionMatrix(Diagonal(Names("class ", 100)).ConfusionMatrix)];

        // Class i is taken for i + 1 in i + 1 of 101 + 2i rows; class 99 for class 0 in 100 of 299.
        Assert.Equal("Most confused pairs (row actual, column predicted)", lines[0]);
        Assert.Equal("  count  of actual  actual       predicted", lines[1]);
        Assert.Equal("    100     33.4 %  99 class 99   0 class 0", lines[2]);
        Assert.Equal("     99     33.3 %  98 class 98  99 class 99", lines[3]);
        Assert.Equal("     76     30.3 %  75 class 75  76 class 76", lines[26]);
        Assert.Equal("  2,200 of 5,050 errors, in 25 of 100 confused pairs", lines[27]);
        Assert.Equal(28, lines.Length);
    }

    [Fact]
    public void With_many_classes_and_no_errors_there_are_no_pairs_to_list()
    {
        ClassificationEvaluator evaluator = new(Names("class ", 100));

        Assert.Equal(
            ["Most confused pairs (row actual, column predicted): none"],
            MetricsReport.ConfusionMatrix(evaluator.ToMetrics().ConfusionMatrix));
    }

    public static TheoryData<int, string, int, bool> Sizes
    {
        get
        {
            string[] names =
                ["x", "a_name_that_goes_on_for_much_longer_than_any_column_of_a_table_can_be_on_a_terminal_", "とても長い名前のクラス", "🐈‍⬛ ❤️ "];
            TheoryData<int, string, int, bool> sizes = [];
            foreach (string name in names)
            {
                foreach (int classCount in (int[])[1, 2, 10, 37, 100])
                {
                    sizes.Add(classCount, name, 80, false);
                    sizes.Add(classCount, name, 60, true);
                    sizes.Add(classCount, name, 132, false);
                }
            }

            return sizes;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void No_line_is_wider_than_asked_for(int classCount, string name, int width, bool ascii)
    {
        ReportOptions options = new() { Width = width, Ascii = ascii };
        MulticlassClassificationMetrics metrics = Diagonal(Names(name, classCount));

        Assert.All(MetricsReport.Lines(metrics, options), line => Assert.InRange(DisplayText.Width(line), 0, width));
    }

    [Fact]
    public void In_ascii_everything_but_the_names_is_ascii()
    {
        MulticlassClassificationMetrics metrics = Diagonal(Names("a name of many more letters than fit ", 37));
        IReadOnlyList<string> lines = MetricsReport.Lines(metrics, new ReportOptions { Ascii = true });

        Assert.All(lines, line => Assert.True(line.All(char.IsAscii), line));
        Assert.Contains(lines, line => line.Contains('~', StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_cannot_start_a_line_or_command_the_terminal()
    {
        MulticlassClassificationMetrics metrics = Diagonal(["a\nb", "\u001b[2J"]);

        Assert.All(MetricsReport.Lines(metrics), line => Assert.DoesNotContain(line, char.IsControl));
        Assert.Equal(["a\nb", "\u001b[2J"], metrics.ClassNames);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_named()
    {
        ClassificationEvaluator evaluator = new(["only"]);
        Assert.Contains(
            "  log-loss reduction      undefined  against the class shares; 1 is best", MetricsReport.Summary(evaluator.ToMetrics()));

        evaluator.Add(0, [0.5f]);
        Assert.Contains(
            "  log-loss reduction      -infinite  against the class shares; 1 is best", MetricsReport.Summary(evaluator.ToMetrics()));
    }

    [Fact]
    public void A_width_too_narrow_for_the_tables_is_refused()
    {
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => new ReportOptions { Width = 59 });

        Assert.StartsWith("Width: expected at least 60 columns, got 59.", exception.Message, StringComparison.Ordinal);
    }

    private static MulticlassClassificationMetrics Small()
    {
        ClassificationEvaluator evaluator = new(["猫", "dog", "unicorn", "fox"], topK: 2);
        for (int count = 0; count < 3; count++)
        {
            evaluator.Add(0, [1f, 0f, 0f, 0f]);
        }

        for (int count = 0; count < 4; count++)
        {
            evaluator.Add(1, [0f, 1f, 0f, 0f]);
        }

        evaluator.Add(0, [0.25f, 0.75f, 0f, 0f]);
        evaluator.Add(3, [0.75f, 0f, 0f, 0.25f]);
        evaluator.Add(4, [0f, 1f, 0f, 0f]);
        evaluator.Add(-1, [0f, 1f, 0f, 0f]);
        evaluator.LeaveOut(LeftOutReason.UnreadableImage, 1233);
        return evaluator.ToMetrics();
    }

    /// <summary>Class i: 100 + i examples right, i + 1 taken for the next class.</summary>
    private static MulticlassClassificationMetrics Diagonal(string[] names)
    {
        ClassificationEvaluator evaluator = new(names, topK: 3);
        for (int label = 0; label < names.Length; label++)
        {
            for (int count = 0; count < 101 + (2 * label); count++)
            {
                float[] scores = new float[names.Length];
                scores[count < 100 + label ? label : (label + 1) % names.Length] = 1;
                evaluator.Add(label, scores);
            }
        }

        return evaluator.ToMetrics();
    }

    private static string[] Names(string prefix, int count) => [.. Enumerable.Range(0, count).Select(index => $"{prefix}{index}")];
}
