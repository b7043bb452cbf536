using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>Photographs and the real ResNet-50 v2 trunk that the repository carries.</summary>
public sealed class FlowersTests
{
    [Fact]
    public void Flowers_are_learned_from_files_to_a_saved_model_that_answers_for_others()
    {
        var context = new MLContext(seed: 1);
        using var folder = new Vision.TemporaryFolder();
        Photograph[] all = [.. Directory.GetDirectories(SampleData.Flowers).Order(StringComparer.Ordinal).SelectMany(kind => Directory.GetFiles(kind, "*.jpg")
            .Order(StringComparer.Ordinal).Take(10).Select(file => new Photograph(File.ReadAllBytes(file), Path.GetFileName(kind), file)))];
        IDataView training = context.Data.LoadFromEnumerable(all.Where((_, i) => i % 10 < 7));
        IDataView test = context.Data.LoadFromEnumerable(all.Where((_, i) => i % 10 >= 7));
        var pipeline = context.Transforms.Conversion.MapValueToKey("LabelAsKey", "Label")
            .Append(context.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
            {
                FeatureColumnName = "Image",
                LabelColumnName = "LabelAsKey",
                WeightsPath = SampleData.Backbone,

                // Small, so that the test is short; the default is 299×299.
                ImageSize = new Images.ImageSize(128, 128),
            }))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        using var model = pipeline.Fit(training);
        context.Model.Save(model, training.Schema, folder.Path("flowers.zip"));
        using var loaded = (IDisposable)context.Model.Load(folder.Path("flowers.zip"), out _);

        Guess[] guesses = [.. context.Data.CreateEnumerable<Guess>(((ITransformer)loaded).Transform(test), reuseRowObject: false)];
        Assert.Equal(15, guesses.Length);

        // 3 of 15 would be right by chance; 9 and more have a probability of 0.0008 then.
        Assert.InRange(guesses.Count(guess => guess.PredictedLabel == guess.Label), 9, 15);
        Assert.Equal(
            guesses.Select(guess => guess.PredictedLabel),
            context.Data.CreateEnumerable<Guess>(model.Transform(test), reuseRowObject: false).Select(guess => guess.PredictedLabel));
    }

    private sealed record Photograph(byte[] Image, string Label, string ImagePath);

    private sealed class Guess
    {
        public string Label { get; set; } = "";

        public string PredictedLabel { get; set; } = "";
    }
}
