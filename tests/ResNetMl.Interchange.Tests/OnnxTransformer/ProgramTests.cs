using ResNetMl.Data;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>A program as its user writes it; PhotographPipelineTests has those that begin with pictures.</summary>
public sealed class ProgramTests
{
    public ProgramTests() => TestModels.RequireRuntime();

    [Fact]
    public void A_program_scores_numbers_in_memory_saves_its_pipeline_and_predicts_with_what_it_loads()
    {
        string onnxFile = TestModels.PathOf("classifier");
        ImageRow[] images = ImageRow.Many(4);

        #region snippet: apply-onnx-model
        var mlContext = new MLContext();
        IDataView data = mlContext.Data.LoadFromEnumerable(images); // [ColumnName("data_0"), VectorType(3, 8, 8)] public float[] Pixels

        var pipeline = mlContext.Transforms.ApplyOnnxModel(outputColumnName: "softmaxout_1", inputColumnName: "data_0", modelFile: onnxFile)
            .Append(mlContext.Transforms.CopyColumns("Score", "softmaxout_1"));
        var model = pipeline.Fit(data);

        IEnumerable<float[]> scores = model.Transform(data).GetColumn<float[]>("Score");
        #endregion

        float[][] expected = [.. scores];
        using var file = new MemoryStream();
        mlContext.Model.Save(model, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = mlContext.Model.Load(file, out DataViewSchema? schema);
        using (PredictionEngine<ImageRow, ImagePrediction> engine = mlContext.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(loaded, schema!))
        {
            for (int i = 0; i < images.Length; i++)
            {
                Assert.All(expected[i].Zip(engine.Predict(images[i]).Scores), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            }
        }

        model.Dispose();
    }
}
