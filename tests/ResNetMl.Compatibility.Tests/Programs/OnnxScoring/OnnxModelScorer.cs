#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ResNetMl;
using ResNetMl.Data;
using ResNetMl.Transforms.Image;

namespace OnnxScoring
{
    public class ImageNetData
    {
        [LoadColumn(0)]
        public string ImagePath;

        [LoadColumn(1)]
        public string Label;

        public static IEnumerable<ImageNetData> ReadFromFile(string imageFolder)
            => Directory.GetFiles(imageFolder, "*.jpg").Order().Select(filePath => new ImageNetData { ImagePath = filePath, Label = Path.GetFileName(filePath) });
    }

    /// <summary>Scores images of a folder with an ONNX model, in the order of the ONNX tutorial: load, resize, extract, apply.</summary>
    public class OnnxModelScorer
    {
        private readonly string imagesFolder;
        private readonly string modelLocation;
        private readonly MLContext mlContext;

        public OnnxModelScorer(string imagesFolder, string modelLocation, MLContext mlContext)
        {
            this.imagesFolder = imagesFolder;
            this.modelLocation = modelLocation;
            this.mlContext = mlContext;
        }

        public struct ImageNetSettings
        {
            public const int imageHeight = 64;
            public const int imageWidth = 96;
        }

        public ITransformer LoadModel(string inputName, string outputName)
        {
            Console.WriteLine($"Model location: {modelLocation}");

            var data = mlContext.Data.LoadFromEnumerable(new List<ImageNetData>());

            var pipeline = mlContext.Transforms.LoadImages(outputColumnName: inputName, imageFolder: "", inputColumnName: nameof(ImageNetData.ImagePath))
                .Append(mlContext.Transforms.ResizeImages(
                    outputColumnName: inputName, imageWidth: ImageNetSettings.imageWidth, imageHeight: ImageNetSettings.imageHeight, inputColumnName: inputName,
                    resizing: ImageResizingEstimator.ResizingKind.Fill))
                .Append(mlContext.Transforms.ExtractPixels(
                    outputColumnName: inputName, colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Rgb,
                    orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ARGB, interleavePixelColors: false, offsetImage: 127f, scaleImage: 1 / 128f))
                .Append(mlContext.Transforms.ApplyOnnxModel(
                    modelFile: modelLocation, outputColumnNames: new[] { outputName }, inputColumnNames: new[] { inputName }));

            return pipeline.Fit(data);
        }

        public IEnumerable<float[]> Score(string inputName, string outputName)
        {
            var model = LoadModel(inputName, outputName);
            IDataView imageDataView = mlContext.Data.LoadFromEnumerable(ImageNetData.ReadFromFile(imagesFolder));
            IDataView scoredData = model.Transform(imageDataView);
            return scoredData.GetColumn<float[]>(outputName);
        }
    }
}
