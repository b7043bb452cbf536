using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Who holds the model's memory, and when it is given back.</summary>
public sealed class LifetimeTests
{
    private readonly MLContext _context = new(seed: 1);

    public LifetimeTests() => TestModels.RequireRuntime();

    [Fact]
    public void Two_hundred_models_loaded_used_and_disposed_leave_the_process_as_large_as_before()
    {
        // A layer of 8 MB: a model that is not freed shows after a few rounds.
        byte[] bytes = LargeModel(elements: 2 << 20);
        IDataView view = _context.Data.LoadFromEnumerable([new OneRow(), new OneRow()]);
        void Round()
        {
            using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(bytes).Fit(view);
            Assert.Equal(2, model.Transform(view).GetColumn<float[]>("y").Count());
        }

        for (int warm = 0; warm < 20; warm++)
        {
            Round();
        }

        long before = ResidentBytes();
        for (int round = 0; round < 200; round++)
        {
            Round();
        }

        long grown = ResidentBytes() - before;

        // 200 models are 1,600 MB; the managed heap may keep a copy of some results, each 8 MB, until it is collected.
        Assert.True(grown < 150 << 20, $"The process grew by {grown >> 20} MB.");
    }

    [Fact]
    public void Disposing_one_engine_does_not_end_another_that_shares_the_model()
    {
        OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(_context.Data.LoadFromEnumerable(ImageRow.Many(1)));
        PredictionEngine<ImageRow, ImagePrediction> first = _context.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(model);
        using PredictionEngine<ImageRow, ImagePrediction> second = _context.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(model);
        ImageRow image = ImageRow.Many(3)[2];
        float[] expected = first.Predict(image).Scores;

        first.Dispose();

        Assert.Equal(expected, second.Predict(image).Scores);
    }

    [Fact]
    public void An_engine_that_does_not_own_the_model_leaves_it_open()
    {
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(_context.Data.LoadFromEnumerable(ImageRow.Many(1)));
        for (int i = 0; i < 3; i++)
        {
            using PredictionEngine<ImageRow, ImagePrediction> engine =
                _context.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
            Assert.Equal(5, engine.Predict(ImageRow.Many(1)[0]).Scores.Length);
        }
    }

