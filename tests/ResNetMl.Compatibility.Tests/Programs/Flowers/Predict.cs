#nullable disable
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Common;
using ImageClassification.DataModels;
using ResNetMl;
using ResNetMl.Data;

namespace ImageClassification.Predict
{
    /// <summary>The flowers sample's second program: loads the model, predicts each image of a folder.</summary>
    internal static class Program
    {
        public static void Run(string imageClassifierModelZipFilePath, string imagesFolder)
        {
            try
            {
                MLContext mlContext = new MLContext(seed: 1);

                Console.WriteLine($"Loading model from: {imageClassifierModelZipFilePath}");
                ITransformer loadedModel = mlContext.Model.Load(imageClassifierModelZipFilePath, out var modelInputSchema);
                Console.WriteLine(string.Join(", ", modelInputSchema.Select(column => column.Name)));

                var predictionEngine = mlContext.Model.CreatePredictionEngine<InMemoryImageData, ImagePrediction>(loadedModel);

                var imagesToPredict = FileUtils.LoadInMemoryImagesFromDirectory(imagesFolder, false);
                var imageToPredict = imagesToPredict.First();

                var watch = Stopwatch.StartNew();
                var prediction = predictionEngine.Predict(imageToPredict);
                watch.Stop();
                Console.WriteLine("First Prediction took: " + watch.ElapsedMilliseconds + "mlSecs");

                var maxScore = prediction.Score.Max();
                Console.WriteLine($"Image Filename : [{imageToPredict.ImageFileName}], Predicted Label : [{prediction.PredictedLabel}], Probability : [{maxScore}]");

                VBuffer<ReadOnlyMemory<char>> slotNames = default;
                predictionEngine.OutputSchema["Score"].GetSlotNames(ref slotNames);
                Console.WriteLine("Classes: " + string.Join(" ", slotNames.DenseValues()));

                foreach (var currentImageToPredict in imagesToPredict)
                {
                    var currentPrediction = predictionEngine.Predict(currentImageToPredict);

                    Console.WriteLine(
                        $"Image Filename : [{currentImageToPredict.ImageFileName}], " +
                        $"Predicted Label : [{currentPrediction.PredictedLabel}], " +
                        $"Probability : [{currentPrediction.Score.Max()}]");
                }
            }
            catch (FileNotFoundException ex)
            {
                Console.WriteLine(ex.ToString());
            }
        }
    }
}
