using ResNetMl;
using ResNetMl.Data;
using ResNetMl.Runtime;
using Xunit;
using static ResNetMl.DataOperationsCatalog;
using static ResNetMl.Transforms.ValueToKeyMappingEstimator;

namespace Compatibility.DataViews;

/// <summary>Members of the context, views, schemas and engines, used as programs for ML.NET use them.</summary>
public sealed class DataViewTests
{
    private readonly MLContext mlContext = new(seed: 0);

    [Fact]
    public void A_cursor_reads_bytes_keys_and_texts_row_by_row()
    {
        IDataView data = mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: KeyOrdinality.ByValue).Fit(Images()).Transform(Images());
        DataViewSchema schema = data.Schema;
        var read = new List<(uint Key, int Bytes, string Path)>();

        using (DataViewRowCursor cursor = data.GetRowCursor(schema))
        {
            ValueGetter<VBuffer<byte>> imageGetter = cursor.GetGetter<VBuffer<byte>>(schema["Image"]);
            ValueGetter<uint> labelGetter = cursor.GetGetter<uint>(schema["Label"]);
            ValueGetter<ReadOnlyMemory<char>> pathGetter = cursor.GetGetter<ReadOnlyMemory<char>>(schema["ImagePath"]);
            ValueGetter<DataViewRowId> idGetter = cursor.GetIdGetter();
            VBuffer<byte> image = default;
            uint label = 0;
            ReadOnlyMemory<char> path = default;
            DataViewRowId id = default;
            while (cursor.MoveNext())
            {
                imageGetter(ref image);
                labelGetter(ref label);
                pathGetter(ref path);
                idGetter(ref id);
                Assert.Equal(cursor.Position, (long)id.Low);
                read.Add((label, image.GetValues().Length, path.ToString()));
            }
        }

