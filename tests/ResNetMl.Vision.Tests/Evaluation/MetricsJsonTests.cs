using System.Text.Json;
using System.Text.Json.Nodes;
using ResNetMl.Data;
using ResNetMl.Evaluation;

namespace ResNetMl.Vision.Tests.Evaluation;

public sealed class MetricsJsonTests
{
    [Fact]
    public void Json_has_the_names_of_ML_NET_and_rows_are_actual()
    {
        ClassificationEvaluator evaluator = new(["cat", "dog"], topK: 2);
        evaluator.Add(0, [1f, 0f]);
        evaluator.Add(0, [0f, 1f]);
        evaluator.Add(0, [0.25f, 0.75f]);
        evaluator.Add(0, [0.5f, 0.5f]);
        evaluator.Add(-1, [0.5f, 0.5f]);
        string json = JsonSerializer.Serialize(evaluator.ToMetrics());

        // By hand: two of four right; one score of 0 clamped to the float nearest 1e-15; one class present, so the entropy is 0 and the
        // reduction −∞, which JSON cannot write.
        string expected = """
            {"exampleCount":4,"unseenLabelCount":0,
            "leftOut":{"missingLabel":1,"invalidLabel":0,"nonFiniteScore":0,"unreadableImage":0,"total":1},
            "microAccuracy":0.5,"macroAccuracy":0.5,
            "logLoss":LOSS,"logLossReduction":null,
            "topKPredictionCount":2,"topKAccuracy":1,"topKAccuracyForAllK":[0.5,1],
            "macroF1":0.6666666666666666,"weightedF1":0.6666666666666666,
            "perClass":[
            {"className":"cat","support":4,"predicted":2,"precision":1,"recall":0.5,"f1":0.6666666666666666,"logLoss":LOSS},
            {"className":"dog","support":0,"predicted":2,"precision":0,"recall":0,"f1":0,"logLoss":0}],
            "confusionMatrix":{"classNames":["cat","dog"],"counts":[[2,2],[0,0]]}}
            """;
        double loss = (Math.Log(2) + Math.Log(4) - Math.Log(1.00000000362749372553e-15)) / 4;
        string[] parts = expected.ReplaceLineEndings("").Split("LOSS");
        foreach (string part in parts)
        {
            Assert.Contains(part, json, StringComparison.Ordinal);
        }

        JsonNode node = JsonNode.Parse(json)!;
        Assert.Equal(loss, node["logLoss"]!.GetValue<double>(), 1e-12);
        Assert.Equal(loss, node["perClass"]![0]!["logLoss"]!.GetValue<double>(), 1e-12);
        Assert.Equal(json.Length, parts.Sum(part => part.Length) + (2 * node["logLoss"]!.ToJsonString().Length));
    }

    [Theory, MemberData(nameof(ClassificationEvaluatorTests.ReferenceCases), MemberType = typeof(ClassificationEvaluatorTests))]
    public void Metrics_read_back_are_the_same_bit_for_bit(string name)
    {
        MulticlassClassificationMetrics written = ClassificationEvaluatorTests.Evaluate(ClassificationEvaluatorTests.Reference(name));
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(written);
        MulticlassClassificationMetrics read = JsonSerializer.Deserialize<MulticlassClassificationMetrics>(json)!;

        Assert.Equal(json, JsonSerializer.SerializeToUtf8Bytes(read));
        Assert.Equal(MetricsReport.Lines(written), MetricsReport.Lines(read));
    }

