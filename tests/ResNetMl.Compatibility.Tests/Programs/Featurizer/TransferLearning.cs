#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Common;
using ResNetMl;
using ResNetMl.Data;

namespace TransferLearning
{
    public class ImageData
    {
        [LoadColumn(0)]
        public string ImagePath;

        [LoadColumn(1)]
        public string Label;
    }

    public class ImagePrediction : ImageData
    {
        public float[] Score;

        public string PredictedLabelValue;
    }

    /// <summary>A linear classifier on the features of a network, trained on the images that a text file lists; then cross-validated.</summary>
    public static class Program
    {
        private struct InceptionSettings
        {
            public const int ImageHeight = 64;
            public const int ImageWidth = 64;
            public const float Mean = 117;
            public const float Scale = 1 / 64f;
            public const bool ChannelsLast = false;
        }

        public static void Run(string imagesFolder, string trainTagsTsv, string testTagsTsv, string network, string singleImage)
        {
            MLContext mlContext = new MLContext(seed: 1);

            ITransformer model = GenerateModel(mlContext, imagesFolder, trainTagsTsv, testTagsTsv, network);
            ClassifySingleImage(mlContext, model, singleImage);
            CrossValidate(mlContext, imagesFolder, trainTagsTsv, network);
        }

        private static IEstimator<ITransformer> Features(MLContext mlContext, string imagesFolder, string network)
            => mlContext.Transforms.LoadImages(outputColumnName: "input", imageFolder: imagesFolder, inputColumnName: nameof(ImageData.ImagePath))
                .Append(mlContext.Transforms.ResizeImages(
                    outputColumnName: "input", imageWidth: InceptionSettings.ImageWidth, imageHeight: InceptionSettings.ImageHeight, inputColumnName: "input"))
                .Append(mlContext.Transforms.ExtractPixels(
                    outputColumnName: "input", interleavePixelColors: InceptionSettings.ChannelsLast, offsetImage: InceptionSettings.Mean,
                    scaleImage: InceptionSettings.Scale))
                .Append(mlContext.Transforms.ApplyOnnxModel("features", "input", network));

        private static ITransformer GenerateModel(MLContext mlContext, string imagesFolder, string trainTagsTsv, string testTagsTsv, string network)
        {
            IEstimator<ITransformer> pipeline = Features(mlContext, imagesFolder, network)
                .Append(mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: "LabelKey", inputColumnName: "Label"))
                .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                    labelColumnName: "LabelKey", featureColumnName: "features", l1Regularization: 0f, l2Regularization: 0.001f))
                .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabelValue", "PredictedLabel"))
                .AppendCacheCheckpoint(mlContext);

            IDataView trainingData = mlContext.Data.LoadFromTextFile<ImageData>(path: trainTagsTsv, hasHeader: false);
            ITransformer model = pipeline.Fit(trainingData);

            IDataView testData = mlContext.Data.LoadFromTextFile<ImageData>(path: testTagsTsv, hasHeader: false);
            IDataView predictions = model.Transform(testData);

            IEnumerable<ImagePrediction> imagePredictionData = mlContext.Data.CreateEnumerable<ImagePrediction>(predictions, true);
            DisplayResults(imagePredictionData);

            MulticlassClassificationMetrics metrics =
                mlContext.MulticlassClassification.Evaluate(predictions, labelColumnName: "LabelKey", predictedLabelColumnName: "PredictedLabel");
            Console.WriteLine($"LogLoss is: {metrics.LogLoss}");
            Console.WriteLine($"PerClassLogLoss is: {string.Join(" , ", metrics.PerClassLogLoss.Select(c => c.ToString()))}");
            Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());

            return model;
        }

        private static void CrossValidate(MLContext mlContext, string imagesFolder, string tagsTsv, string network)
        {
            IDataView data = mlContext.Data.LoadFromTextFile<ImageData>(path: tagsTsv, hasHeader: false);
            IDataView features = mlContext.Data.Cache(Features(mlContext, imagesFolder, network).Fit(data).Transform(data));
            var pipeline = mlContext.Transforms.Conversion.MapValueToKey("LabelKey", "Label")
                .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy("LabelKey", "features"));

            var results = mlContext.MulticlassClassification.CrossValidate(features, pipeline, numberOfFolds: 3, labelColumnName: "LabelKey");
            ConsoleHelper.PrintMulticlassClassificationFoldsAverageMetrics("SDCA", results);
        }

        private static void ClassifySingleImage(MLContext mlContext, ITransformer model, string singleImage)
        {
            var imageData = new ImageData() { ImagePath = singleImage };
            var predictor = mlContext.Model.CreatePredictionEngine<ImageData, ImagePrediction>(model);
            var prediction = predictor.Predict(imageData);
            Console.WriteLine($"Image: {Path.GetFileName(imageData.ImagePath)} predicted as: {prediction.PredictedLabelValue} with score: {prediction.Score.Max()} ");
        }

        private static void DisplayResults(IEnumerable<ImagePrediction> imagePredictionData)
        {
            foreach (ImagePrediction prediction in imagePredictionData)
            {
                Console.WriteLine($"Image: {Path.GetFileName(prediction.ImagePath)} predicted as: {prediction.PredictedLabelValue} with score: {prediction.Score.Max()} ");
            }
        }
    }
}
