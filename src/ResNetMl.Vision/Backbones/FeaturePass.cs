using System.Runtime.ExceptionServices;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Rows and their features.</summary>
/// <param name="Features">For each row its features.</param>
/// <param name="Classes">For each row its class, from 0.</param>
internal sealed record FeatureTable(IReadOnlyList<float[]> Features, IReadOnlyList<int> Classes)
{
    public int Count => Features.Count;

    /// <summary>For each row its place among the rows that were read, which is also its place in their spool.</summary>
    public IReadOnlyList<int> Places { get; init; } = [.. Enumerable.Range(0, Features.Count)];

    public FeatureTable Select(IEnumerable<int> rows)
    {
        int[] chosen = [.. rows];
        return new FeatureTable([.. chosen.Select(row => Features[row])], [.. chosen.Select(row => Classes[row])])
        {
            Places = [.. chosen.Select(row => Places[row])],
        };
    }
}

/// <summary>Reads a view once and computes the features of its images: some are decoded while others are computed, and memory holds no more than those.</summary>
/// <param name="extractor">What computes.</param>
/// <param name="cache">Features at hand, and where new ones go.</param>
internal sealed class FeaturePass(FeatureExtractor extractor, FeatureCache cache)
{
    /// <summary>Told after each image, readable or not, from 1 on.</summary>
    public Action<int>? ImageDone { get; init; }

    /// <summary>Where the images of rows that can be used are kept for later, in their order; null: nowhere.</summary>
    public ImageSpool? Spool { get; init; }

    /// <summary>Ends the pass.</summary>
    public CancellationToken Token { get; init; }

    /// <summary>Reads a view.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="images">The column of images.</param>
    /// <param name="classesOf">The classes of a block's rows; −1 for a missing label.</param>
    /// <param name="label">The column of labels.</param>
    /// <param name="leftOut">Told of rows that cannot be used.</param>
    /// <returns>The rows that can, in the view's order.</returns>
    public FeatureTable Read(
        BlockView view, ImageColumn images, Func<Block, int[]> classesOf, DataViewSchema.Column label, Action<string, string> leftOut)
    {
        var rows = new List<Row>();
        var waiting = new Queue<Row>();
        int done = 0;
        using BlockReader reader = view.OpenReader(images.Needed.Append(label.Index).Select(index => view.Schema[index]));
        Task<Row[]?> next = ReadAsync(reader, images, classesOf);
        try
        {
            while (next.GetAwaiter().GetResult() is { } block)
            {
                next = ReadAsync(reader, images, classesOf);
                foreach (Row row in block)
                {
                    if (row.Reason is { } reason)
                    {
                        leftOut(row.Name, reason);
                        ImageDone?.Invoke(++done);
                        continue;
                    }

                    rows.Add(row);
                    Spool?.Add(row.Encoded, row.Name);
                    row.Encoded = null;
                    if (row.Input is null)
                    {
                        ImageDone?.Invoke(++done);
                        continue;
                    }

                    waiting.Enqueue(row);
                    if (waiting.Count == extractor.Options.BatchSize)
                    {
                        done = Compute(waiting, done);
                    }
                }
            }

            done = Compute(waiting, done);
        }
        finally
        {
            // The reader is freed after this: whoever reads must have ended. Its failure, if any, is the one that is under way.
            ((IAsyncResult)next).AsyncWaitHandle.WaitOne();
            cache.Save(Warn);
        }

        return new FeatureTable([.. rows.Select(row => row.Features!)], [.. rows.Select(row => row.Class)]);
    }

    /// <summary>Told of a cache that cannot be written.</summary>
    public required Action<string> Warn { get; init; }

    private int Compute(Queue<Row> waiting, int done)
    {
        Token.ThrowIfCancellationRequested();
        if (waiting.Count == 0)
        {
            return done;
        }

        Row[] batch = [.. waiting];
        waiting.Clear();
        float[][] features = extractor.Compute([.. batch.Select(row => row.Input!)]);
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i].Features = features[i];
            batch[i].Input = null;
            cache.Add(batch[i].Hash, features[i]);
            ImageDone?.Invoke(++done);
        }

        return done;
    }

    private Task<Row[]?> ReadAsync(BlockReader reader, ImageColumn images, Func<Block, int[]> classesOf) => Task.Run(
        () =>
        {
            Token.ThrowIfCancellationRequested();
            if (reader.Read(extractor.Options.BatchSize) is not { } block)
            {
                return null;
            }

            int[] classes = classesOf(block);
            var rows = new Row[block.RowCount];
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = extractor.Options.Threads > 0 ? extractor.Options.Threads : Environment.ProcessorCount,
                CancellationToken = Token,
            };
            try
            {
                Parallel.For(0, rows.Length, parallel, row => rows[row] = Prepare(block, row, classes[row], images));
            }
            catch (AggregateException exception)
            {
                // Bad images are caught one by one; what is left ends the pass, whatever thread it came from.
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }

            return rows;
        },
        Token);

    private Row Prepare(Block block, int number, int label, ImageColumn images)
    {
        string name = images.NameOf(block, number);
        if (label < 0)
        {
            return new Row(name, label) { Reason = "expected a label, got a missing one." };
        }

        byte[] encoded = images.BytesOf(block, number);
        var row = new Row(name, label) { Hash = ImageHash.Of(encoded), Encoded = Spool is null ? null : encoded };
        if (cache.TryGet(row.Hash, out float[]? features))
        {
            row.Features = features;
            return row;
        }

        try
        {
            row.Input = extractor.Prepare(encoded, name);
        }
        catch (ImageFormatException exception)
        {
            row.Reason = exception.Reason;
        }

        return row;
    }

    private sealed class Row(string name, int label)
    {
        public string Name => name;

        public int Class => label;

        public ImageHash Hash { get; init; }

        public byte[]? Encoded { get; set; }

        public float[]? Features { get; set; }

        public Tensor? Input { get; set; }

        public string? Reason { get; set; }
    }
}