    [Theory]
    [InlineData(0.5f, double.NegativeInfinity)]
    [InlineData(1f, double.NaN)]
    public void A_number_that_json_cannot_write_is_computed_again_on_reading(float score, double reduction)
    {
        ClassificationEvaluator evaluator = new(["唯一"]);
        evaluator.Add(0, [score]);
        evaluator.Add(5, [score]);
        evaluator.LeaveOut(LeftOutReason.UnreadableImage, 3);
        ClassificationEvaluator withoutUnseen = new(["唯一"]);
        withoutUnseen.Add(0, [score]);

        MulticlassClassificationMetrics read = RoundTrip(evaluator.ToMetrics());
        Assert.Equal(reduction, RoundTrip(withoutUnseen.ToMetrics()).LogLossReduction);
        Assert.Equal(["唯一"], read.ClassNames);
        Assert.Equal(1, read.UnseenLabelCount);
        Assert.Equal(2, read.ExampleCount);
        Assert.Equal(new LeftOutExamples(UnreadableImage: 3), read.LeftOut);
        Assert.Null(read.TopKAccuracyForAllK);
    }

    [Fact]
    public void Metrics_can_be_a_member_of_a_larger_document()
    {
        string json = JsonSerializer.Serialize(new { Command = "evaluate", Metrics = Small() });

        Assert.StartsWith("""{"Command":"evaluate","Metrics":{"exampleCount":2,""", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logLoss", "null", "metrics.logLoss: expected a number, got null.")]
    [InlineData("logLoss", "\"0.5\"", "metrics.logLoss: expected a number, got 0.5.")]
    [InlineData("logLoss", "1e999", "metrics.logLoss: expected a number, got 1e999.")]
    [InlineData("unseenLabelCount", "-1", "metrics.unseenLabelCount: expected a whole number, 0 or more, got -1.")]
    [InlineData("leftOut", "[]", "metrics.leftOut.missingLabel: expected a value, got none.")]
    [InlineData("perClass", "[]", "metrics.perClass: expected a list of 2, got a list of 0.")]
    [InlineData("confusionMatrix", "{\"classNames\":[],\"counts\":[]}",
        "metrics.confusionMatrix: expected one row of counts for each of one or more class names, got 0 rows for 0 names.")]
    [InlineData("confusionMatrix", "{\"classNames\":[\"a\",\"b\"],\"counts\":[[1,0]]}",
        "metrics.confusionMatrix: expected one row of counts for each of one or more class names, got 1 rows for 2 names.")]
    [InlineData("confusionMatrix", "{\"classNames\":[\"a\",\"b\"],\"counts\":[[1,0],[1]]}",
        "metrics.confusionMatrix.counts[1]: expected a list of 2, got a list of 1.")]
    [InlineData("confusionMatrix", "{\"classNames\":[\"a\",\"b\"],\"counts\":[[1,0],[1,0.5]]}",
        "metrics.confusionMatrix.counts[1][1]: expected a whole number, 0 or more, got 0.5.")]
    [InlineData("confusionMatrix", "{\"classNames\":[\"a\",7],\"counts\":[[1,0],[1,0]]}",
        "metrics.confusionMatrix.classNames[1]: expected a text, got 7.")]
    [InlineData("microAccuracy", "0.75",
        "metrics.microAccuracy: the confusion matrix gives 0.5, got 0.75. The file was changed after it was written.")]
    public void A_document_that_is_not_metrics_is_refused_saying_where(string member, string value, string message)
    {
        JsonObject document = JsonNode.Parse(JsonSerializer.Serialize(Small()))!.AsObject();
        document[member] = JsonNode.Parse(value);

        JsonException exception =
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<MulticlassClassificationMetrics>(document.ToJsonString()));

        Assert.Equal(message, exception.Message);
    }

    private static MulticlassClassificationMetrics Small()
    {
        ClassificationEvaluator evaluator = new(["a", "b"], topK: 1);
        evaluator.Add(0, [0.75f, 0.25f]);
        evaluator.Add(1, [0.75f, 0.25f]);
        return evaluator.ToMetrics();
    }

    private static MulticlassClassificationMetrics RoundTrip(MulticlassClassificationMetrics metrics) =>
        JsonSerializer.Deserialize<MulticlassClassificationMetrics>(JsonSerializer.Serialize(metrics))!;
}