    [Fact]
    public void A_pass_that_has_begun_ends_as_it_began_and_none_begins_on_a_disposed_model()
    {
        IDataView view = _context.Data.LoadFromEnumerable(ImageRow.Many(40));
        OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier")).Fit(view);
        IDataView scored = model.Transform(view);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["softmaxout_1"]]);
        Assert.True(cursor.MoveNext());

        model.Dispose();
        model.Dispose();

        int rows = 1;
        while (cursor.MoveNext())
        {
            rows++;
        }

        Assert.Equal(40, rows);
        cursor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scored.GetRowCursor([scored.Schema["softmaxout_1"]]));
        Assert.Throws<ObjectDisposedException>(() => model.Transform(view));
        Assert.Throws<ObjectDisposedException>(() => _context.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(model));
    }

    [Fact]
    public void Rows_mapped_one_by_one_follow_the_row_they_are_made_from()
    {
        ImageRow[] rows = ImageRow.Many(6);
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using OnnxTransformer model = _context.Transforms.ApplyOnnxModel(TestModels.PathOf("classifier-one-image")).Fit(view);
        IRowToRowMapper mapper = model.GetRowToRowMapper(view.Schema);
        DataViewSchema.Column output = mapper.OutputSchema["softmaxout_1"];
        using DataViewRowCursor cursor = view.GetRowCursor(mapper.GetDependencies([output]));
        DataViewRow mapped = mapper.GetRow(cursor, [output]);
        ValueGetter<VBuffer<float>> getter = mapped.GetGetter<VBuffer<float>>(output);
        VBuffer<float> scores = default;

        for (int row = 0; cursor.MoveNext(); row++)
        {
            getter(ref scores);
            Assert.Equal(TestModels.Direct(TestModels.PathOf("classifier-one-image"), "data_0", [1, 3, 8, 8], rows[row].Pixels, "softmaxout_1"), scores.DenseValues());
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public void Sixty_four_threads_share_one_model_and_each_gets_its_own_numbers(int? maximumBatchRows)
    {
        ImageRow[] rows = ImageRow.Many(64);
        string path = TestModels.PathOf("classifier");
        float[][] expected = [.. rows.Select(row => TestModels.Direct(path, "data_0", [1, 3, 8, 8], row.Pixels, "softmaxout_1"))];
        using OnnxTransformer model = _context.Transforms
            .ApplyOnnxModel(new OnnxOptions { ModelFile = path, MaximumBatchRows = maximumBatchRows, IntraOpNumThreads = 1 }).Fit(_context.Data.LoadFromEnumerable(rows));
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();

        // Engines and whole passes at once, each thread with examples of its own order.
        Thread[] threads = [.. Enumerable.Range(0, 64).Select(thread => new Thread(() =>
        {
            try
            {
                using PredictionEngine<ImageRow, ImagePrediction> engine =
                    _context.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
                for (int i = 0; i < 64; i++)
                {
                    int row = (thread + i) % 64;
                    if (!engine.Predict(rows[row]).Scores.SequenceEqual(expected[row]))
                    {
                        failures.Enqueue($"thread {thread}: row {row} got other numbers");
                    }
                }

                IDataView view = _context.Data.LoadFromEnumerable(rows);
                int place = 0;
                foreach (float[] scores in model.Transform(view).GetColumn<float[]>("softmaxout_1"))
                {
                    if (scores.Zip(expected[place++]).Any(pair => MathF.Abs(pair.First - pair.Second) > 1e-6f))
                    {
                        failures.Enqueue($"thread {thread}: row {place - 1} of a pass got other numbers");
                    }
                }
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception.ToString());
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Empty(failures);
    }

    private static long ResidentBytes()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true);
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>y = x + a constant of so many elements, as the bytes of an ONNX file.</summary>
    private static byte[] LargeModel(int elements)
    {
        byte[] weights = Bytes.Concat(
            Bytes.Number(1, (ulong)elements), Bytes.Number(2, 1), Bytes.Content(8, "w"u8), Bytes.Content(9, new byte[elements * sizeof(float)]));
        byte[] node = Bytes.Concat(Bytes.Content(1, "x"u8), Bytes.Content(1, "w"u8), Bytes.Content(2, "y"u8), Bytes.Content(4, "Add"u8));
        byte[] graph = Bytes.Concat(
            Bytes.Content(1, node), Bytes.Content(2, "g"u8), Bytes.Content(5, weights), Bytes.Content(11, Bytes.Value("x", 1, 1)), Bytes.Content(12, Bytes.Value("y", 1, elements)));
        return Bytes.Concat(Bytes.Number(1, 8), Bytes.Content(7, graph), Bytes.Content(8, Bytes.Number(2, 13)));
    }

    private sealed class OneRow
    {
        [VectorType(1)]
        public float[] x = [1];
    }

    /// <summary>Protobuf, as far as an ONNX file of one node needs it.</summary>
    private static class Bytes
    {
        public static byte[] Concat(params byte[][] parts) => [.. parts.SelectMany(part => part)];

        public static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

        public static byte[] Content(int field, ReadOnlySpan<byte> content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

        /// <summary>A float32 tensor of a name and a shape.</summary>
        public static byte[] Value(string name, params int[] shape)
        {
            byte[] dimensions = [.. shape.SelectMany(length => Content(1, Number(1, (ulong)length)))];
            byte[] tensor = Concat(Number(1, 1), Content(2, dimensions));
            return Concat(Content(1, System.Text.Encoding.UTF8.GetBytes(name)), Content(2, Content(1, tensor)));
        }

        private static byte[] Varint(ulong value)
        {
            var bytes = new List<byte>();
            for (; value >= 0x80; value >>= 7)
            {
                bytes.Add((byte)(value | 0x80));
            }

            bytes.Add((byte)value);
            return [.. bytes];
        }
    }
}
