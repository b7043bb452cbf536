// Trains a classifier of flowers, measures it, predicts a photograph and saves the model: dotnet run -c Release --file src/samples/flowers.cs
#:project ../ResNetMl
using ResNetMl;
using ResNetMl.Vision;

string folder = args.FirstOrDefault() ?? "data/flowers"; // each folder in it holds the photographs of one label
var mlContext = new MLContext(seed: 1);
var photographs = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Order()
    .Select(file => new Flower { Label = Path.GetFileName(Path.GetDirectoryName(file))!, ImageSource = File.ReadAllBytes(file) });
var flowers = mlContext.Data.ExactTrainTestSplit(mlContext.Data.LoadFromEnumerable(photographs), testFraction: 0.2, "Label");

var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
    .Append(mlContext.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
    { FeatureColumnName = "ImageSource", WeightsPath = "data/weights/resnet50-v2-trunk.onnx", Seed = 1 }))
    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
using var model = pipeline.Fit(flowers.TrainSet);
Console.WriteLine($"Right on {mlContext.MulticlassClassification.Evaluate(model.Transform(flowers.TestSet)).MicroAccuracy:P0} of the others");

mlContext.Model.Save(model, flowers.TrainSet.Schema, "flowers.zip");
using var engine = mlContext.Model.CreatePredictionEngine<Flower, Prediction>(model);
var prediction = engine.Predict(new Flower { ImageSource = photographs.First().ImageSource });
Console.WriteLine($"{prediction.PredictedLabel}, {prediction.Score.Max():P0} sure; saved as flowers.zip");

internal sealed class Flower { public string Label { get; set; } = ""; public byte[] ImageSource { get; set; } = []; }
internal sealed class Prediction { public string PredictedLabel { get; set; } = ""; public float[] Score { get; set; } = []; }