        Assert.Equal([(2u, 1, "0.jpg"), (1u, 2, "1.jpg"), (2u, 3, "2.jpg"), (1u, 4, "3.jpg")], read);
        Assert.Single(data.GetRowCursorSet(schema.Where(column => column.Name == "Label"), 1));
        Assert.Equal(4L, data.GetRowCount());
        Assert.True(data.CanShuffle);
    }

    [Fact]
    public void A_column_of_a_taken_name_hides_the_earlier_one_which_keeps_its_position()
    {
        IDataView data = mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(Images()).Transform(Images());

        Assert.Equal(["Image", "Label", "ImagePath", "Label"], data.Schema.Select(column => column.Name));
        Assert.True(data.Schema[1].IsHidden);
        Assert.Equal(3, data.Schema["Label"].Index);
        Assert.Equal(2ul, ((KeyDataViewType)data.Schema["Label"].Type).Count);
        Assert.Equal("Label: Key<UInt32, 0-1>", data.Schema["Label"].ToString());
        Assert.Null(data.Schema.GetColumnOrNull("Absent"));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Schema["Absent"]);
        VBuffer<ReadOnlyMemory<char>> keys = default;
        data.Schema["Label"].GetKeyValues(ref keys);
        Assert.Equal(["b", "a"], keys.DenseValues().Select(key => key.ToString()));
        Assert.Equal(["KeyValues: Vector<String, 2>"], data.Schema["Label"].Annotations.Schema.Select(column => column.ToString()));
    }

    [Fact]
    public void Keys_go_back_to_the_values_they_stand_for()
    {
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey(new[] { new InputOutputColumnPair("Key", "Label") })
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(new[] { new InputOutputColumnPair("Value", "Key") }))
            .Append(mlContext.Transforms.CopyColumns("Copy", "Value"));
        using var model = pipeline.Fit(Images());

        Assert.Equal(["b", "a", "b", "a"], model.Transform(Images()).GetColumn<string>("Copy"));
        Assert.Equal(3, model.Count());
        Assert.NotNull(model.LastTransformer);
    }

    [Fact]
    public void Key_values_may_be_listed_in_a_view_of_their_own()
    {
        IDataView keyData = mlContext.Data.LoadFromEnumerable(new[] { new { Value = "x" }, new { Value = "a" }, new { Value = "b" } });

        IDataView mapped = mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: keyData).Fit(Images()).Transform(Images());

        Assert.Equal([3u, 2u, 3u, 2u], mapped.GetColumn<uint>("Label"));
    }

    [Fact]
    public void Views_are_shuffled_split_taken_cached_and_filtered()
    {
        IDataView numbers = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(number => new Numbered { Value = number }).ToList());

        Assert.Equal(Enumerable.Range(0, 200), mlContext.Data.ShuffleRows(numbers).GetColumn<int>("Value").Order());
        Assert.NotEqual(Enumerable.Range(0, 200), mlContext.Data.ShuffleRows(numbers, seed: 1, shufflePoolSize: 50, shuffleSource: false).GetColumn<int>("Value"));
        TrainTestData split = mlContext.Data.TrainTestSplit(numbers, testFraction: 0.25);
        int test = split.TestSet.GetColumn<int>("Value").Count();
        Assert.InRange(test, 30, 70);
        Assert.Equal(200 - test, split.TrainSet.GetColumn<int>("Value").Count());
        IReadOnlyList<TrainTestData> folds = mlContext.Data.CrossValidationSplit(numbers, numberOfFolds: 4);
        Assert.Equal(Enumerable.Range(0, 200), folds.SelectMany(fold => fold.TestSet.GetColumn<int>("Value")).Order());
        Assert.Equal([5, 6], mlContext.Data.TakeRows(mlContext.Data.SkipRows(mlContext.Data.Cache(numbers), 5), 2).GetColumn<int>("Value"));
        Assert.Equal([0, 1], mlContext.Data.FilterRowsByColumn(numbers, "Value", lowerBound: 0, upperBound: 2).GetColumn<int>("Value"));
        Assert.Equal(3, numbers.Preview(maxRows: 3).RowView.Length);
        Assert.Equal("Value", numbers.Preview().ColumnView[0].Column.Name);
        Assert.Equal(0, numbers.Preview().RowView[0].Values[0].Value);
    }

    [Fact]
    public void A_sequence_is_enumerated_anew_on_every_pass_and_a_row_object_may_be_reused()
    {
        int passes = 0;
        IEnumerable<Numbered> Sequence()
        {
            passes++;
            yield return new Numbered { Value = 1 };
            yield return new Numbered { Value = 2 };
        }

        IDataView data = mlContext.Data.LoadFromEnumerable(Sequence());
        Assert.Equal(0, passes);
        Assert.Equal(3, data.GetColumn<int>("Value").Sum());
        Numbered[] reused = [.. mlContext.Data.CreateEnumerable<Numbered>(data, reuseRowObject: true)];
        Assert.Same(reused[0], reused[1]);
        Assert.Equal([1, 2], mlContext.Data.CreateEnumerable<Numbered>(data, reuseRowObject: false).Select(row => row.Value));
        Assert.Equal(3, passes);
    }

    [Fact]
    public void Disposing_an_engine_disposes_the_model_it_owns_and_no_other()
    {
        var owned = new Disposable(mlContext.Transforms.CopyColumns("Copy", "Value").Fit(mlContext.Data.LoadFromEnumerable(new List<Numbered>())));
        var shared = new Disposable(owned);

        mlContext.Model.CreatePredictionEngine<Numbered, Copied>(owned).Dispose();
        mlContext.Model.CreatePredictionEngine<Numbered, Copied>(shared, new PredictionEngineOptions { OwnsTransformer = false }).Dispose();

        Assert.True(owned.IsDisposed);
        Assert.False(shared.IsDisposed);
    }

    [Fact]
    public void An_engine_predicts_into_a_new_or_a_given_object()
    {
        IDataView data = mlContext.Data.LoadFromEnumerable(new List<Numbered>());
        ITransformer model = mlContext.Transforms.CopyColumns("Copy", "Value").Fit(data);
        var engine = mlContext.Model.CreatePredictionEngine<Numbered, Copied>(model, data.Schema);
        var prediction = new Copied();

        engine.Predict(new Numbered { Value = 7 }, ref prediction);

        Assert.Equal(7, prediction.Copy);
        Assert.Equal(8, engine.Predict(new Numbered { Value = 8 }).Copy);
        Assert.Equal(["Value", "Copy"], engine.OutputSchema.Select(column => column.Name));
    }

    [Fact]
    public void The_context_keeps_options_and_logs_in_ML_NETs_format()
    {
        var messages = new List<LoggingEventArgs>();
        mlContext.Log += (sender, e) => messages.Add(e);

        Assert.True(mlContext.TryAddOption("x", 1));
        Assert.False(mlContext.TryAddOption("x", 2));
        mlContext.SetOption("x", 3);
        Assert.True(mlContext.TryGetOption("x", out int value));
        Assert.Equal((3, 3), (value, mlContext.GetOptionOrDefault<int>("x")));
        Assert.True(mlContext.RemoveOption("x"));
        Assert.Equal(Path.GetTempPath(), mlContext.TempFilePath);
        Assert.Null(mlContext.GpuDeviceId);
        Assert.False(mlContext.FallbackToCpu);

        _ = new MLContext();
        _ = mlContext.Transforms.Conversion.MapValueToKey("Label", maximumNumberOfKeys: 1).Fit(Images());
        LoggingEventArgs message = Assert.Single(messages);
        Assert.Equal(ChannelMessageKind.Warning, message.Kind);
        Assert.Equal($"[Source={message.Source}, Kind=Warning] {message.RawMessage}", message.Message);
    }

    [Fact]
    public void A_chain_may_cache_what_its_first_part_makes_and_show_what_was_fitted()
    {
        ITransformer? fitted = null;
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label").WithOnFitDelegate(transformer => fitted = transformer)
            .Append(mlContext.Transforms.CopyColumns("Copy", "Label"))
            .AppendCacheCheckpoint(mlContext)
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("Copy"));

        ITransformer model = pipeline.Fit(Images());

        Assert.NotNull(fitted);
        Assert.Equal("b", model.Transform(Images()).GetColumn<string>("Copy").First());
        Assert.True(pipeline.GetOutputSchema(SchemaShape.Create(Images().Schema)).TryFindColumn("Copy", out SchemaShape.Column copy));
        Assert.Equal(TextDataViewType.Instance, copy.ItemType);
    }

    [Fact]
    public void Sparse_and_dense_vectors_are_read_alike()
    {
        var sparse = new VBuffer<float>(5, 2, [6, 3], [2, 4]);
        var dense = new VBuffer<float>(3, [1, 2, 3]);
        VBufferEditor<float> editor = VBufferEditor.Create(ref dense, 2);
        editor.Values[1] = 9;

        Assert.False(sparse.IsDense);
        Assert.Equal([0f, 0, 6, 0, 3], sparse.DenseValues());
        Assert.Equal([2, 4], sparse.Items().Select(item => item.Key));
        Assert.Equal(3, sparse.GetItemOrDefault(4));
        Assert.Equal([2, 4], sparse.GetIndices().ToArray());
        Assert.Equal([0f, 9], editor.Commit().GetValues().ToArray());
    }

    private IDataView Images() => mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(index => new InMemoryImageData(
        new byte[index + 1], index % 2 == 0 ? "b" : "a", $"{index}.jpg")).ToArray());

    private sealed class InMemoryImageData(byte[] image, string label, string imagePath)
    {
        public readonly byte[] Image = image;

        public readonly string Label = label;

        public readonly string ImagePath = imagePath;
    }

    private sealed class Numbered
    {
        public int Value { get; set; }
    }

    private sealed class Copied
    {
        public int Copy { get; set; }
    }

    private sealed class Disposable(ITransformer inner) : ITransformer, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public bool IsRowToRowMapper => inner.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IDataView Transform(IDataView input) => inner.Transform(input);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public void Dispose() => IsDisposed = true;
    }
}
