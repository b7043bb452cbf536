#nullable disable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Common;
using ImageClassification.DataModels;
using ResNetMl;
using ResNetMl.Vision;
using static ResNetMl.DataOperationsCatalog;
using static ResNetMl.Transforms.ValueToKeyMappingEstimator;

namespace ImageClassification.Train
{
    /// <summary>The flowers sample: convenience call, advanced options, evaluation, save, one prediction.</summary>
    internal static class Program
    {
        public static void Run(string fullImagesetFolderPath, string imagesForPredictions, string outputMlNetModelFilePath, bool advanced)
        {
            var mlContext = new MLContext(seed: 1);

            mlContext.Log += FilterMLContextLog;

            IEnumerable<ImageData> images = LoadImagesFromDirectory(folder: fullImagesetFolderPath, useFolderNameAsLabel: true);
            IDataView fullImagesDataset = mlContext.Data.LoadFromEnumerable(images);
            IDataView shuffledFullImageFilePathsDataset = mlContext.Data.ShuffleRows(fullImagesDataset);

            IDataView shuffledFullImagesDataset = mlContext.Transforms.Conversion
                .MapValueToKey(outputColumnName: "LabelAsKey", inputColumnName: "Label", keyOrdinality: KeyOrdinality.ByValue)
                .Append(mlContext.Transforms.LoadRawImageBytes(
                    outputColumnName: "Image",
                    imageFolder: fullImagesetFolderPath,
                    inputColumnName: "ImagePath"))
                .Fit(shuffledFullImageFilePathsDataset)
                .Transform(shuffledFullImageFilePathsDataset);

            TrainTestData trainTestData = mlContext.Data.TrainTestSplit(shuffledFullImagesDataset, testFraction: 0.2);
            IDataView trainDataView = trainTestData.TrainSet;
            IDataView testDataView = trainTestData.TestSet;

            var pipeline = advanced
                ? Advanced(mlContext, testDataView)
                : mlContext.MulticlassClassification.Trainers
                    .ImageClassification(
                        featureColumnName: "Image",
                        labelColumnName: "LabelAsKey",
                        validationSet: testDataView)
                    .Append(mlContext.Transforms.Conversion.MapKeyToValue(
                        outputColumnName: "PredictedLabel",
                        inputColumnName: "PredictedLabel"));

            var watch = Stopwatch.StartNew();
            ITransformer trainedModel = pipeline.Fit(trainDataView);
            watch.Stop();
            Console.WriteLine($"Training with transfer learning took: {watch.ElapsedMilliseconds / 1000} seconds");

            EvaluateModel(mlContext, testDataView, trainedModel);

            mlContext.Model.Save(trainedModel, trainDataView.Schema, outputMlNetModelFilePath);
            Console.WriteLine($"Model saved to: {outputMlNetModelFilePath}");

            TrySinglePrediction(imagesForPredictions, mlContext, trainedModel);
        }

        private static IEstimator<ITransformer> Advanced(MLContext mlContext, IDataView validationSet)
        {
            var options = new ImageClassificationTrainer.Options()
            {
                FeatureColumnName = "Image",
                LabelColumnName = "LabelAsKey",
                Arch = ImageClassificationTrainer.Architecture.ResnetV250,
                Epoch = 50,
                BatchSize = 10,
                LearningRate = 0.01f,
                EarlyStoppingCriteria = new ImageClassificationTrainer.EarlyStopping(
                    minDelta: 0.001f, patience: 20, metric: ImageClassificationTrainer.EarlyStoppingMetric.Loss),
                MetricsCallback = (metrics) =>
                {
                    if (metrics.Train != null)
                    {
                        Console.WriteLine($"epoch {metrics.Train.Epoch} of {metrics.Train.DatasetUsed}: {metrics.Train.Accuracy}, {metrics.Train.CrossEntropy}, "
                            + $"{metrics.Train.LearningRate}, {metrics.Train.BatchProcessedCount}");
                    }
                    else
                    {
                        Console.WriteLine($"image {metrics.Bottleneck.Index} of {metrics.Bottleneck.DatasetUsed}");
                    }
                },
                ValidationSet = validationSet
            };

            return mlContext.MulticlassClassification.Trainers.ImageClassification(options)
                .Append(mlContext.Transforms.Conversion.MapKeyToValue(
                    outputColumnName: "PredictedLabel",
                    inputColumnName: "PredictedLabel"));
        }

        private static void EvaluateModel(MLContext mlContext, IDataView testDataset, ITransformer trainedModel)
        {
            Console.WriteLine("Making predictions in bulk for evaluating model's quality...");

            var predictionsDataView = trainedModel.Transform(testDataset);

            var metrics = mlContext.MulticlassClassification.Evaluate(
                predictionsDataView, labelColumnName: "LabelAsKey", predictedLabelColumnName: "PredictedLabel");
            ConsoleHelper.PrintMultiClassClassificationMetrics("DNN Transfer Learning", metrics);
        }

        private static void TrySinglePrediction(string imagesForPredictions, MLContext mlContext, ITransformer trainedModel)
        {
            var predictionEngine = mlContext.Model.CreatePredictionEngine<InMemoryImageData, ImagePrediction>(trainedModel);

            var testImages = FileUtils.LoadInMemoryImagesFromDirectory(imagesForPredictions, false);
            var imageToPredict = testImages.First();

            var prediction = predictionEngine.Predict(imageToPredict);

            Console.WriteLine(
                $"Image Filename : [{imageToPredict.ImageFileName}], " +
                $"Scores : [{string.Join(",", prediction.Score)}], " +
                $"Predicted Label : {prediction.PredictedLabel}");
        }

        private static IEnumerable<ImageData> LoadImagesFromDirectory(string folder, bool useFolderNameAsLabel = true)
            => FileUtils.LoadImagesFromDirectory(folder, useFolderNameAsLabel).Select(x => new ImageData(x.imagePath, x.label));

        private static void FilterMLContextLog(object sender, LoggingEventArgs e)
        {
            if (e.Message.StartsWith("[Source=ImageClassificationTrainer;"))
            {
                Console.WriteLine(e.Message);
            }
        }
    }
}
