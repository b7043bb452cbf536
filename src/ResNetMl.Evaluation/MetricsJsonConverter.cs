using System.Text.Json;
using System.Text.Json.Serialization;
using ResNetMl.Data;

namespace ResNetMl.Evaluation;

/// <summary>Metrics ↔ JSON, with ML.NET's names in camelCase.</summary>
/// <remarks>Everything is written; read back are the numbers that cannot be computed from others, and the rest is computed again. A
/// document
/// whose accuracy contradicts its own matrix is refused.</remarks>
internal sealed class MetricsJsonConverter : JsonConverter<MulticlassClassificationMetrics>
{
    private const double RoundingOfOtherWriters = 1e-6;

    public override void Write(Utf8JsonWriter writer, MulticlassClassificationMetrics metrics, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("exampleCount", metrics.ExampleCount);
        writer.WriteNumber("unseenLabelCount", metrics.UnseenLabelCount);
        WriteLeftOut(writer, metrics.LeftOut);
        WriteNumber(writer, "microAccuracy", metrics.MicroAccuracy);
        WriteNumber(writer, "macroAccuracy", metrics.MacroAccuracy);
        WriteNumber(writer, "logLoss", metrics.LogLoss);
        WriteNumber(writer, "logLossReduction", metrics.LogLossReduction);
        writer.WriteNumber("topKPredictionCount", metrics.TopKPredictionCount);
        WriteNumber(writer, "topKAccuracy", metrics.TopKAccuracy);
        WriteNumbers(writer, "topKAccuracyForAllK", metrics.TopKAccuracyForAllK);
        WriteNumber(writer, "macroF1", metrics.MacroF1);
        WriteNumber(writer, "weightedF1", metrics.WeightedF1);
        WritePerClass(writer, metrics.PerClass);
        WriteMatrix(writer, metrics.ConfusionMatrix);
        writer.WriteEndObject();
    }

    public override MulticlassClassificationMetrics Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonField root = new(document.RootElement, "metrics");

        JsonField matrixField = root["confusionMatrix"];
        string[] classNames = [.. matrixField["classNames"].Items().Select(name => name.Text())];
        double[][] counts = [.. matrixField["counts"].Items().Select(row => row.Numbers(classNames.Length, count => count.Count()))];
        if (classNames.Length == 0 || counts.Length != classNames.Length)
        {
            throw new JsonException(
                "metrics.confusionMatrix: expected one row of counts for each of one or more class names, " +
                $"got {counts.Length} rows for {classNames.Length} names.");
        }

        JsonField allK = root["topKAccuracyForAllK"];
        double[]? topKAccuracies = allK.IsNull ? null : [.. allK.Items().Select(accuracy => accuracy.Number())];

        MulticlassClassificationMetrics metrics = new(
            new ConfusionMatrix(Array.AsReadOnly(classNames), counts),
            root["perClass"].Numbers(classNames.Length, of => of["logLoss"].Number()),
            root["logLoss"].Number(),
            topKAccuracies,
            root["unseenLabelCount"].Count(),
            ReadLeftOut(root["leftOut"]));

        double microAccuracy = root["microAccuracy"].Number();
        if (Math.Abs(microAccuracy - metrics.MicroAccuracy) > RoundingOfOtherWriters)
        {
            throw new JsonException(FormattableString.Invariant(
                $"metrics.microAccuracy: the confusion matrix gives {metrics.MicroAccuracy}, got {microAccuracy}. ") +
                "The file was changed after it was written.");
        }

        return metrics;
    }

    private static void WriteLeftOut(Utf8JsonWriter writer, LeftOutExamples leftOut)
    {
        writer.WriteStartObject("leftOut");
        writer.WriteNumber("missingLabel", leftOut.MissingLabel);
        writer.WriteNumber("invalidLabel", leftOut.InvalidLabel);
        writer.WriteNumber("nonFiniteScore", leftOut.NonFiniteScore);
        writer.WriteNumber("unreadableImage", leftOut.UnreadableImage);
        writer.WriteNumber("total", leftOut.Total);
        writer.WriteEndObject();
    }

    private static LeftOutExamples ReadLeftOut(JsonField leftOut) => new(
        leftOut["missingLabel"].Count(),
        leftOut["invalidLabel"].Count(),
        leftOut["nonFiniteScore"].Count(),
        leftOut["unreadableImage"].Count());

    private static void WritePerClass(Utf8JsonWriter writer, IReadOnlyList<PerClassMetrics> perClass)
    {
        writer.WriteStartArray("perClass");
        foreach (PerClassMetrics of in perClass)
        {
            writer.WriteStartObject();
            writer.WriteString("className", of.ClassName);
            writer.WriteNumber("support", of.Support);
            writer.WriteNumber("predicted", of.Predicted);
            WriteNumber(writer, "precision", of.Precision);
            WriteNumber(writer, "recall", of.Recall);
            WriteNumber(writer, "f1", of.F1);
            WriteNumber(writer, "logLoss", of.LogLoss);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMatrix(Utf8JsonWriter writer, ConfusionMatrix matrix)
    {
        writer.WriteStartObject("confusionMatrix");
        writer.WriteStartArray("classNames");
        foreach (string name in matrix.ClassNames)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("counts");
        foreach (IReadOnlyList<double> row in matrix.Counts)
        {
            writer.WriteStartArray();
            foreach (double count in row)
            {
                writer.WriteNumberValue((long)count);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IReadOnlyList<double>? values)
    {
        if (values is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        foreach (double value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
