#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ResNetMl;
using ResNetMl.Data;
using ResNetMl.Trainers;
using ResNetMl.Vision;
using static ResNetMl.DataOperationsCatalog;

namespace Samples.Dynamic
{
    /// <summary>The shape of the API's own examples: keys as the label column's annotation, a scheduler, prediction by key.</summary>
    public static class ResnetV2101TransferLearningTrainTestSplit
    {
        public static void Example(string fullImagesetFolderPath, string workspace, LearningRateScheduler scheduler)
        {
            MLContext mlContext = new MLContext(seed: 1);

            IEnumerable<ImageData> images = LoadImagesFromDirectory(folder: fullImagesetFolderPath, useFolderNameAsLabel: true);

            IDataView shuffledFullImagesDataset = mlContext.Data.ShuffleRows(mlContext.Data.LoadFromEnumerable(images));

            shuffledFullImagesDataset = mlContext.Transforms.Conversion
                .MapValueToKey("Label")
                .Append(mlContext.Transforms.LoadRawImageBytes("Image", fullImagesetFolderPath, "ImagePath"))
                .Fit(shuffledFullImagesDataset)
                .Transform(shuffledFullImagesDataset);

            TrainTestData trainTestData = mlContext.Data.TrainTestSplit(shuffledFullImagesDataset, testFraction: 0.3, seed: 1);

            IDataView trainDataset = trainTestData.TrainSet;
            IDataView testDataset = trainTestData.TestSet;

            var options = new ImageClassificationTrainer.Options()
            {
                FeatureColumnName = "Image",
                LabelColumnName = "Label",
                Arch = ImageClassificationTrainer.Architecture.ResnetV2101,
                Epoch = 30,
                BatchSize = 4,
                LearningRate = 0.01f,
                MetricsCallback = (metrics) => Console.WriteLine(metrics),
                ValidationSet = testDataset,
                WorkspacePath = workspace,
                ReuseTrainSetBottleneckCachedValues = true,
                ReuseValidationSetBottleneckCachedValues = true,
                LearningRateScheduler = scheduler,
                EarlyStoppingCriteria = null
            };

            var pipeline = mlContext.MulticlassClassification.Trainers.ImageClassification(options);

            var trainedModel = pipeline.Fit(trainDataset);

            mlContext.Model.Save(trainedModel, shuffledFullImagesDataset.Schema, Path.Combine(workspace, "model.zip"));

            ITransformer loadedModel;
            DataViewSchema schema;
            using (var file = File.OpenRead(Path.Combine(workspace, "model.zip")))
                loadedModel = mlContext.Model.Load(file, out schema);

            EvaluateModel(mlContext, testDataset, loadedModel);

            VBuffer<ReadOnlyMemory<char>> keys = default;
            loadedModel.GetOutputSchema(schema)["Label"].GetKeyValues(ref keys);

            TrySinglePrediction(fullImagesetFolderPath, mlContext, loadedModel, keys.DenseValues().ToArray());
        }

        private static void TrySinglePrediction(string imagesFolder, MLContext mlContext, ITransformer trainedModel, ReadOnlyMemory<char>[] originalLabels)
        {
            var predictionEngine = mlContext.Model.CreatePredictionEngine<InMemoryImageData, ImagePrediction>(trainedModel);

            InMemoryImageData imageToPredict = new InMemoryImageData
            {
                Image = File.ReadAllBytes(Directory.GetFiles(imagesFolder, "*.jpg", SearchOption.AllDirectories).Order().First())
            };

            var prediction = predictionEngine.Predict(imageToPredict);

            Console.WriteLine($"Scores : [{string.Join(",", prediction.Score)}], Predicted Label : {originalLabels[prediction.PredictedLabel - 1]}");
        }

        private static void EvaluateModel(MLContext mlContext, IDataView testDataset, ITransformer trainedModel)
        {
            IDataView predictions = trainedModel.Transform(testDataset);
            var metrics = mlContext.MulticlassClassification.Evaluate(predictions);

            Console.WriteLine($"Micro-accuracy: {metrics.MicroAccuracy},macro-accuracy = {metrics.MacroAccuracy}");

            VBuffer<ReadOnlyMemory<char>> keyNames = default;
            predictions.Schema["PredictedLabel"].GetKeyValues(ref keyNames);
            Console.WriteLine("Keys: " + string.Join(" ", keyNames.DenseValues()));
        }

        private static IEnumerable<ImageData> LoadImagesFromDirectory(string folder, bool useFolderNameAsLabel = true)
        {
            foreach (var file in Directory.GetFiles(folder, "*", searchOption: SearchOption.AllDirectories).Order())
            {
                if (Path.GetExtension(file) == ".jpg")
                    yield return new ImageData() { ImagePath = file, Label = useFolderNameAsLabel ? Directory.GetParent(file).Name : Path.GetFileName(file) };
            }
        }

        public class ImageData
        {
            [LoadColumn(0)]
            public string ImagePath;

            [LoadColumn(1)]
            public string Label;
        }

        public class InMemoryImageData
        {
            [LoadColumn(0)]
            public byte[] Image;

            [LoadColumn(1)]
            public string Label;
        }

        public class ImagePrediction
        {
            [ColumnName("Score")]
            public float[] Score;

            [ColumnName("PredictedLabel")]
            public uint PredictedLabel;
        }
    }
}
