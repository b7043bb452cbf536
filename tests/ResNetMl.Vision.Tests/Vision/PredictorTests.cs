using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.Vision;

public sealed class PredictorTests
{
    private static readonly LinearBackend _backend = new();

    /// <summary>Weights that read the first pixel alone: logits are its value, its negative, and 0.</summary>
    private static Model FirstPixelModel()
    {
        var weight = new Tensor([3, 36]);
        weight.Span[0] = 1;
        weight.Span[36] = -1;
        var weights = new StateDictionary { ["fc.weight"] = weight, ["fc.bias"] = new Tensor([3]) };
        return new Model(Examples.Network(), weights, Examples.Preprocessing, ["bright", "dark", "middling"]);
    }

    [Fact]
    public void Probabilities_are_the_softmax_of_the_logits_of_the_normalised_image()
    {
        using Predictor predictor = FirstPixelModel().CreatePredictor(_backend);

        Prediction prediction = predictor.Predict(Grey(204));

        // 204/255 = 0.8, (0.8 − 0.5)/0.25 = 1.2: e^1.2, e^−1.2 and 1 over their sum.
        double sum = Math.Exp(1.2) + Math.Exp(-1.2) + 1;
        Assert.Equal(Math.Exp(1.2) / sum, prediction.Probabilities.Span[0], 1e-6);
        Assert.Equal(Math.Exp(-1.2) / sum, prediction.Probabilities.Span[1], 1e-6);
        Assert.Equal("bright", prediction.Label);
        Assert.Equal(["bright", "middling"], prediction.Top(2).Select(score => score.Label));
        Assert.Equal([0, 2, 1], prediction.Top(10).Select(score => score.Index));
    }

    [Fact]
    public void Equally_likely_classes_rank_by_index()
    {
        var weights = new StateDictionary { ["fc.weight"] = new Tensor([3, 36]), ["fc.bias"] = new Tensor([3]) };
        using Predictor predictor = new Model(Examples.Network(), weights, Examples.Preprocessing, ["a", "b", "c"]).CreatePredictor(_backend);

        Assert.Equal(["a", "b", "c"], predictor.Predict(Grey(9)).Top(3).Select(score => score.Label));
    }

    [Fact]
    public void Encoded_bytes_and_a_file_of_them_give_the_pixels_answer()
    {
        // A 6×6 bitmap of grey 204: file header, 40-byte info header, rows of 18 bytes padded to 20.
        byte[] bitmap = new byte[54 + (6 * 20)];
        "BM"u8.CopyTo(bitmap);
        bitmap[2] = (byte)bitmap.Length;
        (bitmap[10], bitmap[14], bitmap[18], bitmap[22], bitmap[26], bitmap[28]) = (54, 40, 6, 6, 1, 24);
        bitmap.AsSpan(54).Fill(204);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("a.bmp"), bitmap);
        using Predictor predictor = FirstPixelModel().CreatePredictor(_backend);

        float[] expected = predictor.Predict(Grey(204)).Probabilities.ToArray();

        Assert.Equal(expected, predictor.Predict(bitmap).Probabilities.ToArray());
        Assert.Equal(expected, predictor.PredictFile(folder.Path("a.bmp")).Probabilities.ToArray());
        var damaged = Assert.Throws<ImageFormatException>(() => predictor.Predict(bitmap.AsMemory(0, 60), "half.bmp"));
        Assert.Equal("half.bmp", damaged.ImageName);
    }

    [Fact]
    public void Many_images_together_get_the_answers_of_one_by_one()
    {
        using Predictor predictor = FirstPixelModel().CreatePredictor(_backend, new PredictorOptions { BatchSize = 4 });
        RgbImage[] images = [.. Enumerable.Range(0, 11).Select(i => Grey((byte)(20 * i)))];

        IReadOnlyList<Prediction> together = predictor.Predict(images);

        Assert.Equal(11, together.Count);
        for (int i = 0; i < images.Length; i++)
        {
            Assert.Equal(predictor.Predict(images[i]).Probabilities.ToArray(), together[i].Probabilities.ToArray());
        }
    }

    [Fact]
    public void Threads_that_share_a_predictor_get_their_own_answers()
    {
        using Predictor predictor = FirstPixelModel().CreatePredictor(_backend, new PredictorOptions { BatchSize = 2 });
        float[][] expected = [.. Enumerable.Range(0, 256).Select(value => predictor.Predict(Grey((byte)value)).Probabilities.ToArray())];

        Parallel.For(0, 2000, i =>
        {
            byte value = (byte)(i * 7);
            Assert.Equal(expected[value], predictor.Predict(Grey(value)).Probabilities.ToArray());
        });
    }

    [Fact]
    public void A_source_is_scored_in_order_and_an_unreadable_image_gets_its_reason_and_no_answer()
    {
        var source = new Examples(23) { Unreadable = new HashSet<int> { 0, 5, 6, 7, 8, 22 } };
        using Predictor predictor = FirstPixelModel().CreatePredictor(_backend, new PredictorOptions { BatchSize = 4 });
        List<ScoringProgress> progress = [];

        ScoredExample[] scored = [.. predictor.Score(source, progress.Add, TestContext.Current.CancellationToken)];

        Assert.Equal(Enumerable.Range(0, 23), scored.Select(example => example.Index));
        foreach (ScoredExample example in scored)
        {
            Assert.Equal((source.GetPath(example.Index), source.GetLabelIndex(example.Index)), (example.Path, example.LabelIndex));
            if (source.Unreadable.Contains(example.Index))
            {
                Assert.Null(example.Prediction);
                Assert.Equal(new BadImage(example.Path, "the file is empty."), example.BadImage);
            }
            else
            {
                Assert.Null(example.BadImage);
                float[] alone = predictor.Predict(source.Get(example.Index).Pixels!).Probabilities.ToArray();
                Assert.Equal(alone, example.Prediction!.Probabilities.ToArray());
            }
        }

        Assert.Equal((6, 23, 23, 6), (progress.Count, progress[^1].Done, progress[^1].Total, progress[^1].Bad));
    }

    [Fact]
    public void A_cancelled_scoring_stops()
    {
        using var cancellation = new CancellationTokenSource();
        using Predictor predictor = FirstPixelModel().CreatePredictor(_backend, new PredictorOptions { BatchSize = 4 });

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (ScoredExample example in predictor.Score(new Examples(100), null, cancellation.Token))
            {
                Assert.True(example.Index < 40);
                cancellation.Cancel();
            }
        });
    }

    [Fact]
    public void A_disposed_predictor_says_so()
    {
        Predictor predictor = FirstPixelModel().CreatePredictor(_backend);
        predictor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(Grey(1)));
    }

    private static RgbImage Grey(byte value)
    {
        var pixels = new byte[Examples.Side * Examples.Side * RgbImage.Channels];
        pixels.AsSpan().Fill(value);
        return new RgbImage(Examples.Side, Examples.Side, pixels);
    }
}
