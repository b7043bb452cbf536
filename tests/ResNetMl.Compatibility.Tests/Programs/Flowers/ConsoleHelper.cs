#nullable disable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using ResNetMl;
using ResNetMl.Data;
using static ResNetMl.TrainCatalogBase;

namespace Common
{
    /// <summary>The printing helper that sample programs share: it names the metrics of every task, whichever the program has.</summary>
    public static class ConsoleHelper
    {
        public static void PrintRegressionMetrics(string name, RegressionMetrics metrics)
            => Console.WriteLine($"{name}: L1 {metrics.MeanAbsoluteError:#.##}, L2 {metrics.MeanSquaredError:#.##}, RMS {metrics.RootMeanSquaredError:#.##}, "
                + $"loss {metrics.LossFunction:0.##}, R2 {metrics.RSquared:0.##}");

        public static void PrintBinaryClassificationMetrics(string name, CalibratedBinaryClassificationMetrics metrics)
            => Console.WriteLine($"{name}: accuracy {metrics.Accuracy:P2}, AUC {metrics.AreaUnderRocCurve:P2}, PR {metrics.AreaUnderPrecisionRecallCurve:P2}, "
                + $"F1 {metrics.F1Score:P2}, log-loss {metrics.LogLoss:#.##}, reduction {metrics.LogLossReduction:#.##}, entropy {metrics.Entropy}, "
                + $"{metrics.PositivePrecision} {metrics.PositiveRecall} {metrics.NegativePrecision} {metrics.NegativeRecall:P2}\n"
                + metrics.ConfusionMatrix.GetFormattedConfusionTable());

        public static void PrintAnomalyDetectionMetrics(string name, AnomalyDetectionMetrics metrics)
            => Console.WriteLine($"{name}: AUC {metrics.AreaUnderRocCurve:P2}, rate {metrics.DetectionRateAtFalsePositiveCount}");

        public static void PrintClusteringMetrics(string name, ClusteringMetrics metrics)
            => Console.WriteLine($"{name}: distance {metrics.AverageDistance}, Davies-Bouldin {metrics.DaviesBouldinIndex}, NMI {metrics.NormalizedMutualInformation}");

        public static void PrintRankingMetrics(string name, RankingMetrics metrics)
            => Console.WriteLine($"{name}: {string.Join(", ", metrics.NormalizedDiscountedCumulativeGains)}, {metrics.DiscountedCumulativeGains.Count}");

        public static void PrintMultiClassClassificationMetrics(string name, MulticlassClassificationMetrics metrics)
        {
            Console.WriteLine($"************************************************************");
            Console.WriteLine($"*    Metrics for {name} multi-class classification model   ");
            Console.WriteLine($"*-----------------------------------------------------------");
            Console.WriteLine($"    AccuracyMacro = {metrics.MacroAccuracy:0.####}, a value between 0 and 1, the closer to 1, the better");
            Console.WriteLine($"    AccuracyMicro = {metrics.MicroAccuracy:0.####}, a value between 0 and 1, the closer to 1, the better");
            Console.WriteLine($"    LogLoss = {metrics.LogLoss:0.####}, the closer to 0, the better");

            int i = 0;
            foreach (var classLogLoss in metrics.PerClassLogLoss)
            {
                i++;
                Console.WriteLine($"    LogLoss for class {i} = {classLogLoss:0.####}, the closer to 0, the better");
            }

            Console.WriteLine($"************************************************************");
        }

        public static void PrintMulticlassClassificationFoldsAverageMetrics(
            string algorithmName, IReadOnlyList<CrossValidationResult<MulticlassClassificationMetrics>> crossValResults)
        {
            var metricsInMultipleFolds = crossValResults.Select(r => r.Metrics);

            var microAccuracyValues = metricsInMultipleFolds.Select(m => m.MicroAccuracy);
            var microAccuracyAverage = microAccuracyValues.Average();
            var microAccuraciesStdDeviation = CalculateStandardDeviation(microAccuracyValues);
            var microAccuraciesConfidenceInterval95 = 1.96 * microAccuraciesStdDeviation / Math.Sqrt(microAccuracyValues.Count() - 1);

            var logLossReductionAverage = metricsInMultipleFolds.Select(m => m.LogLossReduction).Average();

            Console.WriteLine($"*       Metrics for {algorithmName} Multi-class Classification model      ");
            Console.WriteLine(
                $"*       Average MicroAccuracy:    {microAccuracyAverage:0.###}  - Standard deviation: ({microAccuraciesStdDeviation:#.###})  - " +
                $"Confidence Interval 95%: ({microAccuraciesConfidenceInterval95:#.###})");
            Console.WriteLine($"*       Average LogLossReduction: {logLossReductionAverage:#.###}");
        }

        public static double CalculateStandardDeviation(IEnumerable<double> values)
        {
            double average = values.Average();
            double sumOfSquaresOfDifferences = values.Select(val => (val - average) * (val - average)).Sum();
            return Math.Sqrt(sumOfSquaresOfDifferences / (values.Count() - 1));
        }

        [Conditional("DEBUG"), Conditional("RELEASE")]
        public static void PeekDataViewInConsole(MLContext mlContext, IDataView dataView, IEstimator<ITransformer> pipeline, int numberOfRows = 4)
        {
            var transformer = pipeline.Fit(dataView);
            var transformedData = transformer.Transform(dataView);

            var preViewTransformedData = transformedData.Preview(maxRows: numberOfRows);

            foreach (var row in preViewTransformedData.RowView)
            {
                var columnCollection = row.Values;
                string lineToPrint = "Row--> ";
                foreach (KeyValuePair<string, object> column in columnCollection)
                {
                    lineToPrint += $"| {column.Key}:{column.Value}";
                }

                Console.WriteLine(lineToPrint + "\n");
            }
        }

        public static List<float[]> PeekVectorColumnDataInConsole(
            MLContext mlContext, string columnName, IDataView dataView, IEstimator<ITransformer> pipeline, int numberOfRows = 4)
        {
            var transformer = pipeline.Fit(dataView);
            var transformedData = transformer.Transform(dataView);

            var someColumnData = transformedData.GetColumn<float[]>(columnName).Take(numberOfRows).ToList();

            someColumnData.ForEach(row =>
            {
                string concatColumn = string.Empty;
                foreach (float f in row)
                {
                    concatColumn += f.ToString();
                }

                Console.WriteLine(concatColumn);
            });

            return someColumnData;
        }
    }
}
